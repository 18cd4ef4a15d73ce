"""What works, and its author may not have meant, is remarked on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest
from annotated_types import Ge

from augbench.registry.describe import describe
from augbench.registry.discovery import discover
from augbench.registry.entries import Entry, Origin
from support.toys import Blend


@dataclass(frozen=True, kw_only=True)
class Forgetful(Blend):
    """Mixes."""

    arity = 2
    bounded = False
    least = 0.2
    EPSILON = 1e-6
    _own = "mine"
    law: ClassVar[str] = "beta"
    power: float = 2.0
    """To which weights are raised."""
    count: Annotated[int, Ge(1)] = 1
    """How many."""

    def weigh(self) -> float:
        return self.least


def test_an_attribute_without_a_type_and_a_number_without_bounds_are_told():
    entry = Entry(kind="augmenter", name="forgetful", target=Forgetful, summary="", origin=Origin(plugin="p", distribution="d"))
    untyped, *unbounded = describe(entry).remarks
    assert untyped == "least = 0.2 is no parameter: write 'least: float = 0.2' to make it one, or 'least: ClassVar[float]'"
    told = "may be any number: bounds, as in Annotated[float, Ge(0)], refuse those that make no sense"
    assert f"power {told}" in unbounded
    assert not any(remark.startswith("count") for remark in unbounded)


@pytest.mark.parametrize("kind", ["augmenter", "sampler", "loss", "generator", "metric", "optimizer", "schedule", "dataset"])
def test_built_in_components_give_no_cause(kind):
    found = {entry.name: describe(entry).remarks for entry in discover().entries if entry.kind == kind and not entry.family}
    assert {name: remarks for name, remarks in found.items() if remarks} == {}
