"""The stages of trials are written once, and read as if they were written with each."""

import json

import pytest

from augbench.store.run_folder import RunFolder
from augbench.store.stage_table import packed, unpacked
from augbench.values.run_errors import BrokenRun
from support.runs import run


def stage(key: str) -> dict[str, str]:
    return {"kind": "train", "label": f"train {key}", "key": key}


WHOLE = {"title": "t", "trials": [{"trial": "1", "stages": [stage("a"), stage("b")]}, {"trial": "2", "stages": [stage("a"), stage("c")]}]}


def test_what_was_packed_is_the_same_again():
    document = json.loads(json.dumps(packed(WHOLE)))
    assert document["stages"] == [stage("a"), stage("b"), stage("c")]
    assert [trial["stages"] for trial in document["trials"]] == [[0, 1], [0, 2]]
    assert unpacked(document) == WHOLE


def test_a_run_with_its_stages_in_place_is_read_as_well():
    assert unpacked(WHOLE) == WHOLE


def test_a_run_names_each_stage_once(tmp_path):
    run(tmp_path)
    text = (tmp_path / "run" / "run.json").read_text()
    stages = {stage["key"]: stage for trial in RunFolder(path=tmp_path / "run").about()["trials"] for stage in trial["stages"]}
    assert {text.count(one["label"] + '"') for one in stages.values()} == {1}
    assert {one["kind"] for one in stages.values()} >= {"prepare", "fit-generator", "synthesise", "train", "evaluate"}


@pytest.mark.slow
@pytest.mark.parametrize("stages", [[], None, 5, [{}]])
def test_a_damaged_table_is_told(tmp_path, stages):
    run(tmp_path)
    path = tmp_path / "run" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"stages": stages}))
    with pytest.raises(BrokenRun, match=r"run\.json'"):
        RunFolder(path=tmp_path / "run").about()
