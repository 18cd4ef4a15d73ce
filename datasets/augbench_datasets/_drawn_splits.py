"""Draw a split of the published sizes, and validation cells out of the training cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from augbench_datasets._cell_errors import NothingLeft

_LEAST_TEST = 2


def draw(root: Path, cells: Iterable[str], train: Mapping[str, int], test: Mapping[str, int], seed: int) -> dict[str, str]:
    """Return the split of each cell, called CLASS/CELL: as many test cells of a class as published.

    Of a class of another size the published share is drawn, at least two.  Raise ``NothingLeft`` where none would be trained on.
    """
    splits: dict[str, str] = {}
    for label, members in _by_class(cells).items():
        published = train[label] + test[label]
        share = test[label] / published
        count = test[label] if len(members) == published else max(_LEAST_TEST, round(share * len(members)))
        if count >= len(members):
            raise NothingLeft(label, len(members), root)
        drawn = _drawn(members, count, (seed, 0, list(train).index(label)))
        splits |= {name: "test" if name in drawn else "train" for name in members}
    return splits


def validate(root: Path, splits: Mapping[str, str], share: float, seed: int) -> dict[str, str]:
    """Return the splits with a share of each class's training cells, at least one, in ``validation``; with 0, as they are."""
    changed = dict(splits)
    if share == 0:
        return changed
    for number, (label, members) in enumerate(_by_class(name for name, split in splits.items() if split == "train").items()):
        count = max(1, round(share * len(members)))
        if count >= len(members):
            raise NothingLeft(label, len(members), root)
        changed |= dict.fromkeys(_drawn(members, count, (seed, 1, number)), "validation")
    return changed


def _by_class(cells: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(cells):
        found.setdefault(name.partition("/")[0], []).append(name)
    return found


def _drawn(members: list[str], count: int, seed: tuple[int, ...]) -> set[str]:
    rng = np.random.Generator(np.random.PCG64(seed))
    return {members[index] for index in rng.permutation(len(members))[:count].tolist()}
