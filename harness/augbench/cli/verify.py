"""``bench datasets verify``: see whether data sets on this machine are what was published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.chosen import InMatrix, Parameters, What, chosen
from augbench.cli.console import data, print_json, talk
from augbench.cli.watching import watching_work
from augbench.cli.wording import examples
from augbench.values.errors import DataError
from augbench.values.numbers import count, many

if TYPE_CHECKING:
    from augbench.engine.verifying import Verdict

EPILOG = examples(
    ("bench datasets verify medmnist/bloodmnist", "checksums, classes and counts against the published ones"),
    ("bench datasets verify my-cells --pixels", "decode every image of a folder, and name all that are broken"),
    ("bench datasets verify --matrix ablation.toml", "all that a matrix needs"),
)
_STATES = {"sound": "as published", "unchecked": "no published checksum", "other": "[red]another file[/red]", "missing": "not here"}


def verify_datasets(
    what: What = None,
    sets: Parameters = [],  # noqa: B006 - typer copies it
    matrix: InMatrix = None,
    pixels: Annotated[bool, typer.Option("--pixels", help="Decode every image, and name all that are broken.")] = False,
    as_json: options.Json = False,
) -> None:
    """Compare a data set's files and counts with the published ones; exit with 2 where anything is wrong."""
    from augbench.engine.verifying import verify

    found = chosen(what, sets, matrix)
    with watching_work(talk()) as watcher:
        verdicts = {one.name: verify(one.name, one.dataset, watcher, pixels=pixels) for one in found}
    if as_json:
        print_json([_document(name, verdict) for name, verdict in verdicts.items()])
    else:
        _print(verdicts)
    if any(verdict.problems for verdict in verdicts.values()):
        raise typer.Exit(DataError.exit_code)


def _print(verdicts: dict[str, Verdict]) -> None:
    for name, verdict in verdicts.items():
        if verdict.files:
            data().print(_files(verdict))
        for problem in verdict.problems:
            data().print(f"{name}: {problem}", markup=False, soft_wrap=True)
        talk().print(f"{name}: {_in_words(verdict)}", markup=False)


def _files(verdict: Verdict) -> Table:
    table = Table("file", "bytes", "checksum", "is")
    for download, found in verdict.files:
        checksum = escape(found.checksum or download.checksum or "")
        table.add_row(escape(download.to.name), count(found.bytes), checksum, _STATES[found.state])
    return table


def _in_words(verdict: Verdict) -> str:
    """Sum up: ``8 classes, 17,092 images, all decoded: nothing is wrong``."""
    parts = []
    if verdict.probe:
        total = sum(map(sum, verdict.probe.counts.values()))
        parts = [many(len(verdict.probe.classes), "class", "classes"), many(total, "image")]
    if verdict.decoded:
        parts.append(f"{count(verdict.decoded)} decoded")
    wrong = many(len(verdict.problems), "problem") if verdict.problems else "nothing is wrong"
    return f"{', '.join(parts)}: {wrong}" if parts else wrong


def _document(name: str, verdict: Verdict) -> dict[str, Any]:
    files: Sequence[dict[str, Any]] = [
        {
            "file": download.to,
            "state": found.state,
            "expected": download.checksum,
            "found": found.checksum,
            "bytes": found.bytes,
        }
        for download, found in verdict.files
    ]
    probe = verdict.probe
    return {
        "name": name,
        "files": files,
        "classes": probe.classes if probe else None,
        "counts": probe.counts if probe else None,
        "decoded": verdict.decoded,
        "problems": verdict.problems,
    }
