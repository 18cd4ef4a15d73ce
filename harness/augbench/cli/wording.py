"""Wordings that several verbs share: the examples of ``--help``, a data set's counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape

from augbench.values.numbers import count, many

_COLUMNS = 78
"""Of a terminal's 80, a margin takes two."""
_INDENT = "  "
"""Typer takes it away from all lines alike."""


def examples(*lines: tuple[str, str]) -> str:
    """Lay out (command, what it does) pairs as a page's closing examples: side by side where 80 columns hold them."""
    width = max(len(command) for command, _ in lines)
    beside = width + 2 + max(len(meaning) for _, meaning in lines) <= _COLUMNS
    shown = []
    for command, meaning in lines:
        gap = " " * (width - len(command) + 2) if beside else f"\n{_INDENT}    "
        shown.append(f"{_INDENT}[cyan]{escape(command)}[/cyan]{gap}[dim]{escape(meaning)}[/dim]")
    return "\n".join(["[bold]Examples[/bold]", *shown])


def counted(classes: Sequence[str], counts: Mapping[str, Sequence[int]]) -> str:
    """Say what a data set holds: ``17,092 images in 8 classes (train 11,959, validation 1,712, test 3,421)``."""
    splits = ", ".join(f"{split} {count(sum(each))}" for split, each in counts.items())
    return f"{many(sum(map(sum, counts.values())), 'image')} in {many(len(classes), 'class', 'classes')} ({splits})"
