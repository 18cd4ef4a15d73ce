"""Decide what may go from a store, and what never."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from augbench.plan.keys import Key
from augbench.store.artefacts import RECENT, Item
from augbench.store.leases import Leases


def in_use(leases: Leases) -> frozenset[Key]:
    """Return what runs that may live are making, and what they read for it."""
    living = leases.living()
    return frozenset(living).union(*living.values())


def prunable(
    items: Iterable[Item],
    *,
    now: float,
    older: float = 0.0,
    kinds: Collection[str] = (),
    total: int | None = None,
    spared: Collection[Key] = (),
) -> list[Item]:
    """Choose artefacts of some kinds (or any) that were not used for ``older`` seconds, the longest unused first.

    With ``total`` only as many as bring the whole store down to so many bytes.  What is spared or was used a moment ago stays:
    a run may be about to read it.
    """
    everything = sorted(items, key=lambda item: (item.used, item.key))
    allowed = [
        item
        for item in everything
        if (not kinds or item.kind in kinds) and now - item.used >= max(older, RECENT) and item.key not in spared
    ]
    return allowed if total is None else _first(allowed, sum(item.bytes for item in everything) - total)


def _first(items: Iterable[Item], excess: int) -> list[Item]:
    """Return the first items that together have so many bytes."""
    chosen: list[Item] = []
    for item in items:
        if excess <= 0:
            break
        chosen.append(item)
        excess -= item.bytes
    return chosen
