"""Print what a component is and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from augbench.registry.describe import Description, Parameter


def print_description(console: Console, description: Description) -> None:
    """Print one component's page."""
    console.print(f"[bold]{escape(description.name)}[/bold]  {description.kind}: {escape(description.summary)}")
    console.print(f"[dim]from {escape(description.origin)}, {escape(description.target)}[/dim]")
    for line in (description.where, *filter(None, [_about(description)])):
        console.print(line, style="dim", markup=False, soft_wrap=True)
    console.print()
    console.print(description.text, markup=False)
    console.print()
    console.print(_parameter_table(description.parameters) if description.parameters else "It takes no parameters.")
    if description.presets:
        console.print(_presets(description.presets))
    for remark in description.remarks:
        console.print(f"[yellow]note[/yellow]  {escape(remark)}", soft_wrap=True)


def print_example(console: Console, text: str) -> None:
    """Print lines to be pasted."""
    console.print("\nTo be pasted (what is a comment holds anyway):\n")
    console.print(text, markup=False, soft_wrap=True)


def _about(description: Description) -> str:
    licence = f"licence {description.licence}" if description.licence else ""
    return ", ".join(filter(None, [description.home_page, licence]))


def _parameter_table(parameters: Sequence[Parameter]) -> Table:
    table = Table("key", "type", "default", "meaning")
    for parameter in parameters:
        default = "[red]required[/red]" if parameter.default is None else escape(parameter.default)
        kind = ", ".join(filter(None, [parameter.type, parameter.bounds]))
        table.add_row(f"[bold]{parameter.name}[/bold]", escape(kind), default, escape(parameter.help))
    return table


def _presets(presets: dict[str, dict[str, Any]]) -> Group:
    from augbench.registry.wording import in_toml

    lines = [f"preset = [bold]{escape(in_toml(name))}[/bold]  [dim]{escape(in_toml(values))}[/dim]" for name, values in presets.items()]
    return Group("\nPresets", *lines)
