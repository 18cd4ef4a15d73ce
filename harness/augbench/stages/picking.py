"""Choose some images of a class to look at."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np

from augbench.values.data import Split


def picked(split: Split, label: int, each: int, seed: int) -> list[int]:
    """Return up to ``each`` images of a class, chosen by ``seed``; where there are groups, one of each before a second of any."""
    members = np.flatnonzero(np.asarray(split.labels) == label).tolist()
    # Text seeds a stream that is the same on every machine, and another one for each class.
    order = Random(f"{seed} {label}").sample(members, len(members))
    if split.groups is not None:
        seen: Counter[str] = Counter()
        ranked = []
        for place in order:
            ranked.append((seen[split.groups[place]], place))
            seen[split.groups[place]] += 1
        order = [place for _, place in sorted(ranked, key=lambda one: one[0])]
    return order[:each]
