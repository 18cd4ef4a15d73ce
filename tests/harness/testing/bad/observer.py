"""An observer that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from augbench import Component, Observer, RunFacts, TrialFacts, TrialResult


@dataclass(frozen=True, kw_only=True)
class Listing(Observer):
    """Writes a line for each trial that is done."""

    def run_started(self, run: RunFacts) -> None:
        (run.folder / "list.txt").touch()

    def trial_finished(self, run: RunFacts, trial: TrialFacts, result: TrialResult, scores: Mapping[str, float]) -> None:
        with (run.folder / "list.txt").open("a") as file:
            file.write(f"{trial.trial} {scores['macro-f1']}\n")


class Misspelt(Listing):
    def trial_ended(self, trial: Any) -> None: ...


class AsksForMore(Listing):
    def trial_failed(self, trial, exception): ...


class OnlySuccess(Listing):
    def trial_failed(self, run, trial, result):
        print(result.test.confusion)


class ExpectsTrials(Listing):
    def trial_started(self, run, trial):
        (run.folder / "last.txt").write_text(trial.trial)

    def run_failed(self, run, error):
        print((run.folder / "last.txt").read_text())
        (run.folder / "last.txt").unlink()

    def run_finished(self, run, outcome):
        (run.folder / "last.txt").unlink()


class OnlyOnce(Listing):
    def run_started(self, run):
        (run.folder / "list.txt").open("x").close()


class NamesFiles(Listing):
    def trial_finished(self, run, trial, result, scores):
        for name, value in scores.items():
            (run.folder / name.replace("/", "-")).write_text(str(value))


class TakesAway(Listing):
    def trial_finished(self, run, trial, result, scores):
        scores.pop("accuracy", None)


GOOD: tuple[Component, ...] = (Listing(),)
BAD: dict[str, Component] = {
    "known-events": Misspelt(),
    "known-arguments": AsksForMore(),
    "whole-runs": OnlySuccess(),
    "runs-that-end-early": ExpectsTrials(),
    "runs-that-go-on": OnlyOnce(),
    "odd-names": NamesFiles(),
    "told-values-stay": TakesAway(),
}
