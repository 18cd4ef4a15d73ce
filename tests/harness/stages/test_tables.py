"""What an augmenter finds out before a training decides what it mixes."""

import numpy as np
import pytest

from augbench.stages import contents
from augbench.stages.prepared import read_prepared
from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, run, session


@pytest.mark.parametrize(("sources", "first", "last"), [("originals", 0, 24), ("generated", 24, 30), ("both", 0, 30)])
@pytest.mark.slow
def test_partners_are_numbered_as_originals_then_bank(sources, first, last, tmp_path):
    text = MATRIX.replace(
        'augment.linear = "support.toys:Blend"', f'augment.linear = {{ use = "support.toys:BlendNext", sources = "{sources}" }}'
    )
    outcome, watcher = run(tmp_path, text)
    assert outcome.failed == 0
    # One table a seed: rows that mix the same images share it.
    assert len([label for label in watcher.stages if label.startswith("find")]) == 2
    opened = session(tmp_path, text)
    stages = next(trial.stages for trial in opened.plan.trials if trial.row == "ours")
    table = contents.load_array(opened.store.open(stages.tables["linear"].key) / contents.PARTNERS)
    prepared = read_prepared(opened.store.open(stages.prepare.key))
    labels = np.concatenate([prepared.train.labels, np.full(6, 2)])
    assert table.shape == (30, 1)
    assert (labels[table[first:last, 0]] == labels[first:last]).all()
    assert ((table[first:last] >= first) & (table[first:last] < last)).all()


def test_only_partners_are_mixed(tmp_path):
    """Seen in the sampler: each pair of a batch is an image and the next one of its class."""
    from augbench.stages.subsets import subsets
    from augbench.stages.train import _batches

    text = MATRIX.replace('"support.toys:Blend"', '{ use = "support.toys:BlendNext", sources = "both" }')
    run(tmp_path, text)
    opened = session(tmp_path, text)
    stages = next(trial.stages for trial in opened.plan.trials if trial.row == "ours")
    prepared = read_prepared(opened.store.open(stages.prepare.key))
    task = stages.train.task
    table = contents.load_array(opened.store.open(stages.tables["linear"].key) / contents.PARTNERS)
    bank = contents.load_array(opened.store.open(stages.synthetic.banks["c"].key) / contents.BANK_FILE)
    import torch

    batches = _batches(
        task, prepared, subsets(prepared, task.resample)[0], {"c": bank}, {"linear": table}, task.resample.streams(), torch.device("cpu")
    )
    group = next(group for group in task.sampler.compose(batches.context) if group.slot == "linear")
    assert (torch.from_numpy(table.copy())[group.sources[..., 0], 0] == group.sources[..., 1]).all()


@pytest.mark.slow
def test_partners_that_are_no_images_of_the_slot_fail_the_trials_that_need_them(tmp_path):
    text = MATRIX.replace('"support.toys:Blend"', '{ use = "support.toys:BlendNext", lost = true }')
    outcome, _ = run(tmp_path, text)
    assert outcome.failed == 2
    reasons = {trial.reason for trial in RunFolder(path=tmp_path / "run").results().trials if trial.status == "failed"}
    assert all(
        reason.endswith(
            "augmenter BlendNext named int64 [30, 1] partners, not int64 [30, k] with numbers of its 30 images; mend its partners()"
        )
        for reason in reasons
    )
