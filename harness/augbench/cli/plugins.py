"""``bench plugins``: what names a matrix may use, and what each takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.wording import examples
from augbench.values.components import KINDS
from augbench.values.errors import BrokenComponent, UnknownComponent

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.registry.describe import Description, Parameter
    from augbench.registry.entries import Entry, Failure

LIST_EPILOG = examples(
    ("bench plugins list", "every component, and the plugins that did not load"),
    ("bench plugins list --json | jq -r '.components[].name'", "for scripts"),
)
SHOW_EPILOG = examples(
    ("bench plugins show wgan-gp", "its parameters and presets"),
    ("bench plugins show sampler:standard", "where several kinds have the name"),
    ("bench plugins show mixup@my-augmenters", "where several distributions have it"),
)


def list_plugins(disabled: options.NoPlugin = [], as_json: options.Json = False) -> None:  # noqa: B006 - typer copies it
    """List the components that a matrix may name, by kind, and the plugins that did not load."""
    from augbench.registry.discovery import discover

    registry = discover(disabled)
    if as_json:
        print_json({"components": [entry_row(entry) for entry in ordered(registry)], "failures": [_failure(f) for f in registry.failures]})
        return
    console = data()
    console.print(entry_table(ordered(registry)))
    for failure in registry.failures:
        console.print(f"[red]not loaded[/red]  {escape(str(failure))}", soft_wrap=True)


def show_plugin(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, kind:name, or name@distribution.")],
    as_json: options.Json = False,
) -> None:
    """Show what a component is and takes: each parameter's type, bounds, default and meaning."""
    from augbench.registry.describe import describe
    from augbench.registry.discovery import discover

    registry = discover()
    descriptions, broken = [], []
    for entry in found(registry, name):
        try:
            if entry.family and "/" in name:
                registry.resolve(entry.kind, name)  # raises where the family has no such member
            descriptions.append(describe(entry))
        except BrokenComponent as error:
            broken.append(error)
    if not descriptions:
        raise broken[0]
    if as_json:
        print_json([asdict(description) for description in descriptions])
    else:
        for description in descriptions:
            print_description(data(), description)
    for refusal in broken:
        talk().print(str(refusal), markup=False)


def ordered(registry: Registry) -> list[Entry]:
    """Sort entries as a matrix is read: by kind, then name."""
    return sorted(registry.entries, key=lambda entry: (KINDS.index(entry.kind), entry.name, entry.origin.distribution))


def found(registry: Registry, name: str) -> Sequence[Entry]:
    """Return the entries of a name.  Raise ``UnknownComponent`` where there is none."""
    if entries := registry.find(name):
        return entries
    raise UnknownComponent("component", name, sorted({entry.address for entry in registry.entries}), registry.remarks())


def entry_table(entries: Sequence[Entry]) -> Table:
    """Lay out entries, one a line."""
    table = Table("kind", "name", "what it is", "from")
    for entry in entries:
        table.add_row(entry.kind, f"[bold]{escape(entry.address)}[/bold]", escape(entry.summary), escape(str(entry.origin)))
    return table


def print_description(console: Console, description: Description) -> None:
    """Print one component's page."""
    console.print(f"[bold]{escape(description.name)}[/bold]  {description.kind}: {escape(description.summary)}")
    console.print(f"[dim]from {escape(description.origin)}, {escape(description.target)}[/dim]\n")
    console.print(description.text, markup=False)
    console.print()
    console.print(_parameter_table(description.parameters) if description.parameters else "It takes no parameters.")
    if description.presets:
        console.print(_presets(description.presets))


def _parameter_table(parameters: Sequence[Parameter]) -> Table:
    table = Table("key", "type", "bounds", "default", "meaning")
    for parameter in parameters:
        default = "[red]required[/red]" if parameter.default is None else escape(parameter.default)
        table.add_row(f"[bold]{parameter.name}[/bold]", escape(parameter.type), parameter.bounds, default, escape(parameter.help))
    return table


def _presets(presets: dict[str, dict[str, Any]]) -> Group:
    from augbench.registry.wording import in_toml

    lines = [f"preset = [bold]{escape(in_toml(name))}[/bold]  [dim]{escape(in_toml(values))}[/dim]" for name, values in presets.items()]
    return Group("\nPresets", *lines)


def entry_row(entry: Entry) -> dict[str, str | bool]:
    """Return an entry for scripts."""
    return {
        "kind": entry.kind,
        "name": entry.address,
        "family": entry.family,
        "summary": entry.summary,
        "target": entry.target if isinstance(entry.target, str) else f"{entry.target.__module__}:{entry.target.__qualname__}",
        "plugin": entry.origin.plugin,
        "distribution": entry.origin.distribution,
        "version": entry.origin.version,
    }


def _failure(failure: Failure) -> dict[str, str]:
    return {"plugin": failure.origin.plugin, "distribution": failure.origin.distribution, "stage": failure.stage, "error": str(failure)}
