"""Rows of one data set, seed and fold are compared on common random numbers."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from augbench.plan.tasks import Resample, TrainTask
from augbench.stages.prepared import Prepared, read_prepared, write_prepared
from augbench.stages.subsets import subsets
from augbench.stages.train import Trained, _batches, train
from augbench.values.settings import AugmentSlot, Length
from augbench_plugins.augmenters.geometry import Flips
from augbench_plugins.augmenters.mixup import Mixup
from augbench_plugins.augmenters.vh_mixup import VhMixup
from augbench_plugins.backbones.small_resnet import SmallResnet
from augbench_plugins.samplers.instance import Instance
from augbench_plugins.samplers.minority_focus import MinorityFocus
from support.toys import Dots, Flat, settings

CPU = torch.device("cpu")
BANKS = {"c": np.zeros((6, 3, 8, 8), np.uint8)}


@dataclass(frozen=True, kw_only=True)
class Still(Flat):
    """Leaves every weight where it started."""

    def factor(self, step, steps, steps_per_epoch):
        return 0.0


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    write_prepared(Dots().load(), None, folder, "dots", lambda done, total: None)
    return read_prepared(folder)


def row(**changes) -> TrainTask:
    known = settings()
    ours = TrainTask(
        sampler=MinorityFocus(),
        backbone=SmallResnet(width=4),
        size=8,
        mix={"generated": 2.0, "linear": 1.0},
        n={"c": 1},
        bank_size={"c": 6},
        augment={"linear": AugmentSlot(augmenter=Mixup())},
        transforms=(Flips(),),
        transforms_at="batch",
        training=replace(known.training, length=Length(steps=2), schedule=Still(), checks=0),
        numerics=known.numerics,
        resample=Resample(seed=3, digest="d", folds=3, fold=1),
    )
    return replace(ours, **changes)


ROWS = {
    "ours": {},
    "vh": {"augment": {"linear": AugmentSlot(augmenter=VhMixup())}},
    "no linear": {"augment": {}, "mix": {"generated": 3.0}},
    "no transforms": {"transforms": ()},
    "plain": {"sampler": Instance(), "mix": {"originals": 1.0}, "augment": {}, "bank_size": {}, "n": {"c": 0}},
}


def trained(prepared: Prepared, banks=BANKS, **changes) -> Trained:
    with torch.random.fork_rng():
        return train(row(**changes), prepared, banks, {}, CPU, lambda done, total, **numbers: None)


def originals(prepared: Prepared, images: int = 100, **changes) -> list[int]:
    """Return the first originals that a training shows."""
    chosen = row(**changes)
    learn, _ = subsets(prepared, chosen.resample)
    batches = _batches(chosen, prepared, learn, BANKS, {}, chosen.resample.streams(), CPU)
    return batches.block(0, 64).indices[:, : chosen.sampler.originals_per_step(batches.context)].flatten()[:images].tolist()


@pytest.mark.parametrize("name", ROWS)
def test_rows_share_their_initial_weights(prepared, name):
    ours, other = trained(prepared), trained(prepared, **ROWS[name])
    weights = [key for key in ours.weights if "running" not in key and "num_batches" not in key]
    assert len(weights) > 10
    assert all(torch.equal(ours.weights[key], other.weights[key]) for key in weights)


@pytest.mark.parametrize("name", ROWS)
def test_rows_show_the_originals_in_one_order(prepared, name):
    assert originals(prepared, **ROWS[name]) == originals(prepared)


@pytest.mark.parametrize("change", [{"seed": 4}, {"fold": 2}, {"digest": "e"}], ids=str)
def test_another_seed_fold_or_data_set_shares_neither(prepared, change):
    other = replace(row().resample, **change)
    assert originals(prepared, resample=other) != originals(prepared)
    first, second = trained(prepared).weights, trained(prepared, resample=other).weights
    convolution = next(key for key, tensor in first.items() if tensor.ndim == 4)
    assert not torch.equal(first[convolution], second[convolution])
