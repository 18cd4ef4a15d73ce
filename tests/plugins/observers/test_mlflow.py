"""Runs in a real store of MLflow on this disk, read with its own client."""

from __future__ import annotations

from dataclasses import replace
from importlib.machinery import PathFinder
from pathlib import Path
from types import SimpleNamespace

import pytest

from augbench.testing import checks_of, judge
from augbench.testing.laws._events import PLAIN, cut, life
from augbench.values.errors import MissingExtra
from augbench_plugins.observers._spelling import spelled, tidy
from augbench_plugins.observers.mlflow import Mlflow
from support.observers import tell

pytest.importorskip("mlflow")


stored = pytest.mark.slow
"""Needs a database, which takes seconds to make."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a database, made once: that takes a second."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"


@pytest.fixture
def place(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give an observer that writes into an experiment of its own, and a way to read that."""
    from mlflow.tracking import MlflowClient

    monkeypatch.chdir(tmp_path)
    client = MlflowClient(tracking_uri=store)

    def runs(name: str = tmp_path.name):
        found = client.search_runs([client.get_experiment_by_name(name).experiment_id])
        return {run.info.run_name: run for run in found}

    return SimpleNamespace(observer=Mlflow(tracking_uri=store, experiment=tmp_path.name), client=client, runs=runs, folder=tmp_path)


@stored
def test_a_run_holds_its_trials_with_settings_scores_costs_and_curves(place):
    tell(place.observer, life(place.folder))
    found = place.runs()
    whole = found.pop(f"A run that checks an observer: {PLAIN[0]}")
    assert set(found) == {"cells/ours/s0", "cells/plain/s0"}
    assert {run.data.tags["mlflow.parentRunId"] for run in found.values()} == {whole.info.run_id}
    done = found["cells/ours/s0"]
    assert done.info.status == "FINISHED"
    assert done.data.params["training.lr"] == "0.1"
    assert (done.data.params["generator"], done.data.params["seed"]) == ("false", "0")
    assert (done.data.tags["row"], done.data.tags["data set"], done.data.tags["seed"]) == ("ours", "cells", "0")
    assert done.data.metrics["macro-f1"] == pytest.approx(2 / 3)
    assert done.data.metrics["f1/round cells"] == 0.5
    assert (done.data.metrics["cost/seconds"], done.data.metrics["cost/steps"]) == (1.5, 10)
    curve = place.client.get_metric_history(done.info.run_id, "training loss")
    assert [(point.step, point.value) for point in curve] == [(1, 0.9), (10, 0.5)]


@stored
def test_a_failed_trial_says_why_and_the_report_is_kept(place):
    tell(place.observer, life(place.folder))
    found = place.runs()
    failed = found["cells/plain/s0"]
    assert failed.info.status == "FAILED"
    assert (failed.data.tags["failure"], failed.data.tags["reason"]) == ("method", "its loss is not a number by step 3")
    whole = found[f"A run that checks an observer: {PLAIN[0]}"]
    assert whole.info.status == "FINISHED"
    assert (whole.data.metrics["done"], whole.data.metrics["failed"]) == (1, 1)
    assert {file.path for file in place.client.list_artifacts(whole.info.run_id, "report")} == {"report/matrix.toml", "report/report.md"}
    assert (whole.data.tags["augbench.device"], whole.data.tags["augbench.smoke"]) == ("cpu", "true")


@stored
def test_a_run_that_goes_on_is_continued_and_nothing_is_written_twice(place):
    tell(place.observer, life(place.folder))
    before = place.runs()
    tell(replace(place.observer), life(place.folder))
    after = place.runs()
    assert {name: run.info.run_id for name, run in before.items()} == {name: run.info.run_id for name, run in after.items()}
    curve = place.client.get_metric_history(after["cells/ours/s0"].info.run_id, "training loss")
    assert len(curve) == 2


@stored
def test_an_interrupted_run_and_its_open_trials_are_closed_and_go_on_later(place):
    events = list(life(place.folder))
    tell(place.observer, cut(events, 3, KeyboardInterrupt()))
    assert {run.info.status for run in place.runs().values()} == {"KILLED"}
    tell(replace(place.observer), life(place.folder))
    found = place.runs()
    assert len(found) == 3
    assert found["cells/ours/s0"].info.status == "FINISHED"
    assert "reason" not in found[f"A run that checks an observer: {PLAIN[0]}"].data.tags


@stored
def test_without_a_name_the_experiment_is_the_environment_s_or_the_run_s_title(place, store, monkeypatch):
    tell(Mlflow(tracking_uri=store), list(life(place.folder))[:1])
    assert len(place.runs(f"A run that checks an observer: {PLAIN[0]}")) == 1
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "cells")
    tell(Mlflow(tracking_uri=store), list(life(place.folder))[:1])
    assert len(place.runs("cells")) == 1


@stored
def test_the_store_is_that_of_the_environment(place, store, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    tell(Mlflow(experiment="by environment"), list(life(place.folder))[:1])
    assert len(place.runs("by environment")) == 1


@stored
def test_it_keeps_the_laws_of_observers(place):
    laws = [check for check in checks_of("observer") if check.function.__module__.endswith(".observer")]
    assert [verdict for verdict in judge(place.observer, laws) if not verdict.passed] == []


def test_without_mlflow_it_says_how_to_get_it(monkeypatch):
    find = PathFinder.find_spec
    monkeypatch.setattr("augbench_plugins.observers.mlflow.find_spec", lambda name: find("nowhere_at_all"))
    with pytest.raises(MissingExtra, match=r"^'mlflow' needs MLflow; pip install 'augbench\[mlflow\]'$"):
        Mlflow()


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        ("f1/round cells", "f1/round cells"),
        ("a|b*c", "a_b_c"),
        ("../../x", "_/_/x"),
        ("f1//", "f1/_/_"),
        ("中文 ½", "中文 ½"),
        ("x" * 300, "x" * 250),
        ("", "_"),
    ],
)
def test_names_are_spelled_as_mlflow_takes_them(name, tidied):
    from mlflow.utils.validation import _validate_metric_name

    assert tidy(name, 250) == tidied
    _validate_metric_name(tidied)


def test_names_that_are_spelled_alike_stay_apart():
    assert spelled({"a|b": 1, "a*b": 2, "a_b": 3}, lambda name: tidy(name, 250)) == {"a_b": 1, "a_b 2": 2, "a_b 3": 3}
