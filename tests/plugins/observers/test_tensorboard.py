"""Event files, read with TensorBoard's own reader."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from augbench.testing import checks_of, judge
from augbench.testing.laws._events import ODD, life
from augbench.values.errors import MissingExtra
from augbench_plugins.observers.tensorboard import Tensorboard
from support.observers import tell

pytest.importorskip("tensorboard")


def read(folder: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder)).Reload()


def trial(folder: Path) -> Path:
    (found,) = {path.parent for path in folder.rglob("events.*")}
    return found


def test_a_trial_that_is_done_has_its_curves_and_scores(tmp_path):
    tell(Tensorboard(), life(tmp_path))
    place = trial(tmp_path / "tensorboard")
    assert place.relative_to(tmp_path / "tensorboard").as_posix() == "cells/ours/s0-44444444"
    found = read(place)
    assert [(event.step, round(event.value, 6)) for event in found.Scalars("training loss")] == [(1, 0.9), (10, 0.5)]
    (score,) = found.Scalars("scores/macro-f1")
    assert (score.step, round(score.value, 6)) == (10, round(2 / 3, 6))
    assert "scores/f1/round cells" in found.Tags()["scalars"]


def test_the_table_of_settings_holds_those_in_which_rows_differ(tmp_path):
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    tell(Tensorboard(folder=tmp_path / "logs"), life(tmp_path))
    metadata = read(trial(tmp_path / "logs")).SummaryMetadata("_hparams_/session_start_info")
    started = HParamsPluginData.FromString(metadata.plugin_data.content).session_start_info
    settings = {name: value.string_value or value.number_value for name, value in started.hparams.items()}
    assert settings == {"training.lr": 0.1, "row": "ours", "data set": "cells", "seed": 0.0}


def test_what_is_there_is_not_written_again(tmp_path):
    for _ in range(2):
        tell(Tensorboard(), life(tmp_path))
    assert len(list((tmp_path / "tensorboard").rglob("events.*"))) == 1


def test_classes_may_be_called_anything(tmp_path):
    tell(Tensorboard(), life(tmp_path, ODD))
    tags = read(trial(tmp_path / "tensorboard")).Tags()["scalars"]
    assert any(tag.startswith("scores/f1/_/_/nnn") for tag in tags)


def test_it_keeps_the_laws_of_observers():
    laws = [check for check in checks_of("observer") if check.function.__module__.endswith(".observer")]
    assert [verdict for verdict in judge(Tensorboard(), laws) if not verdict.passed] == []


def test_without_tensorboard_it_says_how_to_get_it(monkeypatch):
    find = PathFinder.find_spec
    monkeypatch.setattr("augbench_plugins.observers.tensorboard.find_spec", lambda name: find("nowhere_at_all"))
    with pytest.raises(MissingExtra, match=r"^'tensorboard' needs TensorBoard; pip install 'augbench\[tensorboard\]'$"):
        Tensorboard()
