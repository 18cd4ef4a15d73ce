"""What MLflow holds of one run: it is found again, continued, and never written twice."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from augbench import RunFacts, TrialFacts
from augbench_plugins.observers._spelling import spelled, tidy

_NAME, _PARAMETER, _TAG = 250, 6000, 5000
"""Letters that MLflow takes of a name, of a parameter and of a tag."""
_METRICS, _PARAMETERS = 1000, 100
"""How many it takes at once."""
REASON = "reason"
_RUN, _KEY, _PARENT = "augbench.run", "augbench.key", "mlflow.parentRunId"


@dataclass(kw_only=True)
class Entry:
    """A run of MLflow."""

    client: Any
    run_id: str
    closed: bool = False
    """Whether it is finished: then nothing is added to it."""

    def reopen(self) -> None:
        """Go on with it, whatever became of it before."""
        self.client.update_run(self.run_id, "RUNNING")
        if REASON in self.client.get_run(self.run_id).data.tags:
            self.client.delete_tag(self.run_id, REASON)
        self.closed = False

    def describe(self, parameters: Mapping[str, Any]) -> None:
        """Write parameters; those that are there stay, since MLflow lets none be changed."""
        from mlflow.entities import Param

        there = self.client.get_run(self.run_id).data.params
        named = spelled(parameters, lambda name: tidy(name, _NAME))
        new = [Param(name, _text(value)[:_PARAMETER]) for name, value in named.items() if name not in there]
        for some in _parts(new, _PARAMETERS):
            self.client.log_batch(self.run_id, params=some)

    def measure(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers."""
        self.draw({name: ((step, value),) for name, value in values.items()})

    def draw(self, curves: Mapping[str, Sequence[tuple[int, float]]]) -> None:
        """Write courses of numbers."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        named = spelled(curves, lambda name: tidy(name, _NAME))
        found = [Metric(name, float(value), now, int(step)) for name, curve in named.items() for step, value in curve]
        for some in _parts(found, _METRICS):
            self.client.log_batch(self.run_id, metrics=some)

    def mark(self, tags: Mapping[str, str]) -> None:
        """Write tags; new ones replace old ones."""
        from mlflow.entities import RunTag

        found = [RunTag(tidy(name, _NAME), str(value)[:_TAG]) for name, value in tags.items()]
        for some in _parts(found, _PARAMETERS):
            self.client.log_batch(self.run_id, tags=some)

    def keep(self, path: Path, folder: Path) -> None:
        """Copy a file of a run folder, if it is one, to the same place below ``report``."""
        path = path.absolute()
        if path.is_file() and path.is_relative_to(folder):
            self.client.log_artifact(self.run_id, str(path), ("report" / path.relative_to(folder).parent).as_posix())

    @contextmanager
    def ending(self, status: str) -> Iterator[Entry]:
        """Give a run to write into, which then ends; one that was finished before is left as it is."""
        yield _Closed(client=None, run_id=self.run_id) if self.closed else self
        if not self.closed:
            self.end(status)

    def end(self, status: str) -> None:
        """Close it."""
        self.client.set_terminated(self.run_id, status)
        self.closed = True


class _Closed(Entry):
    """Takes nothing any more."""

    def draw(self, curves: Mapping[str, Any]) -> None: ...

    def mark(self, tags: Mapping[str, str]) -> None: ...

    def keep(self, path: Path, folder: Path) -> None: ...


@dataclass(kw_only=True)
class Notebook:
    """All that is written of one run."""

    tracking_uri: str | None
    experiment: str | None
    _whole: Entry | None = None
    _trials: dict[str, Entry] = field(default_factory=dict)
    """By name and key, those of before, too."""
    _open: set[str] = field(default_factory=set)
    """Of these, the ones that were begun now."""

    @property
    def whole(self) -> Entry:
        """Return the run itself."""
        assert self._whole is not None, "run_started comes first"
        return self._whole

    def begin(self, run: RunFacts) -> None:
        """Find the run, or begin it."""
        from mlflow.tracking import MlflowClient

        client = MlflowClient(tracking_uri=self.tracking_uri)
        self._experiment = _experiment(client, self.experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME") or run.title)
        tags = {_RUN: hashlib.sha256(str(run.folder).encode()).hexdigest()[:32]}
        found = next(_search(client, self._experiment, tags), None)
        self._whole = _entry(client, found) if found else _new(client, self._experiment, run.title, tags)
        self._whole.reopen()
        about = {"folder": str(run.folder), "smoke": str(run.smoke).lower(), **run.provenance}
        self._whole.mark({f"augbench.{name}": value for name, value in about.items()})
        self._open.clear()
        self._trials = {
            each.data.tags[_KEY]: _entry(client, each)
            for each in _search(client, self._experiment, {_PARENT: self.whole.run_id})
            if _KEY in each.data.tags
        }

    def trial(self, trial: TrialFacts) -> Entry:
        """Return the nested run of a trial, which begins unless it was there."""
        name = f"{trial.trial} {trial.key}"
        if name not in self._trials:
            tags = {_KEY: name, _PARENT: self.whole.run_id, "row": trial.row, "data set": trial.column, "seed": str(trial.seed)}
            tags |= {"fold": str(trial.fold)} if trial.fold is not None else {}
            entry = self._trials[name] = _new(self.whole.client, self._experiment, trial.trial, tags)
            entry.describe({"row": trial.row, "data set": trial.column, "seed": trial.seed, "fold": trial.fold, **trial.settings})
        elif name not in self._open and not self._trials[name].closed:
            self._trials[name].reopen()
        self._open.add(name)
        return self._trials[name]

    def close(self, status: str, reason: str) -> None:
        """End the run and all trials that have not ended."""
        self.whole.mark({REASON: reason})
        for entry in (*(self._trials[name] for name in sorted(self._open)), self.whole):
            if not entry.closed:
                entry.end(status)


def _experiment(client: Any, name: str) -> str:
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def _search(client: Any, experiment: str, tags: Mapping[str, str]) -> Iterator[Any]:
    text, token = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items()), None
    while True:
        page = client.search_runs([experiment], text, max_results=1000, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _entry(client: Any, found: Any) -> Entry:
    return Entry(client=client, run_id=found.info.run_id, closed=found.info.status == "FINISHED")


def _new(client: Any, experiment: str, name: str, tags: Mapping[str, str]) -> Entry:
    written = {tidy(key, _NAME): value[:_TAG] for key, value in tags.items()}
    return Entry(client=client, run_id=client.create_run(experiment, run_name=name[:_NAME], tags=written).info.run_id)


def _text(value: Any) -> str:
    """Write a setting as a matrix does; an empty slot is false there."""
    return str(value).lower() if isinstance(value, bool) else "false" if value is None else str(value)


def _parts(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
