"""A training learns, counts its steps as asked, repeats to the bit and never waits for the device within a block."""

import math
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from augbench.plan.tasks import Resample, TrainTask
from augbench.stages.batches import Batches
from augbench.stages.classifier import build_classifier, score
from augbench.stages.prepared import read_prepared, write_prepared
from augbench.stages.subsets import whole
from augbench.stages.train import Trained, thinned, total_steps, train
from augbench.values.errors import Diverged, StageError
from augbench.values.sampling import SampleContext
from augbench.values.settings import Length
from support.toys import Descent, Dots, settings

CPU = torch.device("cpu")


def silent(done, total, **numbers) -> None:
    pass


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    write_prepared(Dots().load(), None, folder, "dots", silent)
    return read_prepared(folder)


def task(**changes) -> TrainTask:
    known = settings()
    base = TrainTask(
        sampler=known.sampler,
        backbone=known.backbone,
        size=8,
        mix={"originals": 1.0},
        n={"c": 1},
        bank_size={"c": 6},
        augment={},
        transforms=known.transforms,
        transforms_at="batch",
        training=known.training,
        numerics=known.numerics,
        resample=Resample(seed=0, digest="d"),
    )
    return replace(base, **changes)


def trained(prepared, **changes) -> Trained:
    with torch.random.fork_rng():
        return train(task(**changes), prepared, {}, {}, CPU, silent)


@pytest.mark.slow
def test_colours_are_learnt(prepared):
    long = replace(settings().training, length=Length(steps=300))
    result = trained(prepared, training=long, transforms=())
    assert (result.validation.argmax(1) == prepared.validation.labels).mean() > 0.9
    np.testing.assert_allclose(result.validation.sum(1), 1, rtol=1e-5)
    assert result.curves["training loss"][-1][1] < result.curves["training loss"][0][1]


@pytest.mark.slow
def test_two_trainings_give_the_same_bits_and_another_seed_gives_others(prepared):
    first, second = trained(prepared), trained(prepared)
    assert all(torch.equal(first.weights[name], second.weights[name]) for name in first.weights)
    other = trained(prepared, resample=Resample(seed=1, digest="d"))
    assert not any(torch.equal(first.weights[name], other.weights[name]) for name in first.weights)


def test_validation_is_checked_at_even_distances(prepared):
    result = trained(prepared, training=replace(settings().training, checks=4))
    assert [step for step, _ in result.curves["validation macro-f1"]] == [18, 35, 52, 70]


@pytest.mark.parametrize(
    ("length", "steps"),
    [(Length(steps=11), 11), (Length(epochs=2), 2 * math.ceil(24 / 8)), (Length(epochs=0.01), 1), (Length(epochs=5, of="pool"), 15)],
)
def test_the_length_is_counted_in_steps_or_in_epochs(length, steps):
    context = SampleContext(
        labels=torch.zeros(24, dtype=torch.int64), bank_labels=torch.zeros(0, dtype=torch.int64), classes=1, minority=(), size=8, n={},
        mix={"originals": 1.0}, bank_size={}, slots={}, streams=task().resample.streams(),
    )  # fmt: skip
    assert total_steps(task(training=replace(settings().training, length=length)), context)[0] == steps


def test_a_batch_without_originals_is_refused(prepared):
    with pytest.raises(StageError, match=r"no batch holds an original image; raise batch\.size or lower batch\.n"):
        trained(prepared, size=1, mix={"generated": 1.0})


def test_a_loss_that_is_no_number_says_when_and_what_to_do(prepared):
    with pytest.raises(Diverged, match=r"the classifier's training diverged: its loss is not a number by step \d+; lower training\.lr"):
        trained(prepared, training=replace(settings().training, lr=3e38))


def test_weights_that_are_no_numbers_after_the_last_update_are_noticed(prepared):
    one = replace(settings().training, lr=3e38, length=Length(steps=1), optimizer=Twice(), checks=0)
    with pytest.raises(Diverged, match="by step 1; lower"):
        trained(prepared, training=one)


@pytest.mark.slow
@pytest.mark.parametrize(("select", "checks"), [("last", 3), ("last", 0), ("best", 3)])
def test_validation_probabilities_are_those_of_the_weights_that_are_kept(prepared, select, checks):
    result = trained(prepared, training=replace(settings().training, select=select, checks=checks))
    classifier = build_classifier(task().backbone, prepared, task().numerics, CPU)
    classifier.load_state_dict(result.weights)
    images = whole(prepared.validation).images(prepared.scale, CPU)
    np.testing.assert_array_equal(score(classifier, images, task().numerics, CPU), result.validation)
    if select == "best":
        scores = dict(result.curves["validation macro-f1"])
        assert result.chosen == max(scores, key=scores.get)


def test_how_often_validation_is_scored_changes_no_weight(prepared):
    first, second = (trained(prepared, training=replace(settings().training, checks=checks)) for checks in (0, 20))
    assert all(torch.equal(first.weights[name], second.weights[name]) for name in first.weights)


def test_a_curve_is_thinned_to_averages():
    assert thinned([(1, 1.0), (2, 3.0)]) == ((1, 1.0), (2, 3.0))
    long = thinned([(step, float(step)) for step in range(1, 1001)])
    assert len(long) == 100
    assert long[0] == (10, 5.5)


@dataclass(frozen=True, kw_only=True)
class Twice(Descent):
    """Goes so far that no float32 can tell where it is."""

    def build(self, parameters, lr):
        return torch.optim.SGD(parameters, lr=lr, weight_decay=1e38)


class Waits(TorchDispatchMode):
    """Counts the operations for which a host would wait for its device."""

    names = ("_local_scalar_dense", "nonzero", "masked_select", "is_nonzero", "equal", "unique")

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.__name__.partition(".")[0]
        if name in self.names:
            self.seen[name] += 1
        return function(*args, **(kwargs or {}))


def test_the_host_waits_for_the_device_once_a_block(prepared, monkeypatch):
    whole_block = Batches.block

    def block(self, first, steps):
        # Drawing happens on the CPU by design: only what follows would run on a device.
        with torch.utils._python_dispatch._disable_current_modes():
            return whole_block(self, first, steps)

    monkeypatch.setattr(Batches, "block", block)
    waits = Waits()
    training = replace(settings().training, length=Length(steps=128), checks=0)
    with waits:
        trained(prepared, training=training)
    assert waits.seen["_local_scalar_dense"] <= 2 + 2
    assert set(waits.seen) <= {"_local_scalar_dense"}
