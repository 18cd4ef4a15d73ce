"""A tiny run around one component: a matrix of stand-ins whose slot it takes, trained in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from augbench.config.pasting import SLOTS
from augbench.config.writing import document
from augbench.engine.events import Silent
from augbench.engine.request import Request
from augbench.engine.session import Session, open_session
from augbench.testing import stand_ins
from augbench.testing.checking import NotApplicable
from augbench.testing.laws._written import as_table, in_matrix
from augbench.values.augmenting import Augmenter
from augbench.values.components import Component
from augbench.values.data import Dataset
from augbench.values.errors import AugbenchError, MissingExtra, NotFetched
from augbench.values.results import TrialResult

if TYPE_CHECKING:
    from augbench.values.results import Results

ALONE = "alone"
"""The row in which nothing but the component is new."""
_ABSENT = frozenset({MissingExtra.__name__, NotFetched.__name__})
_SEATS = {"augmenter": "base.augment.mixed", "resize": "datasets.clouds.resize"} | {kind: f"base.{slot}" for kind, slot in SLOTS.items()}
"""Where the matrix holds a component of a kind."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How one row ended."""

    status: str
    """``done``, ``failed`` or ``skipped``."""
    reason: str = ""
    failure: str = ""
    """Class of the exception."""
    failure_class: str = ""

    @property
    def is_fault(self) -> bool:
        """Tell whether it failed by a fault of code, and not for want of data or of what is not installed."""
        return self.status == "failed" and self.failure_class != "data" and self.failure not in _ABSENT


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A tiny run that has come to its end."""

    session: Session
    rows: Mapping[str, Ending]

    @property
    def results(self) -> Results:
        """Return what it left."""
        return self.session.folder.results()


def matrix(component: Component | None, rows: Mapping[str, Any] | None = None, seeds: int = 1) -> dict[str, Any]:
    """Return a matrix of stand-ins with a component in its slot, if it has one, and rows beside the one of its own."""
    table = {**_base(seeds), "rows": {ALONE: {}, **(rows or {})}}
    if component is not None:
        _seat(table, component)
    return table


@contextmanager
def tried(component: Component, table: Mapping[str, Any]) -> Iterator[Tried]:
    """Run a matrix; what it leaves is gone after the block.  Raise ``NotApplicable`` where a matrix has no name for the component."""
    with TemporaryDirectory(prefix="augbench-") as folder:
        session = open_session(_request(component, table, Path(folder)))
        endings = {trial.trial.row: Ending(status="skipped", reason=str(trial.reason)) for trial in session.plan.trials if not trial.stages}
        listener = _Listener(endings)
        session.run(listener)
        yield Tried(session=session, rows=listener.endings)


class _Listener(Silent):
    def __init__(self, endings: dict[str, Ending]) -> None:
        self.endings = endings

    def trial_finished(self, result: TrialResult, done: int, total: int) -> None:
        # The stage stands before it: this matrix is nobody's.
        reason = result.reason.partition(": ")[2] or result.reason
        self.endings[result.row] = Ending(status=result.status, reason=reason, failure=result.failure, failure_class=result.failure_class)


def _request(component: Component, table: Mapping[str, Any], folder: Path) -> Request:
    try:
        text = document({"plugins": _plugins(component), **_from_anywhere(table)})
        told = in_matrix(component)
    except AugbenchError as error:
        raise NotApplicable(f"a matrix cannot hold it: {error}") from error
    (folder / "tiny.toml").write_text(text, encoding="utf-8")
    return Request(
        matrix=folder / "tiny.toml",
        out=folder / "run",
        store=folder / "store",
        device="cpu",
        engine=told if component.kind == "executor" else "inline",
        observers=(told,) if component.kind == "observer" else (),
        jobs=1,
        # A data set may be large.
        smoke=component.kind == "dataset",
        report=False,
    )


def _from_anywhere(value: Any) -> Any:
    """Write out where paths lie: a matrix in another folder would take them from there."""
    if isinstance(value, Path):
        return Path(os.path.abspath(value.expanduser()))
    if isinstance(value, Component):
        return _from_anywhere(as_table(value))
    if isinstance(value, Mapping):
        return {key: _from_anywhere(item) for key, item in value.items()}
    return tuple(map(_from_anywhere, value)) if isinstance(value, list | tuple) else value


def _plugins(component: Component) -> list[str]:
    """Name the file of a component that no import finds, for processes that do not have it yet."""
    module = type(component).__module__
    file = getattr(sys.modules.get(module), "__file__", None)
    found = "." in module or file is None or PathFinder.find_spec(module) is not None
    return [] if found or module == "__main__" else [str(file)]


def _base(seeds: int) -> dict[str, Any]:
    return {
        "title": "Tiny",
        "report": {"control": ALONE},
        "axes": {"seed": list(range(seeds))},
        "datasets": {"clouds": {**as_table(stand_ins.Clouds()), "minority": [stand_ins.CLASSES[-1]]}},
        "base": {
            "generator": stand_ins.Copies(),
            "sampler": stand_ins.Supplement(),
            "backbone": stand_ins.Linear(),
            "batch": {"size": 8, "n": 1, "mix": {"originals": 2, "generated": 1, "mixed": 1}},
            "bank": {"size": 6},
            "fit": {"iterations": 2, "batch-size": 4, "n-critic": 1, "lr": 0.0001},
            "quality": {"features": stand_ins.MeanFeatures(), "checks": 1, "images": 6},
            "augment": {"mixed": stand_ins.Blend()},
            "training": {
                "length": {"steps": 3},
                "optimizer": stand_ins.Descent(),
                "schedule": stand_ins.Flat(),
                "loss": stand_ins.Entropy(),
                "checks": 1,
            },
        },
    }


def _seat(table: dict[str, Any], component: Component) -> None:
    if isinstance(component, Dataset):
        table["datasets"] = {"clouds": {**as_table(component), **_column(component)}}
    if (seat := _SEATS.get(component.kind)) is None:
        return
    *path, last = seat.split(".")
    place = table
    for name in path:
        place = place[name]
    place[last] = as_table(component)
    if isinstance(component, Augmenter) and component.arity == 1:
        table["base"]["transforms"] = [as_table(component)]


def _column(dataset: Dataset) -> dict[str, Any]:
    """Return what a matrix says beside a data set's own parameters: its smallest class, and a size where it has many."""
    probe = dataset.probe()
    counts = probe.counts["train"]
    resize = {} if probe.size is not None else {"resize": as_table(stand_ins.Nearest())}
    return {"minority": [probe.classes[counts.index(min(counts))]], **resize}
