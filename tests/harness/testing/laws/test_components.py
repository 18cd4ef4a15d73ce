"""Honest components of unusual parameters keep the laws of every kind, and what is seen of the others is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from annotated_types import Ge

from augbench import AugbenchError, Loss, Metric, Predictions
from augbench.testing import Check, judge
from augbench.testing.laws import components


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A table of its own."""

    depth: int = 2


@dataclass(frozen=True, kw_only=True)
class Share(Metric):
    """Share of right answers."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {"half": {"scale": 0.5}}

    scale: Annotated[float, Ge(0)] | None = None
    """What it is multiplied by."""
    word: Literal["auto"] | str = "auto"
    """A word, or any other."""
    path: Path = Path("somewhere/else")
    """A file."""
    table: Mapping[str, int] = field(default_factory=lambda: {"a b": 1})
    """Numbers by name."""
    tree: Tree = Tree(depth=3)
    """A table."""
    pair: tuple[int, float] = (1, 2.5)
    """Two numbers."""
    of: Loss | None = None
    """A component, or none."""

    def measure(self, predictions: Predictions) -> float:
        return float((predictions.predicted == predictions.labels).mean()) * (self.scale or 1)


@dataclass(frozen=True, kw_only=True)
class Particular(Share):
    """Share that must be told which."""

    names: tuple[str, ...] = ()
    """Of what."""

    def __post_init__(self) -> None:
        if not self.names:
            raise AugbenchError("name some classes")


def verdicts(component, *names):
    laws = [Check(function=getattr(components, f"check_{name}")) for name in names] or [
        Check(function=function) for name, function in vars(components).items() if name.startswith("check_")
    ]
    return {verdict.check: (verdict.status, verdict.why) for verdict in judge(component, laws)}


@pytest.mark.parametrize("component", [Share(), Share(scale=0.5, word="x", table={}, pair=(3, 1e-7)), Particular(names=('a"\\', "é"))])
def test_honest_components_keep_every_law(component):
    assert {check: why for check, (status, why) in verdicts(component).items() if status == "broken"} == {}


def test_a_law_that_asks_for_nothing_says_why():
    assert verdicts(Particular(names=("a",)), "defaults_construct", "equal_by_value") == {
        "defaults-construct": ("not applicable", "without parameters it says: name some classes"),
        "equal-by-value": ("not applicable", "the value of a parameter has no hash, as tables have none"),
    }


def test_a_class_within_a_function_has_no_name_in_a_matrix():
    @dataclass(frozen=True, kw_only=True)
    class Hidden(Share):
        """Share."""

    status, why = verdicts(Hidden(), "survives_its_own_toml")["survives-its-own-toml"]
    assert status == "broken"
    assert "Hidden" in why
