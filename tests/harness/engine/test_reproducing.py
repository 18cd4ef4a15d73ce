"""A trial is run again from what its run remembers, and what comes of it is judged."""

import json
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from augbench.engine.events import Silent
from augbench.engine.reproducing import compared, judged, reproduce
from augbench.store.merging import merge
from augbench.store.run_folder import RunFolder
from augbench.values.errors import MissingFile
from augbench.values.results import Predictions
from augbench.values.run_errors import BrokenRun, UnknownTrial
from support import toys
from support.runs import MATRIX, Watcher, run

TEXT = MATRIX + '\nbroken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    here = tmp_path_factory.mktemp("run")
    run(here, TEXT, sets=("axes.seed=[3]",))
    (here / "dots.toml").unlink()
    return here


@pytest.fixture
def folder(finished, tmp_path):
    return RunFolder(path=shutil.copytree(finished / "run", tmp_path / "run"))


def again(folder, trial, tmp_path, observer=None, **more):
    return reproduce(folder.path, trial, tmp_path / "again", observer or Silent(), **more)


def changed(folder, change):
    """Add something to a class probability of the first test image that the run holds."""
    path = folder.predictions("dots/plain/s3", folder.planned("dots/plain/s3")["key"])
    table = pq.read_table(path)
    values = table["p0"].to_numpy().copy()
    values[0] += np.float32(change)
    pq.write_table(table.set_column(table.column_names.index("p0"), "p0", [values]), path)


def test_the_same_trial_gives_the_same_bits(folder, tmp_path):
    watcher = Watcher()
    found = again(folder, "dots/ours/s3", tmp_path, watcher)
    assert (found.verdict, found.reasons, found.machine) == ("bit-identical", (), {})
    assert {name: (split.images, split.labels, split.difference) for name, split in found.splits.items()} == {
        "test": (13, 0, 0.0),
        "validation": (13, 0, 0.0),
    }
    assert [name.split()[0] for name in watcher.trials] == ["dots/ours/s3"]
    assert len(watcher.stages) == 5, "nothing is taken from the run's own store"
    assert not list((tmp_path / "again" / "run").glob("report*"))


def test_what_differs_a_little_is_within_tolerance_and_more_is_not(folder, tmp_path):
    changed(folder, 1e-5)
    found = again(folder, "dots/plain/s3", tmp_path)
    assert (found.verdict, found.splits["validation"].identical) == ("within tolerance", True)
    assert found.splits["test"].difference == pytest.approx(1e-5, rel=0.1)
    shutil.rmtree(tmp_path / "again")
    assert again(folder, "dots/plain/s3", tmp_path, tolerance=1e-6).verdict == "differs"


def test_labels_that_are_others_are_counted(folder, tmp_path):
    changed(folder, -2)
    found = again(folder, "dots/plain/s3", tmp_path)
    assert (found.verdict, found.splits["test"].labels) == ("differs", 1)


@pytest.mark.parametrize("change", [{"device": "cpu"}, {"engine": '{ use = "inline" }'}])
def test_where_it_runs_may_be_told(folder, tmp_path, change):
    assert again(folder, "dots/plain/s3", tmp_path, changes=change).verdict == "bit-identical"


def test_another_machine_is_told(folder, tmp_path):
    document = folder.about()
    document["provenance"]["torch"] = "1.0"
    (folder.path / "run.json").write_text(json.dumps(document))
    now = RunFolder(path=tmp_path / "again" / "run")
    found = again(folder, "dots/plain/s3", tmp_path)
    assert found.machine == {"torch": ("1.0", now.about()["provenance"]["torch"])}


def test_settings_that_are_others_now_are_named(folder, tmp_path):
    found = again(folder, "dots/plain/s3", tmp_path, changes={"sets": ("training.lr=0.5", "training.checks=3")})
    assert (found.verdict, found.splits) == ("cannot be compared", {})
    assert found.reasons == ("training.checks: 10 -> 3", "training.lr: 0.05 -> 0.5")


def test_data_that_are_others_now_are_named(folder, tmp_path):
    found = again(folder, "dots/plain/s3", tmp_path, changes={"sets": ("datasets.dots.seed=1",)})
    assert found.reasons == ("the data are others: digest dots-0 -> dots-1",)


def test_code_that_is_another_now_is_named_as_far_as_the_store_knows_it(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "augbench.engine.session.code_digest", lambda component: "new" if component is toys.MeanNoise else digest(component)
    )
    found = again(folder, "dots/ours/s3", tmp_path)
    assert found.reasons == ("code of generator support.toys:MeanNoise changed",)
    document = folder.about()
    document["request"]["store"] = str(tmp_path / "nowhere")
    (folder.path / "run.json").write_text(json.dumps(document))
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "empty"))
    found = again(folder, "dots/ours/s3", tmp_path)
    assert found.reasons == ("the code of a plugin, or of augbench, is another; settings and data are the same",)


def digest(component):
    from augbench.registry.digest import code_digest

    return code_digest(component)


def test_a_trial_that_is_not_there_any_more_is_told(folder, tmp_path):
    document = folder.about()
    document["request"]["sets"][0]["text"] = "axes.seed=[4]"
    (folder.path / "run.json").write_text(json.dumps(document))
    found = again(folder, "dots/plain/s3", tmp_path)
    assert (found.verdict, found.reasons) == ("cannot be compared", ("the matrix, or the folds of its data, have no such trial now",))


def test_a_trial_that_fails_this_time_is_told(folder, tmp_path, monkeypatch):
    def fails(self, *arguments, **named):
        raise MemoryError("too little")

    monkeypatch.setattr(toys.Entropy, "loss", fails)
    found = again(folder, "dots/plain/s3", tmp_path)
    assert (found.verdict, found.reasons) == ("cannot be compared", ("it failed: train dots/plain/s3: MemoryError: too little",))


def test_what_has_no_result_cannot_be_compared(folder, tmp_path):
    found = again(folder, "dots/broken/s3", tmp_path)
    assert (found.verdict, found.reasons) == ("cannot be compared", ("the run has no result of it: it is failed",))
    assert not (tmp_path / "again").exists()


@pytest.mark.slow
def test_a_trial_of_a_merged_run_is_made_as_in_its_own(finished, folder, tmp_path):
    run(tmp_path, MATRIX, out="other", sets=("axes.seed=[7]",), only=("plain",))
    merge([folder.path, tmp_path / "other"], tmp_path / "all")
    assert again(RunFolder(path=tmp_path / "all"), "dots/plain/s7", tmp_path).verdict == "bit-identical"


def test_what_cannot_be_read_is_told(folder, tmp_path):
    with pytest.raises(UnknownTrial, match="did you mean 'dots/plain/s3'"):
        again(folder, "dots/plane/s3", tmp_path)
    with pytest.raises(MissingFile):
        reproduce(tmp_path, "dots/plain/s3", tmp_path / "again", Silent())
    path = folder.predictions("dots/plain/s3", folder.planned("dots/plain/s3")["key"])
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(BrokenRun, match=str(path)):
        again(folder, "dots/plain/s3", tmp_path)


def predictions(*rows):
    probabilities = np.array(rows, dtype=np.float64)
    return Predictions(ids=tuple(map(str, range(len(rows)))), labels=np.zeros(len(rows), np.int64), probabilities=probabilities)


def test_what_is_no_number_equals_only_what_is_none_either():
    nothing = predictions([np.nan, 1.0])
    assert judged({"test": compared(nothing, nothing)}, 0.0) == "bit-identical"
    split = compared(nothing, predictions([0.0, 1.0]))
    assert (split.difference, judged({"test": split}, 1.0)) == (np.inf, "differs")


def test_zeros_of_two_signs_are_not_the_same_bits():
    split = compared(predictions([0.0, 1.0]), predictions([-0.0, 1.0]))
    assert (split.identical, judged({"test": split}, 0.0)) == (False, "within tolerance")
