"""Write texts into TOML: as values, and in comments."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """Write a text as a basic string of TOML."""
    # JSON escapes what TOML does, all but the last control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def spelled(text: str) -> str:
    """Write a text on one line of a comment: what is no letter, digit, mark or plain space by its number."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text)
