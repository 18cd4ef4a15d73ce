"""``bench datasets``: which data sets there are, and what each is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console

from augbench.cli import options
from augbench.cli.console import data, print_json
from augbench.cli.plugins import entry_row, entry_table, ordered, print_description
from augbench.cli.wording import examples
from augbench.values.errors import UnknownComponent

if TYPE_CHECKING:
    from augbench.registry.describe import Description
    from augbench.registry.entries import Entry
    from augbench.values.data import Card, Dataset

LIST_EPILOG = examples(("bench datasets list", "what may stand after 'use' in a table of [datasets]"))
SHOW_EPILOG = examples(
    ("bench datasets show phantom", "what it shows and which parameters it takes"),
    ("bench datasets show image-folder", "how to point it at your own images"),
)


def list_datasets(as_json: options.Json = False) -> None:
    """List the data sets that a matrix may name."""
    from augbench.registry.discovery import discover

    entries = [entry for entry in ordered(discover()) if entry.kind == "dataset"]
    if as_json:
        print_json([entry_row(entry) for entry in entries])
    else:
        data().print(entry_table(entries))


def show_dataset(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, or name@distribution.")],
    as_json: options.Json = False,
) -> None:
    """Show what a data set is and takes; no image is read."""
    from augbench.registry.describe import describe
    from augbench.registry.discovery import discover

    registry = discover()
    found = [entry for entry in registry.find(name) if entry.kind == "dataset"]
    if not found:
        raise UnknownComponent("dataset", name, registry.names("dataset"))
    pages = [(describe(entry), _card(entry)) for entry in found]
    if as_json:
        print_json([asdict(description) | {"card": asdict(card) if card else None} for description, card in pages])
        return
    for description, card in pages:
        _print(data(), description, card)


def _card(entry: Entry) -> Card | None:
    """Return the card of a data set that needs no parameters; of a folder of images nothing is known yet."""
    from augbench.registry.describe import parameters
    from augbench.registry.loading import load

    component = load(entry)
    if any(parameter.default is None for parameter in parameters(component)):
        return None
    return cast("type[Dataset]", component)().card()


def _print(console: Console, description: Description, card: Card | None) -> None:
    print_description(console, description)
    if card is None:
        return
    for name, text in (("Title", card.title), ("Source", card.source), ("Licence", card.licence), ("Citation", card.citation)):
        if text:
            console.print(f"{name:9} {text}", markup=False, soft_wrap=True)
    for note in card.notes:
        console.print(f"- {note}", markup=False, soft_wrap=True)
