"""A correction of predictions shares the training and corrects test and validation alike."""

import numpy as np
import pytest

from augbench.stages import contents
from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, run, session

TILTED = MATRIX.replace("ours = {}", 'ours = {}\ntilted = { predict = "support.toys:Tilt" }')


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tilted")
    _, watcher = run(folder, TILTED)
    return folder, watcher, {trial.trial: trial for trial in RunFolder(path=folder / "run").results().trials}


def test_a_corrected_row_shares_its_training(results):
    _, watcher, _ = results
    assert not [label for label in watcher.stages if label.startswith("train") and "tilted" in label]
    assert len([label for label in watcher.stages if label.startswith("test") and "tilted" in label]) == 2


@pytest.mark.parametrize("split", ["test", "validation"])
def test_probabilities_are_those_of_the_corrected_logits(results, split):
    folder, _, trials = results
    opened = session(folder, TILTED)
    stages = next(trial.stages for trial in opened.plan.trials if trial.row == "tilted" and trial.seed == 0)
    prior = np.array(contents.load_notes(opened.store.open(stages.train.key))["prior"])
    plain, tilted = (getattr(trials[f"dots/{row}/s0"], split).probabilities for row in ("ours", "tilted"))
    expected = plain / prior
    assert tilted == pytest.approx(expected / expected.sum(1, keepdims=True), abs=1e-5)
    assert prior.sum() == pytest.approx(1)
