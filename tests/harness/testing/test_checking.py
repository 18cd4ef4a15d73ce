"""Checks are run one after the other, and each has a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from augbench import Metric, Predictions
from augbench.registry.places import definition
from augbench.testing import Check, NotApplicable, UnknownCheck, checks_of, judge, require
from augbench.testing.blaming import stuck
from augbench.testing.checking import label
from augbench.values.errors import MissingExtra
from harness.testing.bad import augmenter, generator, sampler


@dataclass(frozen=True, kw_only=True)
class Half(Metric):
    """Half, whatever was predicted."""

    of: float = 1.0
    names: tuple[str, ...] = ("a",)

    def measure(self, predictions: Predictions) -> float:
        return self.of / (len(self.names) - 1)


def check_fine(component: Half) -> None:
    """All is well
    here.

    And more.
    """


def check_small(component: Half) -> None:
    """``of`` is small."""
    require(component.of < 1, f"of is {component.of:g}")


def check_raises(component: Half) -> None:
    """It measures."""
    component.measure(None)


def check_nothing(component: Half) -> None:
    """Nothing is said."""
    raise NotApplicable("it makes no claim")


def check_extra(component: Half) -> None:
    """Something else is there."""
    raise MissingExtra("half", "smote")


def check_leaves(component: Half) -> None:
    """It stays."""
    raise SystemExit(1)


def verdicts(*functions, expected=None):
    found = judge(Half(), [Check(function=function) for function in functions], expected)
    return [(verdict.check, verdict.status, verdict.why) for verdict in found]


def test_each_check_has_a_verdict():
    assert verdicts(check_fine, check_small, check_nothing) == [
        ("fine", "kept", ""),
        ("small", "broken", "of is 1"),
        ("nothing", "not applicable", "it makes no claim"),
    ]


def test_whatever_a_component_raises_is_its_failure_with_its_line():
    (verdict,) = judge(Half(), [Check(function=check_raises)])
    assert (verdict.status, verdict.why) == ("broken", "it raises ZeroDivisionError: float division by zero")
    file, _, line = verdict.where.rpartition(":")
    assert Path(file) == Path(__file__)
    assert "return self.of /" in Path(file).read_text().splitlines()[int(line) - 1]
    assert verdicts(check_leaves) == [("leaves", "broken", "it raises SystemExit: 1")]


def test_what_is_not_installed_is_nobodys_failure():
    ((_, status, why),) = verdicts(check_extra)
    assert status == "not applicable"
    assert why == str(MissingExtra("half", "smote"))


def test_a_known_failure_is_strict():
    expected = {"equal-by-value": "it is late"}
    function = next(check.function for check in checks_of("metric") if check.name == "equal-by-value")
    assert verdicts(function, expected=expected) == [
        ("equal-by-value", "unexpected", "it keeps the law, which it is expected to break: it is late")
    ]
    with pytest.raises(UnknownCheck, match=r"^metric has no check 'pickle'; did you mean 'pickles'\?$"):
        verdicts(check_fine, expected={"pickle": "it is late"})


def test_a_law_is_the_first_paragraph():
    assert Check(function=check_fine).law == "All is well here."
    assert Check(function=check_small).law == "'of' is small."


def test_a_component_is_written_as_its_author_would():
    assert label(Half()) == "Half()"
    assert label(Half(of=0.5, names=("b", "c"))) == "Half(of=0.5, names=('b', 'c'))"


def test_a_dump_is_read_from_the_inside_out():
    here = Path(__file__)
    places = "".join(f'  File "{file}", line {line} in f\n' for file, line in (("/lib/x.py", 3), (here, 7), (here, 9)))
    dump = f"Timeout (0:00:01)!\nThread 0x1 (most recent call first):\n{places}"
    assert stuck(dump, Half) == f"{here}:7"
    assert stuck("", Half).startswith(f"{here}:")


@pytest.mark.parametrize(
    ("bad", "check", "method"),
    [
        (augmenter.BAD, "draws-are-by-image", "draw"),
        (augmenter.BAD, "range", "apply"),
        (sampler.BAD, "prior-is-a-distribution", "prior"),
        (generator.BAD, "shape-and-type", "sample"),
        (generator.BAD, "a-fit-goes-on", "fit"),
    ],
)
def test_what_a_law_saw_is_told_with_the_method_that_it_is_about(bad, check, method):
    component = bad[check]
    (verdict,) = judge(component, [each for each in checks_of(component.kind) if each.name == check])
    assert verdict.status == "broken"
    assert verdict.where == definition(getattr(type(component), method))


class Away(BaseException):
    """No ``Exception``, and without a message that can be read."""

    def __str__(self) -> str:
        raise RuntimeError("no")


def check_that_ends_in_odd_ways(component: Half) -> None:
    """It comes back."""
    raise Away


def test_whatever_is_raised_is_a_broken_law():
    (verdict,) = judge(Half(), [Check(function=check_that_ends_in_odd_ways)])
    assert (verdict.status, verdict.why) == ("broken", "it raises Away: its message cannot be read")
