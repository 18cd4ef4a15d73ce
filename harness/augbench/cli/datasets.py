"""``bench datasets``: which data sets there are, and what each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from augbench.cli import options
from augbench.cli.chosen import Parameters, chosen
from augbench.cli.component_page import print_description
from augbench.cli.console import data, print_json
from augbench.cli.plugins import entry_row, ordered
from augbench.cli.wording import examples
from augbench.config.writing import column
from augbench.engine.members import Member, member, members
from augbench.registry.asking import card_of, downloads_of
from augbench.values.numbers import count, size

if TYPE_CHECKING:
    from augbench.registry.describe import Description
    from augbench.values.data import Card, Dataset, Download

LIST_EPILOG = examples(
    ("bench datasets list", "what may stand after 'use' in [datasets], and what must be fetched"),
    ("bench datasets list --json | jq -r '.[].name'", "for scripts"),
)
SHOW_EPILOG = examples(
    ("bench datasets show phantom", "what it shows and which parameters it takes"),
    ("bench datasets show medmnist/bloodmnist", "its images, licence, files, and the lines for a matrix"),
    ("bench datasets show image-folder", "how to point it at your own images"),
)
_FIELDS = ("title", "images", "groups", "source", "licence", "citation")


def list_datasets(as_json: options.Json = False) -> None:
    """List the data sets that a matrix may name, and whether each is on this machine."""
    from augbench.registry.discovery import discover

    registry = discover()
    found = list(members([entry for entry in ordered(registry) if entry.kind == "dataset"]))
    if as_json:
        print_json([_row(one) for one in found])
        return
    table = Table(Column("name", no_wrap=True), "what it is", "files", "licence", "from")
    for one in found:
        what = one.card.title if one.card and one.implied else one.entry.summary
        licence = one.card.licence if one.card else ""
        table.add_row(f"[bold]{escape(one.use)}[/bold]", escape(what), one.state, escape(licence), escape(str(one.entry.origin)))
    data().print(table)


def show_dataset(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, family/NAME, or name@distribution.")],
    sets: Parameters = [],  # noqa: B006 - typer copies it
    as_json: options.Json = False,
) -> None:
    """Show what a data set is and takes, which files it is made of, and the lines for a matrix; no image is read."""
    from augbench.registry.absent import absent
    from augbench.registry.describe import describe
    from augbench.registry.discovery import discover

    registry = discover()
    found = [entry for entry in registry.find(name) if entry.kind == "dataset"]
    if not found:
        raise absent(registry, "dataset", name)
    for entry in found:
        one = member(registry, entry, name)
        given = chosen(name, sets, None)[0].dataset if sets else one.dataset
        family = [each.use for each in members([entry])] if entry.family and not one.implied else []
        page = _Page(describe(entry), given, column(name, sets) if sets else one.lines(), family, one.refusal or one.state)
        if as_json:
            print_json([page.document()])
        else:
            page.print(data())


def _row(one: Member) -> dict[str, Any]:
    card = one.card
    downloads = [_file(download) for download in one.downloads]
    return entry_row(one.entry) | {
        "name": one.use,
        "title": card.title if card else None,
        "licence": card.licence if card else None,
        "files": one.state,
        "downloads": downloads,
    }


def _file(download: Download) -> dict[str, Any]:
    return asdict(download) | {"here": download.to.is_file()}


class _Page:
    """All that can be shown of one data set."""

    def __init__(self, description: Description, dataset: Dataset | None, lines: str, family: Sequence[str], state: str) -> None:
        self._description, self._lines, self._family, self._state = description, lines, family, state
        self._card = card_of(dataset) if dataset else None
        self._downloads = downloads_of(dataset) if dataset else ()

    def document(self) -> dict[str, Any]:
        """Return it for scripts."""
        return asdict(self._description) | {
            "card": asdict(self._card) if self._card else None,
            "files": self._state,
            "downloads": [_file(download) for download in self._downloads],
            "members": list(self._family),
            "matrix": self._lines,
        }

    def print(self, console: Console) -> None:
        """Show it to a person."""
        print_description(console, self._description)
        if self._card:
            _print_card(console, self._card)
        console.print(f"\nFiles     {self._state}", markup=False)
        _print_files(console, self._downloads)
        if self._family:
            console.print(f"Names     {', '.join(self._family)}", markup=False, soft_wrap=True)
        console.print(f"\n{self._lines}", markup=False, soft_wrap=True)


def _print_card(console: Console, card: Card) -> None:
    console.print()
    for name in _FIELDS:
        if text := getattr(card, name):
            console.print(f"{name.capitalize():9} {text}", markup=False, soft_wrap=True)
    for word, sentences in (("trap: ", card.traps), ("", card.notes)):
        for sentence in sentences:
            console.print(f"- {word}{sentence}", markup=False, soft_wrap=True)
    if card.counts:
        console.print(_counts(card))


def _counts(card: Card) -> Table:
    """Lay out the published numbers of images, a class a line."""
    classes = list(dict.fromkeys(name for split in card.counts.values() for name in split))
    table = Table("class", *card.counts)
    for name in classes:
        table.add_row(escape(name), *(count(split.get(name)) for split in card.counts.values()))
    table.add_row("[bold]all[/bold]", *(count(sum(split.values())) for split in card.counts.values()))
    return table


def _print_files(console: Console, downloads: Sequence[Download]) -> None:
    """Write a file in three lines, so that addresses can be copied whole."""
    for download in downloads:
        known = size(download.bytes) if download.bytes else "size not known"
        here = "here" if download.to.is_file() else "not here"
        console.print(
            f"- {download.to.name}: {here}, {known}, {download.checksum or 'no checksum published'}", markup=False, soft_wrap=True
        )
        console.print(f"  from {download.url}", markup=False, soft_wrap=True)
        console.print(f"  to   {download.to}", markup=False, soft_wrap=True)
