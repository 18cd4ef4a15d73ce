"""A small data set, for components that see no images of it."""

from __future__ import annotations

from collections.abc import Sequence

from augbench.testing.checking import NotApplicable
from augbench.values.components import Component, Facts


def expect_support(component: Component, counts: Sequence[int], batch_size: int = 8) -> None:
    """Raise ``NotApplicable`` where a component does not support so many images of each class."""
    classes = tuple(f"class {label}" for label in range(len(counts)))
    rare = classes[len(classes) // 2 :]
    facts = Facts(shape=(3, 8, 8), classes=classes, counts=tuple(counts), minority=rare, batch_size=batch_size)
    if reason := component.supports(facts):
        raise NotApplicable(f"it does not support {len(counts)} classes: {reason}")
