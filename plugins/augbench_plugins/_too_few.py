"""Classes with too few images for what looks at their neighbours."""

from __future__ import annotations

from augbench import Facts, Reason, TrainingView
from augbench.values.errors import TooFewNeighbours


def too_few_neighbours(facts: Facts, what: str, k: int) -> Reason | None:
    """Tell which minority class has no k neighbours of its own in the smallest fold, or None."""
    for name, count in zip(facts.classes, facts.counts, strict=True):
        if name in facts.minority and count <= k:
            there = f"{count} training image{'s' * (count != 1)}"
            mend = f"lower k to {count - 1} or less" if count > 1 else "add some"
            return Reason(f"{what} looks at k = {k} neighbours, and class '{name}' has {there}: {mend}")
    return None


def demand_neighbours(view: TrainingView, what: str, k: int) -> None:
    """Raise ``TooFewNeighbours``: what is known before a training are the counts of folds of equal size, and groups differ in size."""
    assert view.target is not None, "learns one class"
    if (count := len(view.members())) <= k:
        raise TooFewNeighbours(what, view.classes[view.target], k, count)
