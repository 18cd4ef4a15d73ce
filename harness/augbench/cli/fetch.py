"""``bench datasets fetch``: bring the files of data sets to this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augbench.cli import options
from augbench.cli.chosen import Chosen, InMatrix, Parameters, What, chosen
from augbench.cli.console import data, print_json, talk
from augbench.cli.watching import watching_work
from augbench.cli.wording import counted, examples
from augbench.config.writing import column
from augbench.values.errors import AugbenchError
from augbench.values.numbers import size

if TYPE_CHECKING:
    from augbench.engine.fetching import Brought
    from augbench.engine.watching import Watcher

EPILOG = examples(
    ("bench datasets fetch medmnist/bloodmnist", "one data set; again = continue"),
    ("bench datasets fetch medmnist/bloodmnist --set size=64", "another size of it"),
    ("bench datasets fetch --matrix ablation.toml", "all that a matrix needs"),
)

_Force = Annotated[bool, typer.Option("--force", help="Fetch again files that are not as published, or of which nobody can tell.")]
_Insecure = Annotated[
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
    force: _Force = False,
    insecure: _Insecure = False,
    as_json: options.Json = False,
) -> None:
    """Fetch the files of a data set, or of all in a matrix, and see that they can be used.

    What is here is not fetched again, and a half file is gone on with. Proxies are those of HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    """
    found = chosen(what, sets, matrix)
    with watching_work(talk()) as watcher:
        outcomes = [_brought(one, watcher, force=force, insecure=insecure) for one in found]
    if as_json:
        print_json([_document(outcome) for outcome in outcomes])
    for outcome in [] if as_json else outcomes:
        _print(outcome)
    if matrix is None and what and not as_json and outcomes[0].brought and outcomes[0].brought.probe:
        data().print(f"\n{column(what, sets)}", markup=False, soft_wrap=True)
    _raise_worst([outcome.error for outcome in outcomes if outcome.error])


def _raise_worst(errors: Sequence[AugbenchError]) -> None:
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
    from augbench.engine.downloading import look

    for download in outcome.brought.files:
        checksum = download.checksum or f"{look(download).checksum} (nobody has published a checksum)"
        talk().print(f"{download.to.name}: fetched, {size(download.to.stat().st_size)}, {checksum}", markup=False)
    told = "nothing to fetch"
    if probe := outcome.brought.probe:
        where = f" in {outcome.folder}" if outcome.folder and outcome.folder.exists() else ""
        told = f"{counted(probe.classes, probe.counts)}{where}"
    data().print(f"{outcome.name}: {told}", markup=False, soft_wrap=True)


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
