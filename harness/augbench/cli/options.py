"""The options that several verbs share."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from augbench.values.errors import suggestion

_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
ALWAYS = "AUGBENCH_OBSERVE"
"""The environment's variable that names observers for every run."""
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def _device(value: str) -> str:
    if not _DEVICE.fullmatch(value):
        raise typer.BadParameter(f"'{value}' is no device; write auto, cpu, cuda, cuda:N or mps")
    return value


def duration(value: str) -> float:
    """Read ``90``, ``90s``, ``30m``, ``2h`` or ``1d`` as seconds."""
    found = _DURATION.fullmatch(value)
    if not found or not float(found[1]):
        raise typer.BadParameter(f"'{value}' is no time; write seconds, or a number with s, m, h or d, such as 90s or 2h")
    return float(found[1]) * _UNITS[found[2] or "s"]


def always_observing() -> tuple[str, ...]:
    """Return the observers that the environment names."""
    return tuple(text.strip() for text in os.environ.get(ALWAYS, "").split(";") if text.strip())


def known_kinds(values: list[str]) -> list[str]:
    """Refuse what is no kind of stage."""
    from augbench.plan.tasks import REVISIONS

    for value in values:
        if value not in REVISIONS:
            raise typer.BadParameter(f"'{value}' is no kind of stage; {suggestion(value, REVISIONS)}")
    return values


def _of_data(values: list[str]) -> list[str]:
    for value in values:
        if not value.startswith("datasets."):
            raise typer.BadParameter(f"'{value}' changes the run; here only data sets may move, as in datasets.NAME.path=FOLDER")
    return values


Matrix = Annotated[
    Path,
    typer.Option(
        "--matrix",
        "-m",
        metavar="FILE",
        help="The matrix file, or a preset, such as [cyan]augbench:bloodmnist[/cyan].",
        rich_help_panel="What",
    ),
]
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
    str | None,
    typer.Option(
        "--store",
        metavar="PLACE",
        envvar="AUGBENCH_STORE",
        help="Where trained networks and synthetic images are kept for reuse: a folder, or an address such as "
        "[cyan]s3://bucket/folder[/cyan]. [dim]\\[default: the user's cache folder][/dim]",
        rich_help_panel="Where",
    ),
]
Device = Annotated[
    str,
    typer.Option("--device", metavar="NAME", callback=_device, help="auto, cpu, cuda, cuda:N or mps.", rich_help_panel="Where"),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="Where stages run: local, inline, ray, or another executor with parameters, as in "
        '[cyan]\'{ use = "ray", address = "auto" }\'[/cyan].',
        rich_help_panel="How",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=1,
        help="Stages side by side: on CPUs in all, on GPUs on each. [dim]\\[default: one a usable CPU, one a GPU][/dim]",
        rich_help_panel="How",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="TIME",
        parser=duration,
        help="What a stage may take, such as 90s, 30m or 2h; then it is stopped, and its trials fail.",
        rich_help_panel="How",
    ),
]
Retries = Annotated[
    int,
    typer.Option(
        "--retries", metavar="N", min=0, help="Further attempts where the machine failed, and not the method.", rich_help_panel="How"
    ),
]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Begin nothing new once a trial has failed.", rich_help_panel="How")]
MaxFailures = Annotated[
    int | None,
    typer.Option("--max-failures", metavar="N", min=1, help="Begin nothing new once N trials have failed.", rich_help_panel="How"),
]
OneTrial = Annotated[
    str | None, typer.Option("--trial", metavar="ID", help="Only this trial, such as cells/ours/s0.", rich_help_panel="What")
]
Debugger = Annotated[
    bool, typer.Option("--debugger", help="Run in this process, and open Python's debugger where a stage fails.", rich_help_panel="How")
]
Smoke = Annotated[
    bool,
    typer.Option(
        "--smoke",
        help="Make everything tiny, to see that every cell runs at all; nothing of it can get into a real report.",
        rich_help_panel="How",
    ),
]
Observe = Annotated[
    list[str],
    typer.Option(
        "--observe",
        metavar="NAME",
        help="Who follows the run, such as mlflow, or another observer with parameters, as in "
        '[cyan]\'{ use = "tensorboard", folder = "logs" }\'[/cyan]. Repeatable. '
        f"[dim]\\[default: the environment's {ALWAYS}, with ; between them][/dim]",
        rich_help_panel="How",
    ),
]
Whereabouts = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="datasets.NAME.KEY=VALUE",
        callback=_of_data,
        help="Where data lie that are not where they were, such as [cyan]datasets.cells.path=~/cells[/cyan]. Repeatable.",
        rich_help_panel="Where",
    ),
]
SameStore = Annotated[
    str | None,
    typer.Option("--store", metavar="PLACE", help="Another store than that of the run.", rich_help_panel="Where"),
]
SameDevice = Annotated[
    str | None,
    typer.Option(
        "--device",
        metavar="NAME",
        callback=lambda value: value and _device(value),
        help="auto, cpu, cuda, cuda:N or mps. [dim]\\[default: as the run][/dim]",
        rich_help_panel="Where",
    ),
]
SameEngine = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="Where stages run. [dim]\\[default: as the run][/dim]", rich_help_panel="How"),
]
SameObservers = Annotated[
    list[str],
    typer.Option("--observe", metavar="NAME", help="Who follows it. Repeatable. [dim]\\[default: as the run][/dim]", rich_help_panel="How"),
]
Trial = Annotated[str, typer.Argument(metavar="TRIAL", help="Such as [cyan]cells/ours/s0[/cyan]; 'bench status --json' has all.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]
JsonEvents = Annotated[bool, typer.Option("--json", help="Write events as lines of JSON, the outcome last, for scripts.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]

DEFAULT_MATRIX = Path("ablation.toml")
