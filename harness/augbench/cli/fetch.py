"""``bench datasets fetch``: bring the files of data sets to this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from augbench.cli import options
from augbench.cli.chosen import Chosen, InMatrix, Parameters, What, chosen
from augbench.cli.console import data, print_json, talk
from augbench.cli.wording import column, examples
from augbench.values.errors import AugbenchError
from augbench.values.numbers import count, many, size

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from augbench.engine.downloading import Watcher
    from augbench.engine.fetching import Brought
    from augbench.values.data import Probe

EPILOG = examples(
    ("bench datasets fetch medmnist/bloodmnist", "one data set; again = continue"),
    ("bench datasets fetch medmnist/bloodmnist --set size=64", "another size of it"),
    ("bench datasets fetch --matrix ablation.toml", "all that a matrix needs"),
)

Force = Annotated[bool, typer.Option("--force", help="Fetch again files that are not as published, or of which nobody can tell.")]
Insecure = Annotated[
    bool,
    typer.Option("--insecure", help="Take also what comes over plain HTTP without a published checksum: it may be changed on the way."),
]


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What became of one data set."""

    name: str
    brought: Brought | None = None
    folder: Path | None = None
    error: AugbenchError | None = None


def fetch_datasets(
    what: What = None,
    sets: Parameters = [],  # noqa: B006 - typer copies it
    matrix: InMatrix = None,
    force: Force = False,
    insecure: Insecure = False,
    as_json: options.Json = False,
) -> None:
    """Fetch the files of a data set, or of all in a matrix, and see that they can be used.

    What is here is not fetched again, and a half file is gone on with. Proxies are those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    found = chosen(what, sets, matrix)
    with watching_files(talk()) as watcher:
        outcomes = [_brought(one, watcher, force=force, insecure=insecure) for one in found]
    if as_json:
        print_json([_document(outcome) for outcome in outcomes])
    for outcome in [] if as_json else outcomes:
        _print(outcome)
    if matrix is None and what and not as_json and outcomes[0].brought and outcomes[0].brought.probe:
        data().print(f"\n{column(what, sets)}", markup=False, soft_wrap=True)
    raise_worst([outcome.error for outcome in outcomes if outcome.error])


def raise_worst(errors: Sequence[AugbenchError]) -> None:
    """End with the error of the highest exit code, after the others are told."""
    if errors:
        *others, worst = sorted(errors, key=lambda error: error.exit_code)
        for error in others:
            talk().print(str(error), markup=False)
        raise worst


def _brought(one: Chosen, watcher: Watcher, *, force: bool, insecure: bool) -> _Outcome:
    from augbench.engine.fetching import fetch, place

    folder = place(one.dataset)
    try:
        return _Outcome(name=one.name, folder=folder, brought=fetch(one.name, one.dataset, watcher, force=force, insecure=insecure))
    except AugbenchError as error:
        return _Outcome(name=one.name, folder=folder, error=error)


def _print(outcome: _Outcome) -> None:
    if outcome.brought is None:
        return
    for download in outcome.brought.files:
        told = download.checksum or f"{_found(download)} (nobody has published a checksum)"
        talk().print(f"{download.to.name}: fetched, {size(download.to.stat().st_size)}, {told}", markup=False)
    if outcome.brought.probe is None:
        data().print(f"{outcome.name}: nothing to fetch", markup=False, soft_wrap=True)
    else:
        where = f" in {outcome.folder}" if outcome.folder and outcome.folder.exists() else ""
        data().print(f"{outcome.name}: {_in_words(outcome.brought.probe)}{where}", markup=False, soft_wrap=True)


def _found(download: Any) -> str | None:
    from augbench.engine.downloading import look

    return look(download).checksum


def _in_words(probe: Probe) -> str:
    """Say what is there: ``17,092 images in 8 classes (train 11,959, validation 1,712, test 3,421)``."""
    splits = ", ".join(f"{split} {count(sum(counts))}" for split, counts in probe.counts.items())
    return f"{many(sum(map(sum, probe.counts.values())), 'image')} in {many(len(probe.classes), 'class', 'classes')} ({splits})"


def _document(outcome: _Outcome) -> dict[str, Any]:
    brought = outcome.brought
    probe = brought.probe if brought else None
    return {
        "name": outcome.name,
        "outcome": brought.outcome if brought else "failed",
        "folder": outcome.folder,
        "fetched": [asdict(download) for download in brought.files] if brought else [],
        "classes": probe.classes if probe else None,
        "counts": probe.counts if probe else None,
        "error": str(outcome.error) if outcome.error else None,
    }


@contextlib.contextmanager
def watching_files(console: Console) -> Iterator[Watcher]:
    """Give the watcher that fits a console."""
    if not console.is_terminal:
        yield Lines(console)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[shown]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bars(console, progress)


class Lines:
    """Writes a line for each file."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def began(self, what: str, unit: Literal["bytes", "parts"] = "bytes") -> None:
        """Say which file is fetched; what else takes time is left unsaid."""
        if unit == "bytes":
            self.said(f"{what}: fetching")

    def moved(self, done: int, total: int | None) -> None:
        """Say nothing."""

    def said(self, text: str) -> None:
        """Write a sentence."""
        self._console.print(text, markup=False)


class Bars(Lines):
    """Shows a bar for the file, or the work, that goes on."""

    def __init__(self, console: Console, progress: Progress) -> None:
        super().__init__(console)
        self._progress = progress
        self._task: TaskID | None = None
        self._unit = "bytes"

    def began(self, what: str, unit: Literal["bytes", "parts"] = "bytes") -> None:
        """Put a new bar in the place of the last."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._unit = unit
        self._task = self._progress.add_task(what, total=None, shown="")

    def moved(self, done: int, total: int | None) -> None:
        """Move the bar."""
        written = size if self._unit == "bytes" else count
        shown = written(done) if total is None else f"{written(done)} of {written(total)}"
        if self._task is not None:
            self._progress.update(self._task, completed=done, total=total, shown=shown)
