"""A run remembers what it was asked for, and can be asked again elsewhere and later."""

import json
import shutil
from dataclasses import replace

import pytest

from augbench.engine.asking import asked_again, asked_again_for, recorded
from augbench.engine.session import open_session
from augbench.store.run_folder import RunFolder
from augbench.values.errors import ConfigError, MissingFile
from augbench.values.run_errors import BrokenRun, MergedRun, UnknownTrial
from support.runs import MATRIX, Watcher, run, session
from support.sites import Site


def keys(opened):
    return {trial.id: trial.stages.key for trial in opened.plan.trials}


def test_a_run_is_planned_again_as_it_was_though_its_files_have_changed(tmp_path):
    (tmp_path / "base.toml").write_text(MATRIX)
    asked = {"text": 'extends = "base.toml"\n[base]\ntraining.lr = 0.02\n', "sets": ("training.checks=2",), "only": ("dots/plain",)}
    run(tmp_path, **asked)
    before = keys(session(tmp_path, **asked))
    (tmp_path / "base.toml").unlink()
    (tmp_path / "dots.toml").write_text("nonsense [")
    shutil.move(tmp_path / "run", tmp_path / "moved")
    request = asked_again(RunFolder(path=tmp_path / "moved"))
    again = open_session(request)
    assert keys(again) == before
    assert {trial.status for trial in again.plan.trials} == {"done"}
    assert (request.engine, request.device, request.store, again.folder.path) == (
        "inline",
        "cpu",
        str(tmp_path / "store"),
        tmp_path / "moved",
    )


def test_asking_again_changes_nothing_of_what_was_asked(tmp_path):
    run(tmp_path, sets=("training.checks=2",))
    folder = RunFolder(path=tmp_path / "run")
    before = (tmp_path / "run" / "run.json").read_bytes()
    open_session(asked_again(folder)).run(Watcher())
    assert (tmp_path / "run" / "run.json").read_bytes() == before


def test_a_plugin_that_was_uninstalled_is_named_with_its_version(tmp_path, monkeypatch):
    site = Site(tmp_path / "site")
    code = "import augbench\n@augbench.hookimpl\ndef register(registry):\n    registry.augmenter('flipp', 'support.toys:Blend')\n"
    site.install("augbench-flipp", "0.3", flipp_plugin=code)
    monkeypatch.syspath_prepend(str(site.folder))
    text = MATRIX.replace('"support.toys:Blend"', '"flipp"')
    run(tmp_path, text, only=("dots/ours",), sets=("axes.seed=[0]", "training.length={steps=2}"))
    assert recorded(RunFolder(path=tmp_path / "nothing")) == {}
    shutil.rmtree(site.folder)
    again = replace(asked_again(RunFolder(path=tmp_path / "run")), out=tmp_path / "elsewhere")
    for opened in (lambda: session(tmp_path, text), lambda: open_session(again)):
        with pytest.raises(ConfigError) as error:
            opened()
        assert "no augmenter called 'flipp'" in str(error.value)
        assert "the run had it from augbench-flipp 0.3, which does not bring it here; install that again" in str(error.value)


def test_what_the_environment_left_out_is_left_out_again_wherever_it_is(tmp_path, monkeypatch):
    site = Site(tmp_path / "site")
    site.install("augbench-twist", twist_plugin="1 / 0\n")
    monkeypatch.syspath_prepend(str(site.folder))
    monkeypatch.setenv("AUGBENCH_NO_PLUGIN", "twist_plugin")
    run(tmp_path, only=("dots/plain",))
    monkeypatch.delenv("AUGBENCH_NO_PLUGIN")
    folder = RunFolder(path=tmp_path / "run")
    assert asked_again(folder).disabled == ("twist_plugin",)
    assert [left.by for left in open_session(asked_again(folder)).registry.left_out] == ["--no-plugin"]
    shutil.rmtree(site.folder)
    assert asked_again(folder).disabled == ()


def test_a_store_that_is_gone_gives_way_to_that_of_this_machine(tmp_path, monkeypatch):
    run(tmp_path)
    shutil.rmtree(tmp_path / "store")
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "other"))
    assert asked_again(RunFolder(path=tmp_path / "run")).store == str(tmp_path / "other")


def test_data_that_are_not_where_they_were_are_asked_for(tmp_path):
    text = MATRIX.replace('"support.toys:Dots"\nminority = ["c"]', '"image-folder"\npath = "cells"')
    planned = session_without_data(tmp_path, text)
    with pytest.raises(ConfigError, match=r"no folder at '.*/cells'.*\n.*\n.*say where it lies now: --set datasets.dots.path=PATH"):
        open_session(planned)


def session_without_data(folder, text):
    run(folder)
    document = json.loads((folder / "run" / "run.json").read_text())
    document["request"]["documents"][0]["text"] = text
    (folder / "run" / "run.json").write_text(json.dumps(document))
    return asked_again(RunFolder(path=folder / "run"))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda document: document.update(request=None), MergedRun),
        (lambda document: document["request"].pop("store"), BrokenRun),
        (lambda document: document["request"].update(documents=3), BrokenRun),
        (lambda document: document.update(schema=1), BrokenRun),
    ],
)
def test_a_run_that_cannot_be_asked_again_says_why(tmp_path, change, error):
    run(tmp_path)
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    change(document)
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    with pytest.raises(error):
        asked_again(RunFolder(path=tmp_path / "run"))


def test_a_run_of_another_version_is_told(tmp_path):
    (tmp_path / "run.json").write_text('{"schema": 1}')
    with pytest.raises(BrokenRun, match=r"another version of augbench wrote it \(its schema is 1, not \d\); run the matrix again"):
        asked_again(RunFolder(path=tmp_path))


def test_no_run_folder_is_told(tmp_path):
    (tmp_path / "file").touch()
    for place in ("nowhere", "file"):
        with pytest.raises(MissingFile, match="no run folder at"):
            asked_again(RunFolder(path=tmp_path / place))


def test_a_merged_run_knows_which_run_a_trial_comes_from(tmp_path):
    run(tmp_path)
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    parts = [{"request": document["request"] | {"device": name}, "trials": [name]} for name in ("a", "b")]
    (tmp_path / "run" / "run.json").write_text(json.dumps(document | {"request": None, "merged": parts}))
    assert asked_again_for(RunFolder(path=tmp_path / "run"), "b").device == "b"


def test_some_trials_are_run_and_the_others_wait(tmp_path):
    planned = session(tmp_path, trials=("dots/plain/s1", "dots/ours/s0"))
    outcome = planned.run(watcher := Watcher())
    assert (outcome.done, outcome.failed, outcome.pending) == (2, 0, 4)
    assert sorted(line.split()[0] for line in watcher.trials) == ["dots/ours/s0", "dots/plain/s1"]
    with pytest.raises(UnknownTrial, match="no trial called 'dots/plane/s1'; did you mean 'dots/plain/s1'"):
        open_session(replace(planned.request, trials=("dots/plane/s1",)))


def test_data_of_columns_that_nobody_wants_need_not_be_there(tmp_path):
    text = MATRIX.replace("[base]\n", '[datasets.gone]\nuse = "image-folder"\npath = "nowhere"\n[base]\n')
    outcome, _ = run(tmp_path, text, only=("dots/plain",))
    assert outcome.done == 2
    assert [column.name for column in RunFolder(path=tmp_path / "run").results().columns] == ["dots"]
    with pytest.raises(ConfigError, match="nowhere"):
        run(tmp_path, text)
