"""The paper's batches and numbers of updates come out of a real training's batches (Rana 2022, Experimental setup)."""

import math

import numpy as np
import pytest
import torch

from augbench.plan.tasks import Resample, TrainTask
from augbench.stages.prepared import Prepared, read_prepared, write_prepared
from augbench.stages.splits import fold_indices
from augbench.stages.subsets import subsets
from augbench.stages.train import _batches, total_steps
from augbench.values.sampling import SampleContext
from augbench.values.settings import AugmentSlot, Length, Training
from augbench_plugins.augmenters.mixup import Mixup
from augbench_plugins.augmenters.nonlinear_mixup import NonlinearMixup
from augbench_plugins.samplers.instance import Instance
from augbench_plugins.samplers.minority_focus import MinorityFocus
from augbench_plugins.samplers.standard import Standard
from augbench_plugins.schedules import Step
from support.toys import Descent, Dots, Entropy, settings

CPU = torch.device("cpu")
MIX = {"generated": 2.0, "linear": 1.0, "rotated": 1.0}
# Interphase first: G1, S, G2; then Prophase, Metaphase, Anaphase, Telophase.
CELL_CYCLE, CELL_CYCLE_N = (12_899, 7_754, 7_741, 545, 61, 14, 25), {"d": 1, "e": 2, "f": 2, "g": 1}
# One class each for each morphology: two large ones, five that are oversampled.
RED_CELLS_N = dict.fromkeys("cdefg", 1)


def task(n: dict[str, int], length: Length, sampler=None, mix=MIX, bank_size=None) -> TrainTask:
    known = settings()
    return TrainTask(
        sampler=sampler or MinorityFocus(),
        backbone=known.backbone,
        size=32,
        mix=mix,
        n=n,
        bank_size=bank_size or dict.fromkeys(n, 3),
        augment={"linear": AugmentSlot(augmenter=Mixup()), "rotated": AugmentSlot(augmenter=NonlinearMixup())},
        transforms=known.transforms,
        transforms_at="batch",
        training=Training(length=length, optimizer=Descent(), schedule=Step(step=40, gamma=0.1), loss=Entropy()),
        numerics=known.numerics,
        resample=Resample(seed=0, digest="d"),
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Prepared:
    folder = tmp_path_factory.mktemp("seven")
    seven = Dots(train=(20, 15, 15, 6, 5, 4, 3), validation=(), test=(1,) * 7)
    write_prepared(seven.load(), None, folder, "seven", lambda done, total: None)
    return read_prepared(folder)


@pytest.mark.parametrize(
    ("n", "originals", "synthetic"), [(CELL_CYCLE_N, 8, {3: 4, 4: 8, 5: 8, 6: 4}), (RED_CELLS_N, 12, dict.fromkeys(range(2, 7), 4))]
)
def test_a_batch_is_8_and_24_or_12_and_20_images(prepared, n, originals, synthetic):
    whole = task(n, Length(steps=130))
    learn, _ = subsets(prepared, whole.resample)
    banks = {name: np.zeros((3, 3, 8, 8), np.uint8) for name in n}
    batches = _batches(whole, prepared, learn, banks, {}, whole.resample.streams(), CPU)
    for first, steps in ((0, 64), (128, 2)):
        block = batches.block(first, steps)
        for step in range(steps):
            images, targets = block.batch(step)
            assert images.shape == (32, 3, 8, 8)
            assert (block.indices[step, :originals] < len(learn.labels)).all()
            assert {label: int(count) for label, count in enumerate(targets[originals:].sum(0)) if count} == synthetic
    units = (32 - originals) // 4
    assert [(group.slot is None, group.labels.shape[1]) for group in block.groups] == [
        (True, originals), (True, 2 * units), (False, units), (False, units),
    ]  # fmt: skip


def context_of(counts: tuple[int, ...], whole: TrainTask) -> SampleContext:
    number = {name: index for index, name in enumerate("abcdefg")}
    return SampleContext(
        labels=torch.arange(len(counts)).repeat_interleave(torch.tensor(counts)),
        bank_labels=torch.tensor([number[name] for name in whole.n for _ in range(3)], dtype=torch.int64),
        classes=len(counts), minority=tuple(number[name] for name in whole.n), size=32,
        n={number[name]: n for name, n in whole.n.items()}, mix=whole.mix,
        bank_size={number[name]: size for name, size in whole.bank_size.items()},
        slots={}, streams=whole.resample.streams(),
    )  # fmt: skip


def test_200_epochs_of_cell_cycle_folds_are_580780_updates_on_average():
    assert sum(CELL_CYCLE) == 29_039
    labels, found = np.repeat(np.arange(7), CELL_CYCLE), []
    whole = task(CELL_CYCLE_N, Length(epochs=200), mix={"generated": 4.0})
    for fold in range(5):
        learn, _ = fold_indices(labels, None, 5, fold, 0)
        steps, epoch = total_steps(whole, context_of(tuple(np.bincount(labels[learn], minlength=7).tolist()), whole))
        assert steps == math.ceil(200 * len(learn) / 8)
        assert epoch == len(learn) / 8
        found.append(steps)
    assert np.mean(found) == 29_039 * 4 / 5 / 8 * 200 == 580_780


def test_70_epochs_of_red_cells_are_238677_updates():
    whole = task(RED_CELLS_N, Length(epochs=70), mix={"generated": 4.0})
    counts = (10_000, 10_916, 4_000, 4_000, 4_000, 4_000, 4_000)
    assert sum(counts) == 40_916
    assert total_steps(whole, context_of(counts, whole)) == (238_677, 40_916 / 12)


@pytest.mark.parametrize(
    ("sampler", "mix", "length", "steps"),
    [
        # Per epoch: plain training 726; the pool of 23,231 originals and 22,500 synthetic images 1,429.1.
        (Instance(), {"originals": 1.0}, Length(epochs=1), 726),
        (Standard(), {"generated": 1.0}, Length(epochs=10, of="pool"), 14_291),
        (MinorityFocus(), {"generated": 4.0}, Length(epochs=10, of="pool"), 14_291),
        (MinorityFocus(), {"generated": 4.0}, Length(epochs=10), 29_039),
    ],
    ids=repr,
)
def test_epochs_of_originals_and_of_the_pool_are_the_published_arithmetic(sampler, mix, length, steps):
    sizes = {"d": 6_500, "e": 6_500, "f": 6_500, "g": 3_000}
    whole = task(CELL_CYCLE_N, length, sampler, mix, sizes)
    assert total_steps(whole, context_of((23_231 - 560, 0, 0, 490, 40, 10, 20), whole))[0] == steps


def test_the_rate_falls_tenfold_after_every_40_passes_over_the_originals():
    steps, epoch = 580_775, 23_231 / 8
    fall = math.ceil(40 * epoch)
    factors = [Step(step=40, gamma=0.1).factor(step, steps, epoch) for step in (0, fall - 1, fall, steps - 1)]
    assert factors == pytest.approx([1, 1, 0.1, 1e-4])
