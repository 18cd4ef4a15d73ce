"""What is told of prepared images, by their pixels as a classifier sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from augbench.quality.auditing import Part, audit
from augbench.values.auditing import Finding

if TYPE_CHECKING:
    from augbench.stages.prepared import PreparedSplit


def audited(splits: Mapping[str, PreparedSplit], classes: Sequence[str], scale: float) -> tuple[Finding, ...]:
    """Audit splits in the order train, validation, test; ``scale`` is the value that means 1.0."""
    parts = [
        Part(name=name, take=split.pixels.__getitem__, labels=split.labels, ids=split.ids, groups=split.groups)
        for name, split in splits.items()
    ]
    return audit(parts, classes, scale)
