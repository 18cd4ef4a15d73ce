"""``bench datasets audit``: what in a data set would mislead who trains on it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli import options
from augbench.cli.chosen import Chosen, InMatrix, Parameters, What, chosen
from augbench.cli.console import data, print_json, talk
from augbench.cli.watching import watching_work
from augbench.cli.wording import counted, examples
from augbench.values.numbers import count

if TYPE_CHECKING:
    from rich.table import Table

    from augbench.engine.watching import Watcher
    from augbench.values.auditing import Audit, Finding, Picture

EPILOG = examples(
    ("bench datasets audit my-cells", "a folder of images, before anything is trained"),
    ("bench datasets audit my-cells --out pairs.png", "with a picture of what shows the same"),
    ("bench datasets audit --matrix ablation.toml", "every data set of a matrix, as its resize leaves it"),
    ("bench datasets audit my-cells --json | jq '.[].findings[].code'", "for scripts; the exit code is 1 where something is grave"),
)
_GRAVE = 1
_SHOWN = 3
"""Pairs, or images, of a finding that the table names."""


def _picture(value: Path | None) -> Path | None:
    if value is not None and (value.suffix.lower() != ".png" or value.is_dir()):
        raise typer.BadParameter(f"the picture is a PNG file; write '{value.with_suffix('.png') if value.name else 'pairs.png'}'")
    return value


def audit(
    what: What = None,
    sets: Parameters = [],  # noqa: B006 - typer copies it
    matrix: InMatrix = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.png", callback=_picture, help="Draw the pairs that were found, side by side, into this file."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Look at every image of a data set for what would mislead: doubles across splits, label conflicts, classes told by colour alone.

    The exit code is 1 where something grave was found, and 0 where there is nothing, or nothing but notes.
    """
    found = chosen(what, sets, matrix)
    if out is not None and len(found) > 1:
        raise typer.BadParameter(f"{len(found)} data sets do not go into one picture; name one of them")
    with watching_work(talk()) as watcher:
        audits = [_audited(one, watcher, out) for one in found]
    if as_json:
        print_json([asdict(each) | {"grave": each.grave} for each in audits])
    else:
        for each in audits:
            _print(each)
    if any(each.grave for each in audits):
        raise typer.Exit(_GRAVE)


def _audited(one: Chosen, watcher: Watcher, out: Path | None) -> Audit:
    from augbench.engine.auditing import Auditor

    auditor = Auditor(one.name, one.dataset, one.resize)
    audit = auditor.audit(watcher)
    if out is not None:
        _write(out, auditor.picture(audit), watcher)
    return audit


def _write(out: Path, drawn: bytes | None, watcher: Watcher) -> None:
    from augbench.store.files import write_bytes

    if drawn is None:
        watcher.said(f"no pairs were found: there is nothing to draw, and {out} is not written")
        return
    write_bytes(out, drawn)
    watcher.said(f"drawn: {out}")


def _print(audit: Audit) -> None:
    console = data()
    console.print(f"{audit.name}: {counted(audit.classes, audit.counts)}", markup=False, soft_wrap=True)
    if audit.findings:
        console.print(_table(audit))
    else:
        console.print("nothing was found", markup=False)


def _table(audit: Audit) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("level", "finding", "what was found, what to do, and the first images", show_lines=True)
    for finding in audit.findings:
        # As texts: names of files may hold brackets, which rich would read as markup.
        level = Text("grave", style="bold red") if finding.grave else Text("note")
        told = Text(f"{finding.sentence} {finding.advice}")
        for line in _images(finding):
            told.append(f"\n{line}", style="dim")
        table.add_row(level, Text(finding.code), told)
    return table


def _images(finding: Finding) -> list[str]:
    lines = [" = ".join(map(_named, lot)) for lot in finding.pictures[:_SHOWN]]
    if more := len(finding.pictures) - len(lines):
        lines.append(f"and {count(more)} more; --json has all")
    return lines


def _named(picture: Picture) -> str:
    return f"{picture.name} ({picture.split}, {picture.label})"
