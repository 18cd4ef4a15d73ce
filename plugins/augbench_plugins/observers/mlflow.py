"""MLflow: a run for each run of bench, and in it one for each trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from augbench import Observer, Outcome, RunFacts, TrialFacts, TrialResult
from augbench.values.errors import MissingExtra
from augbench_plugins.observers._mlflow_store import REASON, Notebook


@dataclass(frozen=True, kw_only=True)
class Mlflow(Observer):
    """Writes runs into MLflow: settings as parameters, scores and costs as metrics, curves as their histories, the report as artifacts.

    A run of bench is a run, its trials are nested in it.  The same run folder is continued where it is known already, and a trial
    that is there and finished is left as it is.  What was done before anybody observed it is not told.
    """

    tracking_uri: str | None = None
    """Such as ``sqlite:///mlflow.db`` or ``http://host:5000``; unless given, MLFLOW_TRACKING_URI says, or MLflow's own default."""
    experiment: str | None = None
    """Its name; unless given, MLFLOW_EXPERIMENT_NAME says, or it is the title of the run."""

    def __post_init__(self) -> None:
        """Refuse to be named where MLflow is not installed."""
        if find_spec("mlflow") is None:
            raise MissingExtra("mlflow", "mlflow")

    @cached_property
    def _notebook(self) -> Notebook:
        return Notebook(tracking_uri=self.tracking_uri, experiment=self.experiment)

    def run_started(self, run: RunFacts) -> None:
        """Begin the run, or go on with it."""
        self._notebook.begin(run)

    def trial_started(self, run: RunFacts, trial: TrialFacts) -> None:
        """Begin a nested run with the trial's settings."""
        self._notebook.trial(trial)

    def trial_finished(self, run: RunFacts, trial: TrialFacts, result: TrialResult, scores: Mapping[str, float]) -> None:
        """Write down what the trial came to."""
        with self._notebook.trial(trial).ending("FINISHED") as entry:
            entry.measure({**scores, **_costs(result)}, result.steps or 0)
            entry.draw(result.curves)

    def trial_failed(self, run: RunFacts, trial: TrialFacts, result: TrialResult) -> None:
        """Write down why."""
        with self._notebook.trial(trial).ending("FAILED") as entry:
            entry.mark({"failure": result.failure_class, "failed-stage": result.failed_stage, REASON: result.reason})

    def run_finished(self, run: RunFacts, outcome: Outcome) -> None:
        """Write down what the run came to, and keep its report."""
        with self._notebook.whole.ending("FINISHED") as entry:
            told: dict[str, Any] = {name: getattr(outcome, name) for name in ("done", "failed", "skipped", "pending", "seconds")}
            entry.measure(told, 0)
            for path in (run.folder / "matrix.toml", *outcome.reports):
                entry.keep(path, run.folder)

    def run_failed(self, run: RunFacts, error: BaseException) -> None:
        """Close what is open."""
        self._notebook.close("KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED", f"{type(error).__name__}: {error}")


def _costs(result: TrialResult) -> dict[str, float]:
    counted = {"steps": result.steps, "images": result.images}
    return {f"cost/{name}": float(value) for name, value in {**counted, **result.cost}.items() if value is not None}
