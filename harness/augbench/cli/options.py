"""The options that several verbs share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def _device(value: str) -> str:
    if not _DEVICE.fullmatch(value):
        raise typer.BadParameter(f"'{value}' is no device; write auto, cpu, cuda, cuda:N or mps")
    return value


Matrix = Annotated[Path, typer.Option("--matrix", "-m", metavar="FILE", help="The matrix file.", rich_help_panel="What")]
Sets = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change the matrix: a dotted key and a TOML value, such as [cyan]base.training.lr=0.1[/cyan]. Repeatable.",
        rich_help_panel="What",
    ),
]
Only = Annotated[
    list[str],
    typer.Option(metavar="PATTERN", help="Only this row, data set or DATASET/ROW; * and ? match. Repeatable.", rich_help_panel="What"),
]
Skip = Annotated[
    list[str],
    typer.Option(metavar="PATTERN", help="Not this row, data set or DATASET/ROW; * and ? match. Repeatable.", rich_help_panel="What"),
]
NoPlugin = Annotated[
    list[str],
    typer.Option("--no-plugin", metavar="NAME", help="Leave out a plugin, or a distribution. Repeatable.", rich_help_panel="What"),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="Where records, predictions and the report go. [dim]\\[default: runs/NAME, after the matrix file][/dim]",
        rich_help_panel="Where",
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FOLDER",
        envvar="AUGBENCH_STORE",
        help="Where trained networks and synthetic images are kept for reuse. [dim]\\[default: the user's cache folder][/dim]",
        rich_help_panel="Where",
    ),
]
Device = Annotated[
    str,
    typer.Option("--device", metavar="NAME", callback=_device, help="auto, cpu, cuda, cuda:N or mps.", rich_help_panel="Where"),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]

DEFAULT_MATRIX = Path("ablation.toml")
