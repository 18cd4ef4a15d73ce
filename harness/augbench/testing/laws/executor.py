"""Laws of executors: every stage of every job has one outcome."""

from __future__ import annotations

import time

from augbench.engine.executing import Executor, Job
from augbench.testing.checking import require
from augbench.testing.laws._works import FAILS, MESSAGE, opened, stage

_PAUSE = 0.05


def exercise(component: Executor) -> object:
    """Run a stage that is done and one that fails."""
    with opened(component) as place:
        outcomes = place.run([stage("one")], [stage(FAILS)])
        told = {word: [(each.status, each.error, each.error_class, each.failure) for each in found] for word, found in outcomes.items()}
        return told, component.devices("cpu")


def check_devices(component: Executor) -> None:
    """It says what ``--device cpu`` means: one device at least, by name."""
    devices = component.devices("cpu")
    require(bool(devices) and all(isinstance(name, str) for name in devices), f"devices('cpu') returns {devices!r}")


def check_one_outcome_each(component: Executor) -> None:
    """Every stage of every job has exactly one outcome."""
    with opened(component) as place:
        for word, found in place.run([stage("one")], [stage("two"), stage("three")], [stage(FAILS)]).items():
            require(len(found) == 1, f"stage '{word}' has {len(found)} outcomes")


def check_artefacts(component: Executor) -> None:
    """What is done has left its artefact in the store."""
    with opened(component) as place:
        one = stage("one")
        [outcome, *_] = place.run([one])["one"]
        if outcome.status == "done":
            require(one.key in place.store, "a stage is told to be done, and its artefact is not in the store")


def check_failures(component: Executor) -> None:
    """A stage that raises has failed, with the exception's class and sentence, and the others go on."""
    with opened(component) as place:
        outcomes = place.run([stage("before")], [stage(FAILS)], [stage("after")])
        for word in ("before", "after"):
            found = outcomes[word][0]
            require(found.status == "done", f"stage '{word}', beside one that fails, is {found.status}: {found.error}")
        failed = outcomes[FAILS][0]
        require(failed.status == "failed", f"a stage that raises is {failed.status}")
        said = f"a stage that raises StageError('{MESSAGE}') is told as {failed.error_class}: {failed.error}"
        require(failed.error_class == "StageError" and MESSAGE in failed.error and bool(failed.failure), said)


def check_start_is_told(component: Executor) -> None:
    """The watch hears which worker has begun each stage."""
    with opened(component) as place:
        one = stage("one")
        place.run([one])
        require(bool(place.listener.workers.get(one.key)), "watch.started was not called with the stage's key and a worker's name")


def check_room(component: Executor) -> None:
    """There is room for a first job, and for as many stages side by side as ``slots`` says: one at least."""
    with opened(component) as place:
        require(place.pool.slots >= 1, f"slots is {place.pool.slots}")
        require(place.pool.room(Job(stages=(stage("one"),))), "a pool that does nothing has no room for a job")


def check_wait(component: Executor) -> None:
    """Waiting for nothing takes the time that it is given, and returns nothing."""
    with opened(component) as place:
        began = time.monotonic()
        outcomes = place.pool.wait(_PAUSE)
        require(not outcomes, f"wait returns {len(outcomes)} outcomes, and nothing was started")
        took = time.monotonic() - began
        require(took > _PAUSE / 2, f"wait({_PAUSE}) returns after {took:.3f} s: the driver would turn in circles")


def check_stop(component: Executor) -> None:
    """Stopping ends everything, and doing it twice does no harm."""
    with opened(component) as place:
        place.run([stage("one")])
        place.pool.stop()
        place.pool.stop()
