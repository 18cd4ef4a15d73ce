"""Tell entries of one name apart: a matrix that uses the name must say which one it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from augbench.registry.entries import Entry
from augbench.registry.installed import same
from augbench.values.errors import DuplicateName


@dataclass(frozen=True)
class Clash:
    """Entries of one kind and name; with a single one there is nothing to choose."""

    entries: tuple[Entry, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return what a matrix may write for each: the name, with its distribution, or its plugin where that says more."""
        return tuple(f"{entry.address}@{self.owner(entry)}" for entry in self.entries)

    @property
    def origins(self) -> tuple[str, ...]:
        """Say where each comes from."""
        return tuple(f"{entry.origin.plugin} ({entry.origin})" if self._shared(entry) else str(entry.origin) for entry in self.entries)

    def error(self) -> DuplicateName:
        """Return what is told where the name is used."""
        return DuplicateName(self.entries[0].kind, self.entries[0].address, self.origins, self.addresses)

    def owner(self, entry: Entry) -> str:
        """Return what stands behind the ``@`` for one of them."""
        # A file has a path instead of a distribution, and no version.
        return entry.origin.plugin if self._shared(entry) or not entry.origin.version else entry.origin.distribution

    def _shared(self, entry: Entry) -> bool:
        """Tell whether one distribution registers the name twice, by two plugins."""
        return Counter(same(other.origin.distribution) for other in self.entries)[same(entry.origin.distribution)] > 1


def clashes(entries: Iterable[Entry]) -> list[Clash]:
    """Return the names that several plugins register."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.address), []).append(entry)
    return [Clash(tuple(group)) for group in groups.values() if len(group) > 1]
