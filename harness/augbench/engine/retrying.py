"""Run again what has failed, as the run was asked for it, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from augbench.engine.asking import asked_again
from augbench.engine.request import Request
from augbench.engine.session import Session
from augbench.store.run_folder import RunFolder
from augbench.store.standing import Standing


def to_retry(found: Standing, classes: Collection[str] = ()) -> tuple[str, ...]:
    """Return the trials that have failed, of all classes of failure or of some."""
    return tuple(failure.trial for failure in found.failures if not classes or failure.failure in classes)


def retry_request(folder: RunFolder, trials: Collection[str], **changes: Any) -> Request:
    """Ask for some trials of a run again; of what was asked for, ``changes`` that are not None replace what they name."""
    given: Mapping[str, Any] = {name: value for name, value in changes.items() if value is not None}
    return replace(asked_again(folder), trials=tuple(trials), **given)


def outdated(session: Session, found: Standing) -> tuple[str, ...]:
    """Return the trials that were done, but by other code or of other data than there is now."""
    return tuple(trial.id for trial in session.plan.trials if trial.status == "to run" and found.states.get(trial.id) == "done")
