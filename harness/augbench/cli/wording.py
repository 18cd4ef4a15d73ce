"""Wordings that several verbs share: the examples of ``--help``, a data set's counts, its lines of a matrix."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from rich.markup import escape

from augbench.config.writing import quoted
from augbench.values.numbers import count, many


def examples(*lines: tuple[str, str]) -> str:
    """Lay out (command, what it does) pairs as a page's closing examples."""
    width = max(len(command) for command, _ in lines)
    shown = [f"  [cyan]{escape(command)}[/cyan]{' ' * (width - len(command))}  [dim]{escape(meaning)}[/dim]" for command, meaning in lines]
    return "\n".join(["[bold]Examples[/bold]", *shown])


def counted(classes: Sequence[str], counts: Mapping[str, Sequence[int]]) -> str:
    """Say what a data set holds: ``17,092 images in 8 classes (train 11,959, validation 1,712, test 3,421)``."""
    splits = ", ".join(f"{split} {count(sum(each))}" for split, each in counts.items())
    return f"{many(sum(map(sum, counts.values())), 'image')} in {many(len(classes), 'class', 'classes')} ({splits})"


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
