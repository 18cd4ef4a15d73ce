"""Run a trial again, from nothing but what its run remembers, and judge whether the same comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from augbench.engine.asking import asked_again_for
from augbench.engine.changed import changed
from augbench.engine.events import Audience
from augbench.engine.provenance import provenance
from augbench.engine.request import Request
from augbench.engine.session import Session, open_session
from augbench.store.opening import open_store
from augbench.store.run_folder import RunFolder, latest, read_predictions
from augbench.store.standing import state_of
from augbench.values.run_errors import BrokenRun

if TYPE_CHECKING:
    from augbench.values.results import Predictions

TOLERANCE = 1e-4
"""The largest difference of two probabilities that count as the same."""
Verdict = Literal["bit-identical", "within tolerance", "differs", "cannot be compared"]
_MACHINE = ("device", "machine", "python", "augbench", "torch", "torchvision", "timm", "numpy", "plugins")
"""What may change bits without being part of any key."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """The predictions of both for one split."""

    images: int
    labels: int
    """Images whose most probable class is another."""
    difference: float
    """The largest between any two probabilities."""
    identical: bool
    """Whether all are equal to the last bit."""


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """What came of running a trial again."""

    trial: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    """Why it cannot be compared."""
    splits: Mapping[str, Split] = field(default_factory=dict)
    machine: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What machine and versions were then and are now, where these differ."""
    seconds: float = 0.0


def reproduce(
    run: Path, trial: str, place: Path, audience: Audience, tolerance: float = TOLERANCE, changes: Mapping[str, Any] | None = None
) -> Reproduction:
    """Run a trial again in an empty folder, where its store and its run go, and compare its class probabilities.

    ``changes`` replace what its run was asked for.  Raise ``UnknownTrial``, ``MissingFile``, ``BrokenRun``, or whatever keeps a
    run from beginning.
    """
    folder = RunFolder(path=run)
    state = state_of(folder, folder.planned(trial), latest(folder.journal).get(trial))
    if state != "done":
        return Reproduction(trial=trial, verdict="cannot be compared", reasons=(f"the run has no result of it: it is {state}",))
    asked = asked_again_for(folder, trial)
    session = _session(folder, trial, asked, {"out": place / "run", "store": str(place / "store"), **(changes or {})})
    try:
        if reasons := _reasons(folder, session, trial, str(asked.store)):
            versions = _machine(folder, trial, provenance(session.registry, session.matrix.path, place, ""))
            return Reproduction(trial=trial, verdict="cannot be compared", reasons=reasons, machine=versions)
    except (KeyError, TypeError) as error:
        raise BrokenRun(folder.path / "run.json", f"{type(error).__name__}: {error}") from error
    return _run(folder, session, trial, audience, tolerance)


def _session(folder: RunFolder, trial: str, asked: Request, changes: Mapping[str, Any]) -> Session:
    recorded = folder.planned(trial)
    return open_session(replace(asked, only=(f"{recorded['column']}/{recorded['row']}",), report=False, observers=(), **changes))


def _reasons(folder: RunFolder, session: Session, trial: str, store: str) -> tuple[str, ...]:
    planned = next((found for found in session.plan.trials if found.id == trial), None)
    return changed(session, planned, folder.about(), folder.planned(trial), open_store(store))


def _run(folder: RunFolder, session: Session, trial: str, audience: Audience, tolerance: float) -> Reproduction:
    outcome = replace(session, request=replace(session.request, trials=(trial,))).run(audience)
    machine = _machine(folder, trial, session.folder.about()["provenance"])
    if outcome.failed:
        failed = latest(session.folder.journal)[trial]["reason"]
        return Reproduction(trial=trial, verdict="cannot be compared", reasons=(f"it failed: {failed}",), machine=machine)
    key = session.folder.planned(trial)["key"]
    before, after = (read_predictions(each.predictions(trial, key)) for each in (folder, session.folder))
    splits = {name: compared(found, after[name]) for name, found in before.items()}
    return Reproduction(trial=trial, verdict=judged(splits, tolerance), splits=splits, machine=machine, seconds=outcome.seconds)


def judged(splits: Mapping[str, Split], tolerance: float) -> Verdict:
    """Say what comparisons come to."""
    if all(split.identical for split in splits.values()):
        return "bit-identical"
    return "within tolerance" if all(split.difference <= tolerance for split in splits.values()) else "differs"


def compared(before: Predictions, after: Predictions) -> Split:
    """Compare predictions of the same images: the key of the trial says that they are."""
    import numpy as np

    first, second = before.probabilities, after.probabilities
    difference = np.abs(first - second)
    # What is no number equals nothing but what is none either.
    difference[np.isnan(first) & np.isnan(second)] = 0.0
    return Split(
        images=len(first),
        labels=int((first.argmax(axis=1) != second.argmax(axis=1)).sum()),
        difference=float(np.nan_to_num(difference, nan=np.inf, posinf=np.inf).max(initial=0.0)),
        identical=bool(np.array_equal(first.view(np.int64), second.view(np.int64))),
    )


def _machine(folder: RunFolder, trial: str, after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Tell what machine and versions were then, be it in a run that was merged, and are now."""
    about = folder.about()
    parts = [part["provenance"] for part in about.get("merged", ()) if trial in part["trials"]]
    before: Mapping[str, str] = [*parts, about["provenance"]][0]
    both = {name: (before.get(name, ""), after.get(name, "")) for name in _MACHINE}
    return {name: (old, new) for name, (old, new) in both.items() if new and old != new}
