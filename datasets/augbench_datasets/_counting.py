"""Count the images, groups and sizes of a data set, as its probe tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path

from augbench import EmptyClass


def demand_all(classes: Sequence[str], counts: Mapping[str, Sequence[int]], where: Path | str) -> None:
    """Raise ``EmptyClass`` where the training or the test split lacks a class."""
    for split in ("train", "test"):
        for name, count in zip(classes, counts[split], strict=True):
            if count == 0:
                raise EmptyClass(name, split, where)


def groups_by_class(classes: Iterable[Hashable], learnt: Iterable[tuple[Hashable, str | None]]) -> tuple[int, ...]:
    """Count the groups of each class, from class and group of every image outside the test split."""
    found = Counter(label for label, _ in set(learnt))
    return tuple(found[label] for label in classes)


def one_size(sizes: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the height and width that all images have, or None where they differ."""
    found = set(sizes)
    return found.pop() if len(found) == 1 else None
