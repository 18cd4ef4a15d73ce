"""Laws of tests of paired differences: p is a probability, two-sided, and small by chance no more often than it says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from augbench.testing.checking import NotApplicable, require
from augbench.values.evidence import Tested
from augbench.values.measuring import PairedTest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

_DRAWN = 0.1
"""What a p may differ by that is found by drawing patterns."""
_SLACK = 1.6
"""Times that a drawn p may be off where it is smallest; a one-sided p is off by 2."""
_PAIRS = range(1, 9)
_NULL, _ALPHA, _MOST = 200, 0.05, 32
"""Of 200 samples without any difference, more than 32 have p <= 0.05 once in 10^8 times if p is what it says."""


def exercise(component: PairedTest) -> object:
    """Test differences of every sort."""
    return tuple(component.test(differences) for differences in _cases().values()), tuple(map(component.smallest_p, _PAIRS))


def check_p_is_a_probability(component: PairedTest) -> None:
    """p is a number between 0 and 1, or None is returned where nothing can be told."""
    for name, differences in _cases().items():
        p = _p(component, differences)
        require(p is None or 0 <= p <= 1, f"p of {name} is {p}")


def check_two_sided(component: PairedTest) -> None:
    """Differences of the other sign have the same p."""
    for name, differences in _cases().items():
        p, other = _p(component, differences), _p(component, -differences)
        require(_near(p, other), f"p of {name} is {p}, and {other} with all signs turned")


def check_order_of_pairs(component: PairedTest) -> None:
    """The order of differences does not matter."""
    for name, differences in _cases().items():
        p, other = _p(component, differences), _p(component, differences[::-1].copy())
        require(_near(p, other), f"p of {name} is {p}, and {other} from the last to the first")


def check_no_difference(component: PairedTest) -> None:
    """Pairs without any difference, and one pair alone, are no evidence."""
    for name, differences in {"five differences of 0": np.zeros(5), "one difference": np.array([0.3])}.items():
        p = _p(component, differences)
        require(p is None or not p < 0.5, f"p of {name} is {p}; return None, or 1")


def check_chance(component: PairedTest) -> None:
    """Where nothing differs, p is below 0.05 about once in twenty times, or more seldom."""
    rng = np.random.default_rng(0)
    found = [_p(component, rng.normal(size=8)) for _ in range(_NULL)]
    low = sum(p is not None and p <= _ALPHA for p in found)
    require(low <= _MOST, f"of {_NULL} samples of eight differences around 0, {low} have p <= {_ALPHA}; expected are at most 10")


def check_smallest_p_is_the_smallest(component: PairedTest) -> None:
    """No differences have a p below ``smallest_p``."""
    for pairs in _PAIRS:
        smallest, p = component.smallest_p(pairs), _smallest(component, pairs)
        kept = p is None or not p < smallest / _SLACK
        require(kept, f"smallest_p({pairs}) is {smallest:g}, and differences of one sign have p = {p}")


def check_smallest_p_is_reached(component: PairedTest) -> None:
    """Some differences have the p that ``smallest_p`` promises."""
    promises = [pairs for pairs in _PAIRS if 0 < component.smallest_p(pairs) < 1]
    if not promises:
        raise NotApplicable("it promises no smallest p")
    for pairs in promises:
        smallest, p = component.smallest_p(pairs), _smallest(component, pairs)
        said = f"smallest_p({pairs}) is {smallest:g}, and the least p of differences of one sign is {p}"
        require(p is not None and not p > smallest * _SLACK, said)


def check_nothing_is_written_to(component: PairedTest) -> None:
    """Differences are not written to."""
    for name, differences in _cases().items():
        before = differences.copy()
        component.test(differences)
        require(np.array_equal(before, differences), f"{name} are others after test")


def _cases() -> dict[str, Numbers]:
    rng = np.random.default_rng(0)
    return {
        "five differences around 0": rng.normal(size=5),
        "twelve differences above 0": rng.normal(1.5, 1, 12),
        "eight differences, the first half above 0": np.concatenate([rng.uniform(1, 2, 4), rng.uniform(-0.5, 0.5, 4)]),
        "two differences": np.array([0.02, 0.03]),
        "one difference": np.array([-0.1]),
        "five differences of 0": np.zeros(5),
        "four equal differences": np.full(4, 0.25),
        "differences with ties and zeros": np.array([0.0, 0.5, 0.5, -0.5, 0.0, 1.0]),
        "differences of about 1e-9": 1e-9 * rng.normal(1, 0.5, 6),
    }


def _smallest(component: PairedTest, pairs: int) -> float | None:
    """Return the least p of differences of one sign."""
    steps = np.arange(1, pairs + 1, dtype=np.float64)
    found = [_p(component, differences) for differences in (np.ones(pairs), steps, 10 + steps / 10, 2.0**steps)]
    return min((p for p in found if p is not None), default=None)


def _p(component: PairedTest, differences: Numbers) -> float | None:
    tested = component.test(differences.copy())
    return tested.p if isinstance(tested, Tested) else None


def _near(first: float | None, second: float | None) -> bool:
    if first is None or second is None:
        return first is second
    return not math.fabs(first - second) > _DRAWN
