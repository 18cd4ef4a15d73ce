"""Write TOML: texts as values and in comments, and a data set's lines of a matrix."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence


def quoted(text: str) -> str:
    """Write a text as a basic string of TOML."""
    # JSON escapes what TOML does, all but the last control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def spelled(text: str) -> str:
    """Write a text on one line of a comment: what is no letter, digit, mark or plain space by its number."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text)


def column(use: str, sets: Sequence[str] = ()) -> str:
    """Write what a matrix file says of a data set; ``sets`` are its parameters, as after ``--set``."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", use.partition("@")[0].rpartition("/")[2]).strip("-") or "images"
    lines = [f"[datasets.{name}]", f"use = {_value(use)}"]
    return "\n".join([*lines, *(f"{key.strip()} = {_value(value)}" for key, _, value in (one.partition("=") for one in sets))])


def _value(text: str) -> str:
    """Write a value as TOML: as it is, or as a text."""
    try:
        tomllib.loads(f"x = {text}")
    except tomllib.TOMLDecodeError:
        return quoted(text.strip())
    return text.strip()
