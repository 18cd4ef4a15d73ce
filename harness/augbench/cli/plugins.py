"""``bench plugins list`` and ``show``: what names a matrix may use, and what each takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.additions import Addition, add_additions, additions
from augbench.cli.component_page import print_description, print_example
from augbench.cli.console import data, print_json, talk
from augbench.cli.wording import examples
from augbench.values.components import KINDS
from augbench.values.errors import BrokenComponent, suggestion

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.registry.describe import Description
    from augbench.registry.entries import Entry, Failure, LeftOut, Note

EPILOG = examples(
    ("bench plugins list --kind augmenter", "what may stand in an augment slot"),
    ("bench plugins show mixup", "its parameters, and lines for a matrix"),
    ("bench plugins check ./my_mix.py", "whether it keeps the laws of its kind"),
    ("bench plugins preview ./my_mix.py", "what it does to images"),
    ("bench plugins bench ./my_mix.py", "how fast it is"),
)
LIST_EPILOG = examples(
    ("bench plugins list", "every component, and the plugins that did not load"),
    ("bench plugins list mix --kind augmenter", "augmenters that have 'mix' in their name, their summary or their origin"),
    ("bench plugins list --load", "import all of them, too, to see which do not"),
    ("bench plugins list --json | jq -r '.components[].name'", "for scripts"),
)
SHOW_EPILOG = examples(
    ("bench plugins show wgan-gp", "its parameters and presets, and lines for a matrix"),
    ("bench plugins show sampler:standard", "where several kinds have the name"),
    ("bench plugins show mixup@my-augmenters", "where several distributions have it"),
)


def _kinds(values: list[str]) -> list[str]:
    for value in values:
        if value not in KINDS:
            raise typer.BadParameter(f"'{value}' is no kind of component; {suggestion(value, KINDS)}")
    return values


def list_plugins(
    context: typer.Context,
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Only what has this in its name, summary or origin.", show_default=False)
    ] = "",
    kinds: Annotated[
        list[str], typer.Option("--kind", metavar="KIND", callback=_kinds, help="Only this kind, such as augmenter. Repeatable.")
    ] = [],  # noqa: B006 - typer copies it
    load: Annotated[bool, typer.Option("--load", help="Import each component, and list those that do not load.")] = False,
    disabled: options.NoPlugin = [],  # noqa: B006
    as_json: options.Json = False,
) -> None:
    """List the components that a matrix may name, by kind, then verbs and hooks of plugins, and what is wrong with these.

    Components themselves are not imported, unless with --load, which takes seconds; a class that is not in its file is found without.
    """
    from augbench.registry.discovery import discover
    from augbench.registry.unplugged import unplugged

    registry = discover(disabled)
    registry.notes += unplugged()
    entries = [entry for entry in ordered(registry) if _is_asked_for(entry, text, kinds)]
    broken = list(_broken(entries, load=load))
    own = context.find_root().command.commands  # type: ignore[attr-defined]
    added = [] if kinds else [one for one in additions(registry, own, disabled) if one.is_asked_for(text)]
    if as_json:
        print_json(_document(registry, entries, added, broken))
        return
    console, table = data(), entry_table(entries)
    add_additions(table, added)
    console.print(table)
    for line in _remarks(registry, broken):
        console.print(line, soft_wrap=True)


def show_plugin(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, kind:name, name@distribution, family/NAME, or a file: ./my_mix.py.")],
    disabled: options.NoPlugin = [],  # noqa: B006 - typer copies it
    as_json: options.Json = False,
) -> None:
    """Show what a component is and takes: each parameter's type, bounds, default and meaning, and the lines that use it."""
    from augbench.config.pasting import example
    from augbench.registry.describe import describe
    from augbench.registry.discovery import discover

    registry = discover(disabled)
    pages: list[tuple[Description, str]] = []
    broken = []
    for entry in found(registry, name):
        try:
            use, component, implied = _used(registry, entry, name)
            pages.append((describe(entry), example(component, use, registry.name_of, implied)))
        except BrokenComponent as error:
            broken.append(error)
    if not pages:
        raise broken[0]
    if as_json:
        print_json([asdict(page) | {"example": lines} for page, lines in pages])
    else:
        for page, lines in pages:
            print_description(data(), page)
            print_example(data(), lines)
    for refusal in broken:
        talk().print(str(refusal), markup=False)


def _used(registry: Registry, entry: Entry, name: str) -> tuple[str, Any, dict[str, Any]]:
    """Return what a matrix would write for an entry, its class, and what the name implies."""
    from augbench.registry.clashes import Clash
    from augbench.registry.loading import load

    if entry.family:
        # A file's name may hold a slash, too.
        if "/" in name and not name.endswith(".py"):
            # Raises where the family has no such member.
            resolved = registry.resolve(entry.kind, name)
            return name.partition(":")[2] or name, resolved.component, resolved.implied
        return entry.address, load(entry), {"name": ""}
    rivals = registry.named(entry.kind, entry.name)
    use = Clash(tuple(rivals)).addresses[rivals.index(entry)] if len(rivals) > 1 else entry.name
    return use, load(entry), {}


def ordered(registry: Registry) -> list[Entry]:
    """Sort entries as a matrix is read: by kind, then name."""
    return sorted(registry.entries, key=lambda entry: (KINDS.index(entry.kind), entry.name, entry.origin.distribution))


def found(registry: Registry, name: str) -> Sequence[Entry]:
    """Return the entries of a name, or of a file.  Raise ``UnknownComponent`` where there is none, ``BrokenComponent`` for the file."""
    if name.endswith(".py"):
        return _of_file(registry, name)
    if entries := registry.find(name):
        return entries
    from augbench.registry.absent import absent_anywhere

    raise absent_anywhere(registry, name)


def _of_file(registry: Registry, name: str) -> Sequence[Entry]:
    from augbench.registry.local import load_local

    before = len(registry.entries)
    load_local(registry, (name,), Path())
    return registry.entries[before:]


def entry_table(entries: Sequence[Entry]) -> Table:
    """Lay out entries, one a line, below their kinds."""
    table = Table("name", "what it is", "from")
    for kind, members in groupby(entries, lambda entry: entry.kind):
        table.add_row(f"[bold]{kind}[/bold]")
        for entry in members:
            table.add_row(f"  {escape(entry.address)}", escape(entry.summary), escape(str(entry.origin)))
        table.add_section()
    return table


def _is_asked_for(entry: Entry, text: str, kinds: Sequence[str]) -> bool:
    told = f"{entry.address}\n{entry.summary}\n{entry.origin}\n{entry.origin.plugin}".lower()
    return text.lower() in told and (not kinds or entry.kind in kinds)


def _broken(entries: Sequence[Entry], *, load: bool) -> Iterator[tuple[Entry, BrokenComponent]]:
    """Yield components that do not load: import them, or only see whether they are in their files."""
    from augbench.registry.unbound import unbound

    for entry in entries:
        if error := _refusal(entry) if load else unbound(entry):
            yield entry, error


def _refusal(entry: Entry) -> BrokenComponent | None:
    from augbench.registry.loading import load

    try:
        load(entry)
    except BrokenComponent as error:
        return error
    return None


def _remarks(registry: Registry, broken: Sequence[tuple[Entry, BrokenComponent]]) -> Iterator[str]:
    """Say in a line each what is wrong with plugins, and what should be known of them."""
    from augbench.registry.clashes import clashes

    for failure in registry.failures:
        yield f"[red]not loaded[/red]  {escape(str(failure))}"
    for _, error in broken:
        yield f"[red]not loaded[/red]  {escape(str(error))}"
    for clash in clashes(registry.entries):
        yield f"[yellow]clash[/yellow]  {escape(str(clash.error()))}"
    for note in registry.notes:
        yield f"[yellow]note[/yellow]  {escape(str(note))}"
    for plugin in registry.left_out:
        yield f"[dim]left out[/dim]  {escape(f'{plugin.origin.plugin} of {plugin.origin}, by {plugin.by}')}"


def _document(
    registry: Registry, entries: Sequence[Entry], added: Sequence[Addition], broken: Sequence[tuple[Entry, BrokenComponent]]
) -> dict[str, Any]:
    """Return a list for scripts."""
    from augbench.registry.clashes import clashes

    return {
        "components": [entry_row(entry) for entry in entries],
        "verbs": [one.row for one in added if one.what == "verb"],
        "hooks": [one.row for one in added if one.what == "hooks"],
        "failures": [*map(_failure, registry.failures), *(_unloaded(entry, error) for entry, error in broken)],
        "clashes": [
            {"kind": clash.entries[0].kind, "name": clash.entries[0].address, "origins": clash.origins, "addresses": clash.addresses}
            for clash in clashes(registry.entries)
        ],
        "notes": [_note(note) for note in registry.notes],
        "left-out": [_left_out(plugin) for plugin in registry.left_out],
    }


def entry_row(entry: Entry) -> dict[str, str | bool]:
    """Return an entry for scripts."""
    return {
        "kind": entry.kind,
        "name": entry.address,
        "family": entry.family,
        "summary": entry.summary,
        "target": entry.reference,
        "plugin": entry.origin.plugin,
        "distribution": entry.origin.distribution,
        "version": entry.origin.version,
    }


def _failure(failure: Failure) -> dict[str, str]:
    told = {"stage": failure.stage, "reason": failure.reason, "where": failure.place, "error": str(failure)}
    return asdict(failure.origin) | told


def _unloaded(entry: Entry, error: BrokenComponent) -> dict[str, str]:
    told = {"stage": "load", "kind": entry.kind, "name": entry.address}
    return asdict(entry.origin) | told | {"reason": error.reason, "where": error.where, "error": str(error)}


def _note(note: Note) -> dict[str, str]:
    return asdict(note.origin) | {"text": note.text, "where": note.where}


def _left_out(plugin: LeftOut) -> dict[str, str]:
    return asdict(plugin.origin) | {"by": plugin.by}
