"""Whatever a component does while it is tried out becomes one message, with the line to mend."""

from __future__ import annotations

import inspect
import signal
import time

import pytest

from augbench.engine.trying import Subject
from augbench.values.errors import StageError
from augbench.values.trial_errors import ComponentHangs, ComponentRaises, OddResult
from support.toys import Blend
from support.wayward import Wayward

SUBJECT = Subject(name="wayward", component=Wayward())


def place(method: str, text: str) -> str:
    """Return file:line of a text within a method."""
    lines, first = inspect.getsourcelines(getattr(Wayward, method))
    return f"{inspect.getsourcefile(Wayward)}:{first + next(n for n, line in enumerate(lines) if text in line)}"


def test_what_it_raises_is_told_with_its_own_line():
    with pytest.raises(ComponentRaises) as told, SUBJECT.trial():
        Wayward()._raises(None, None)  # type: ignore[arg-type]
    assert str(told.value) == f"augmenter 'wayward' fails: ValueError: no such pixel ({place('_raises', 'raise ValueError')})"
    assert told.value.exit_code == 2


def test_an_error_of_the_house_needs_no_type():
    with pytest.raises(ComponentRaises, match=r"^augmenter 'wayward' fails: no room; take less"), SUBJECT.trial():
        raise StageError("no room; take less")


def test_a_script_that_exits_does_not_end_the_command():
    with pytest.raises(ComponentRaises, match="SystemExit: 0"), SUBJECT.trial():
        Wayward()._exits(None, None)  # type: ignore[arg-type]


def test_an_endless_loop_that_swallows_exceptions_is_stopped_where_it_is():
    started = time.monotonic()
    with pytest.raises(ComponentHangs) as told, SUBJECT.trial(0.05):
        Wayward()._hangs(None, None)  # type: ignore[arg-type]
    where = place("_hangs", "time.sleep(1)")
    assert str(told.value) == f"augmenter 'wayward' has not ended after 0.05 s ({where}); mend it, or give it longer with --limit TIME"
    assert time.monotonic() - started < 0.9


def test_a_limit_within_another_leaves_the_outer_one():
    def within() -> None:
        with SUBJECT.trial(5):
            pass
        time.sleep(1)

    with pytest.raises(ComponentHangs, match=r"after 0.05 s"), SUBJECT.trial(0.05):
        within()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_the_first_message_counts_not_that_of_a_trial_around_it():
    with pytest.raises(OddResult), SUBJECT.trial(), Subject(name="inner", component=Blend()).trial():
        SUBJECT.require(False, "this", "that", "apply")


def test_handlers_are_as_they_were():
    before = signal.getsignal(signal.SIGALRM)
    with SUBJECT.trial():
        pass
    assert signal.getsignal(signal.SIGALRM) is before


def test_a_result_that_is_none_names_the_method():
    with pytest.raises(OddResult) as told:
        SUBJECT.require(False, "noise", "an image", "apply")
    assert str(told.value) == f"augmenter 'wayward' gives noise, not an image ({place('apply', 'def apply')})"


def test_settings_are_those_that_are_not_as_they_are_by_default():
    assert [Subject(name="b", component=Blend(low=low)).settings for low in (0.2, 0.0)] == ["", "low = 0"]
