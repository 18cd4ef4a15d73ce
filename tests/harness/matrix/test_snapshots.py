"""A matrix that was read once is read again as it was, whatever has become of its files."""

import json
from pathlib import Path

import pytest

from augbench.config.snapshots import snapshot_of
from augbench.matrix import look, wanted
from augbench.values.errors import ConfigError, DataError


def written(matrix):
    return snapshot_of(json.loads(json.dumps(matrix.snapshot.as_json())))


def test_a_snapshot_outlives_its_files(load, small, tmp_path):
    (tmp_path / "base.toml").write_text(small + "first = { training.lr = 0.3 }\n")
    kept = written(load('extends = "base.toml"\n[base]\ntraining.lr = 0.2\n', sets=["batch.n=4"]))
    (tmp_path / "base.toml").unlink()
    again = load("no = toml at all [", snapshot=kept)
    assert {row: settings.training.lr for (row, _), settings in again.cells.items()} == {"plain": 0.2, "first": 0.3}
    assert {settings.batch.n for settings in again.cells.values()} == {4}
    assert written(again).as_json() == kept.as_json()


def test_what_set_says_now_is_the_last_word(load, small):
    kept = written(load(small, sets=["training.lr=0.2"]))
    again = load(small, snapshot=kept, sets=["training.lr=0.4"])
    assert again.cells["plain", "cells"].training.lr == 0.4
    assert [source.text for source in again.snapshot.sets] == ["training.lr=0.2", "training.lr=0.4"]


def test_paths_start_where_they_were_written(load, small, tmp_path, monkeypatch):
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    text = small.replace('use = "bbbc048"', 'use = "bbbc048"\npath = "x"') + "\n[datasets.blood]\nuse = 'rbc-storage'\n"
    kept = written(load(text, sets=["datasets.blood.path='y'"]))
    monkeypatch.chdir(tmp_path)
    cells, blood = load(text, snapshot=kept).columns
    assert (cells.dataset.path, blood.dataset.path) == (tmp_path / "x", tmp_path / "there" / "y")


def test_plugins_of_a_snapshot_are_known_first(load, small, tmp_path):
    (tmp_path / "mix.py").touch()
    kept = written(load(f'plugins = ["./mix.py"]\n{small}'))
    assert wanted(Path("nowhere.toml"), kept).plugins == (str(tmp_path / "mix.py"),)


def test_data_that_are_not_where_they_were_are_asked_for(load, small, tmp_path, monkeypatch):
    matrix = load(small.replace('use = "bbbc048"', 'use = "long-tail"\nof = { use = "bbbc048", path = "x" }'))
    dataset = type(matrix.columns[0].dataset)
    monkeypatch.setattr(dataset, "probe", _gone)
    for moved, hint in ((True, "say where it lies now: --set datasets.cells.of.path=PATH"), (False, "")):
        with pytest.raises(ConfigError) as refused:
            look(matrix, moved=moved)
        assert [(problem.message, problem.hint) for problem in refused.value.problems] == [("data set 'cells': no folder", hint)]
    (tmp_path / "x").mkdir()
    with pytest.raises(ConfigError, match="no folder") as refused:
        look(matrix, moved=True)
    assert refused.value.problems[0].hint == ""


def _gone(self):
    raise DataError("no folder")
