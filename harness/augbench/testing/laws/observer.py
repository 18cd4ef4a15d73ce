"""Laws of observers: whatever becomes of a run, they can be told of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, cast

import pluggy

from augbench.registry.hooks import of_observer
from augbench.testing.checking import Broken, NotApplicable, require
from augbench.testing.laws._events import ODD, Event, cut, life
from augbench.testing.trees import difference
from augbench.values.observing import EVENTS, Observer

_LIKE_AN_EVENT = re.compile(r"(run|stage|trial)_\w+")


def exercise(component: Observer) -> object:
    """Tell of a run; return the events that it took."""
    with _folder() as folder:
        return _tell(component, life(folder))


def check_known_events(component: Observer) -> None:
    """Every method whose name begins with run_, stage_ or trial_ is an event."""
    unknown = [name for name in dir(type(component)) if _LIKE_AN_EVENT.fullmatch(name) and name not in EVENTS]
    require(not unknown, f"'{unknown[0]}' is no event; the events are {', '.join(EVENTS)}" if unknown else "")


def check_known_arguments(component: Observer) -> None:
    """Every event asks only for arguments that it is told with."""
    try:
        of_observer(component)
    except pluggy.PluginValidationError as error:
        raise Broken(" ".join(str(error).split())) from error


def check_whole_runs(component: Observer) -> None:
    """A run is taken from its start to its end, with a trial that is done and one that fails."""
    with _folder() as folder:
        _told(component, life(folder), "of a run")


def check_runs_that_end_early(component: Observer) -> None:
    """A run that fails, or is interrupted, is taken at whatever moment it ends."""
    _bears_a_run(component)
    for length in (1, 2, 3, 8):
        for error in (OSError("no space left"), KeyboardInterrupt()):
            with _folder() as folder:
                events = list(life(folder))
                _told(component, cut(events, length, error), f"of a run that {type(error).__name__} ends after {events[length - 1][0]}")


def check_runs_that_go_on(component: Observer) -> None:
    """A run that is told once more, by the same observer or by another one like it, is taken as the first time."""
    folder = _bears_a_run(component)
    with _folder():
        _told(component, life(folder), "once more of a run")
        _told(replace(cast("Any", component)), life(folder), "once more, in another process, of a run")


def check_odd_names(component: Observer) -> None:
    """Names of classes and titles may hold any character, and be long."""
    _bears_a_run(component)
    with _folder() as folder:
        _told(component, life(folder, ODD), "of a run whose classes have odd names")


def check_told_values_stay(component: Observer) -> None:
    """What it is told is left as it is: others are told the same."""
    _bears_a_run(component)
    with _folder() as folder:
        for event, arguments in life(folder):
            before = deepcopy(dict(arguments))
            _tell(component, [(event, arguments)])
            changed = difference(before, dict(arguments))
            require(not changed, f"{event} changes what it is told: {changed}")


def _told(component: Observer, events: Iterable[Event], what: str) -> None:
    for event, arguments in events:
        try:
            _tell(component, [(event, arguments)])
        except NotApplicable:
            raise
        except (Exception, SystemExit) as error:
            raise Broken(f"told {what}, {event} raises {type(error).__name__}: {error}") from error


def _tell(component: Observer, events: Iterable[Event]) -> list[str]:
    try:
        hook = of_observer(component)
    except pluggy.PluginValidationError as error:
        raise NotApplicable("its methods ask for what there is not") from error
    told = []
    for event, arguments in events:
        getattr(hook, event)(**arguments)
        told.append(event)
    return told


def _bears_a_run(component: Observer) -> Path:
    """Tell of a run, and return its folder.  Raise ``NotApplicable`` where that fails: it is for another law to say."""
    with _folder() as folder:
        try:
            _tell(component, life(folder))
        except NotApplicable:
            raise
        except (Exception, SystemExit) as error:
            raise NotApplicable(f"it does not take a whole run: {type(error).__name__}: {error}") from error
    return folder


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a run folder, in a working folder that is nobody's."""
    with chdir(_workplace().name):
        yield Path(mkdtemp(prefix="run-", dir=_workplace().name))


@cache
def _workplace() -> TemporaryDirectory[str]:
    # One for all: a library may keep open what it wrote there.
    return TemporaryDirectory(prefix="bench-observed-", ignore_cleanup_errors=True)
