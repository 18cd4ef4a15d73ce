"""Generators are judged, continue after a kill, and their judgement travels with the run."""

import pytest
import torch
from PIL import Image

from augbench.comparison import compare
from augbench.engine.rendering import write_reports
from augbench.quality.kernel import kernel_distance
from augbench.stages import contents, keeping
from augbench.stages.judging import features_of
from augbench.stages.prepared import read_prepared
from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, Watcher, run, session
from support.toys import Means

JUDGED = MATRIX.replace("features = false", "features = 'support.toys:Means'\nquality.images = 5").replace("MeanNoise", "Patient")


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Run the judged matrix once."""
    folder = tmp_path_factory.mktemp("judged")
    outcome, watcher = run(folder, JUDGED)
    return folder, outcome, watcher


def test_each_bank_is_judged_once_however_many_rows_read_it(judged):
    _, outcome, watcher = judged
    assert outcome.failed == 0
    assert [label for label in watcher.stages if label.startswith("judge")] == [
        "judge support.toys:Patient's images of c, seed 0",
        "judge support.toys:Patient's images of c, seed 1",
    ]


def test_the_run_folder_tells_how_a_generator_was_fitted_and_judged(judged):
    folder, _, _ = judged
    results = RunFolder(path=folder / "run").results()
    keys = {trial.judged["c"] for trial in results.trials if trial.judged}
    assert keys == set(results.generators)
    assert len(keys) == 2
    first = next(one for one in results.generators.values() if one.seed == 0)
    assert (first.class_name, first.chosen, first.features, first.inception) == ("c", 10, "means-3", False)
    assert [at for at, _ in first.curves["kid"]] == list(range(1, 11))
    assert (first.numbers["real"], first.numbers["generated"]) == (4, 5)
    with Image.open(first.sheet) as sheet:
        assert sheet.height >= 3 * 8


def test_a_judgement_is_the_distance_between_the_first_images_of_the_bank_and_all_real_ones(judged):
    folder, _, _ = judged
    plan = session(folder, JUDGED).plan
    stages = next(trial.stages for trial in plan.trials if trial.row == "ours" and trial.seed == 0)
    store = session(folder, JUDGED).store
    prepared = read_prepared(store.open(stages.prepare.key))
    real = torch.from_numpy(prepared.train.pixels[prepared.train.labels == 2].copy())
    fake = torch.from_numpy(contents.load_array(store.open(stages.synthetic.banks["c"].key) / contents.BANK_FILE)[:5].copy())
    network = Means().build(3)
    expected = kernel_distance(*(features_of(network, images, 255.0, torch.device("cpu")) for images in (real, fake)))
    assert contents.load_notes(store.open(stages.judged["c"].key))["numbers"]["kid"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.slow
def test_other_features_judge_again_and_train_nothing_but_what_asks_them(judged):
    folder, _, _ = judged
    _, watcher = run(folder, JUDGED.replace("images = 5", "images = 4"))
    kinds = {label.split()[0] for label in watcher.stages}
    # Patient asks on the way, so it is fitted again; the toy's bank then has another key, and so has what reads it.
    assert kinds == {"fit", "draw", "judge", "train", "test"}
    _, watcher = run(folder, JUDGED.replace("Patient", "MeanNoise"), out="other")
    _, watcher = run(folder, JUDGED.replace("Patient", "MeanNoise").replace("images = 5", "images = 4"), out="other")
    assert {label.split()[0] for label in watcher.stages} == {"judge"}


def test_without_features_nothing_is_judged(tmp_path):
    _, watcher = run(tmp_path, JUDGED.replace("'support.toys:Means'", "false"))
    assert not [label for label in watcher.stages if label.startswith("judge")]
    assert RunFolder(path=tmp_path / "run").results().generators == {}


def test_a_fit_that_was_killed_goes_on_from_its_last_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "KEEP_SECONDS", 0.0)
    text = JUDGED.replace("seed = [0, 1]", "seed = [0]").replace('"support.toys:Patient"', '{ use = "support.toys:Patient", dies-at = 7 }')
    with pytest.raises(KeyboardInterrupt):
        session(tmp_path, text).run(Watcher())
    outcome, _ = run(tmp_path, text)
    assert outcome.failed == 0
    again = session(tmp_path, text)
    stages = next(trial.stages for trial in again.plan.trials if trial.stages.fits and trial.seed == 0)
    fitted = contents.load_fitted(again.store.open(stages.fits["c"].key))
    assert fitted.numbers["began"] == 6
    assert [at for at, _ in fitted.curves["kid"]] == list(range(1, 11))
    assert again.store.kept(stages.fits["c"].key) is None


def test_the_report_can_be_written_again_from_the_run_folder_alone(judged, tmp_path):
    folder, _, _ = judged
    before = compare(RunFolder(path=folder / "run").results())
    write_reports(folder / "run")
    assert compare(RunFolder(path=folder / "run").results()).columns == before.columns
