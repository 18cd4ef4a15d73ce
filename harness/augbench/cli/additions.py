"""What plugins add beside components: verbs of the command line, and hooks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.markup import escape

if TYPE_CHECKING:
    from rich.table import Table

    from augbench.registry.collect import Registry
    from augbench.registry.entries import Origin


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A verb, or the hooks of a plugin."""

    what: str
    """``verb`` or ``hooks``."""
    name: str
    summary: str
    origin: Origin
    row: Mapping[str, Any]
    """For scripts."""

    def is_asked_for(self, text: str) -> bool:
        """Tell whether a text stands in it."""
        return text.lower() in f"{self.name}\n{self.summary}\n{self.origin}\n{self.origin.plugin}".lower()


def additions(registry: Registry, own: Collection[str], disabled: Collection[str]) -> Iterator[Addition]:
    """Yield the verbs of plugins, which are not imported, beside bench's ``own``; then plugins that have hooks."""
    from augbench.registry.verbs import foreign_verbs

    for name, verb in foreign_verbs(own, disabled).items():
        row = {"name": name, "target": verb.point.value, "distribution": verb.origin.distribution, "version": verb.origin.version}
        yield Addition(what="verb", name=name, summary=f"bench {name}", origin=verb.origin, row=row)
    for plugin in registry.hooked:
        if listens := plugin.listens:
            row = asdict(plugin.origin) | {"names": list(listens)}
            yield Addition(what="hooks", name=plugin.origin.plugin, summary=", ".join(listens), origin=plugin.origin, row=row)


def add_additions(table: Table, added: Sequence[Addition]) -> None:
    """Add them to a list of components, one a line."""
    for what, members in groupby(added, lambda one: one.what):
        table.add_row(f"[bold]{what}[/bold]")
        for one in members:
            table.add_row(f"  {escape(one.name)}", escape(one.summary), escape(str(one.origin)))
        table.add_section()
