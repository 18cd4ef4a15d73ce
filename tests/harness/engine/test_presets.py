"""A run of a preset is a run like any other, and needs the preset no more once it has begun."""

import shutil
from pathlib import Path

from augbench.engine.asking import asked_again, command
from augbench.engine.exporting import export
from augbench.engine.request import Request
from augbench.engine.session import open_session
from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, Watcher, run


def keys(opened):
    return {trial.id: trial.stages.key for trial in opened.plan.trials}


def test_a_preset_runs_by_its_name(ship, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = ship(dots=MATRIX)
    where = {"store": tmp_path / "store", "device": "cpu", "engine": "inline", "only": ("plain",), "sets": ("training.length.steps=2",)}
    opened = open_session(Request(matrix=Path("theirs:dots"), **where))
    opened.run(Watcher())
    shutil.rmtree(folder)
    assert opened.folder.path == Path("runs/dots")
    assert (opened.folder.path / "matrix.toml").read_text() == MATRIX
    again = asked_again(RunFolder(path=tmp_path / "runs" / "dots"))
    assert keys(open_session(again)) == keys(opened)
    assert command(again).startswith("bench run --matrix theirs:dots --out ")


def test_what_a_run_extends_travels_with_it(ship, tmp_path):
    folder = ship(dots=MATRIX)
    run(tmp_path, 'extends = "theirs:dots"\n', only=("plain",), sets=("training.length.steps=2",))
    shutil.rmtree(folder)
    assert {trial.status for trial in open_session(asked_again(RunFolder(path=tmp_path / "run"))).plan.trials} == {"done"}
    export(tmp_path / "run", tmp_path / "out", ("matrix",))
    assert (tmp_path / "out" / "matrix" / "dots.toml").read_text() == 'extends = "theirs:dots"\n'
    assert (tmp_path / "out" / "matrix" / "presets" / "theirs" / "dots.toml").read_text() == MATRIX
