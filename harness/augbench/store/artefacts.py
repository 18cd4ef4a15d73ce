"""What a store is: folders addressed by key, which exist once their manifest does."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from augbench.plan.keys import Key
from augbench.plan.summary import Summary
from augbench.plan.tasks import Stage
from augbench.store.leases import BEAT, Leases
from augbench.store.manifest import Manifest, Unfit
from augbench.values.run_errors import Corrupt

RECENT = 3600.0
"""Seconds for which an artefact that was made or used counts as in use."""
DAY = 24 * 3600.0
"""Seconds after which what somebody on another machine began to write, and does not go on with, counts as given up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An artefact as a listing shows it; nothing of it was read."""

    kind: str
    key: Key
    made: float
    """When its manifest was written, in seconds since the epoch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An artefact as one sees it who keeps the store in order."""

    kind: str
    key: Key
    bytes: int
    made: float
    used: float
    """When a stage opened it last, as far as that is known; in seconds since the epoch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftover:
    """Something in a store that nobody needs any more."""

    what: Literal["unfinished artefact", "checkpoint", "damaged artefact", "lease", "unfinished lease", "copy"]
    place: str
    bytes: int


class Store(ABC):
    """Artefacts by key, for this process and for every other that opens the same location."""

    @property
    @abstractmethod
    def location(self) -> str:
        """Return what another process gives ``open_store``."""

    @abstractmethod
    def __contains__(self, key: object) -> bool: ...

    def keys(self) -> frozenset[Key]:
        """Return the keys of all artefacts, by one listing."""
        return frozenset(listed.key for listed in self.listing())

    @abstractmethod
    def listing(self, kind: str | None = None) -> Iterator[Listed]:
        """List all artefacts, or those of a kind of stage, in no order."""

    @abstractmethod
    def open(self, key: Key) -> Path:
        """Return an artefact's folder on this machine, checked once a process, and again when its files have changed.

        Raise ``Corrupt`` and set the artefact aside where a byte has changed, or where it is gone.
        """

    @abstractmethod
    def manifest(self, key: Key) -> Manifest:
        """Read what an artefact says of itself.  Raise ``Unfit`` where it does not, ``KeyError`` where there is none."""

    def notes(self, key: Key) -> Mapping[str, Any]:
        """Return what was noted when an artefact was made: seconds, peak memory, device.  Raise ``Corrupt``."""
        return self._told(key).notes

    def summary(self, key: Key) -> Summary:
        """Describe an artefact without reading it.  Raise ``Corrupt``."""
        return self._told(key).summary()

    def summaries(self, kind: str | None = None, most: int = 2000) -> Mapping[Key, Summary]:
        """Describe the artefacts that were made last, the newest first, without reading them; damaged ones are left out."""
        newest = heapq.nlargest(most, self.listing(kind), key=lambda listed: listed.made)
        found = {}
        for listed, manifest in self._manifests(newest):
            found[listed.key] = manifest.summary(listed.made)
        return found

    @abstractmethod
    def check_writable(self) -> None:
        """Raise ``OSError`` or ``AugbenchError`` where nothing can be written, before any work is done for it."""

    @abstractmethod
    def write(self, stage: Stage, notes: Mapping[str, Any]) -> AbstractContextManager[Path]:
        """Hand out a temporary folder; what the block leaves there becomes the artefact, whole or not at all.

        ``notes`` (times, versions, machine) go into the manifest when the block ends.
        """

    @abstractmethod
    def keep(self, stage: Stage) -> AbstractContextManager[Path]:
        """Hand out a temporary folder; what the block leaves there becomes the stage's checkpoint, in place of the last one."""

    @abstractmethod
    def kept(self, key: Key) -> Path | None:
        """Return the checkpoint of a stage that was cut short, or None; a damaged one counts for nothing."""

    @abstractmethod
    def check(self, key: Key) -> str | None:
        """Read every byte of an artefact; tell what is wrong with it, or None."""

    @abstractmethod
    def set_aside(self, key: Key) -> None:
        """Take an artefact out of use, and keep it to be looked at."""

    @abstractmethod
    def forget(self, key: Key) -> None:
        """Remove an artefact, if it is there."""

    @abstractmethod
    def inventory(self) -> Iterator[Item]:
        """List all artefacts with their sizes, in no order."""

    def leftovers(self) -> Iterator[Leftover]:
        """List what killed runs and finished stages have left; nothing that a living process may use."""
        leases = self.leases()
        living = leases.living()
        yield from self._leftovers(frozenset(living))
        yield from (Leftover(what="lease", place=key, bytes=0) for key in leases.litter())

    @abstractmethod
    def _leftovers(self, living: frozenset[Key]) -> Iterator[Leftover]:
        """List leftovers other than leases; ``living`` are the stages that somebody may be at."""

    def discard(self, leftover: Leftover) -> None:
        """Remove a leftover, if it is there still."""
        if leftover.what == "lease":
            self.leases().sweep(leftover.place)
        else:
            self._discard(leftover.place)

    @abstractmethod
    def _discard(self, place: str) -> None:
        """Remove all that lies at a place."""

    @abstractmethod
    def leases(self, beat: float = BEAT) -> Leases:
        """Return new leases on this store's stages: who holds one makes the artefact, and others wait for it."""

    def _manifests(self, listed: Iterable[Listed]) -> Iterator[tuple[Listed, Manifest]]:
        """Read manifests, without those that are damaged or gone by now."""
        for one in listed:
            with suppress(Unfit, KeyError):
                yield one, self.manifest(one.key)

    def _told(self, key: Key) -> Manifest:
        with suppress(Unfit, KeyError):
            return self.manifest(key)
        self.open(key)  # says what is wrong
        raise Corrupt(key, "its manifest is not readable")
