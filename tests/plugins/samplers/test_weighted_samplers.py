"""Class-balanced, square-root and progressive sampling: laws of classes against closed forms and long runs."""

import pytest
import torch
from torch import Tensor

from augbench import SampleContext
from augbench_plugins.samplers._weighted import WeightedSampler, draw_classes, power_shares
from augbench_plugins.samplers.class_balanced import ClassBalanced
from augbench_plugins.samplers.deferred import Deferred
from augbench_plugins.samplers.progressive import Progressive
from augbench_plugins.samplers.square_root import SquareRoot

# Class counts 30, 20, 6 and 4; roots 5.477, 4.472, 2.449 and 2.
INSTANCE = [0.5, 1 / 3, 0.1, 1 / 15]
BALANCED = [0.25] * 4
SQUARE_ROOT = [0.380393, 0.310590, 0.170117, 0.138900]


def seen(sampler: WeightedSampler, context: SampleContext) -> Tensor:
    (group,) = sampler.compose(context)
    return torch.bincount(context.labels[group.sources.flatten()], minlength=4).double() / group.sources.numel()


@pytest.mark.parametrize(("sampler", "expected"), [(ClassBalanced(), BALANCED), (SquareRoot(), SQUARE_ROOT)], ids=repr)
def test_classes_come_by_the_power_of_their_counts(sampler, expected, context) -> None:
    here = context(mix={"originals": 1.0}, steps=3000)
    assert sampler.prior(here, 0.3).tolist() == pytest.approx(expected, abs=1e-6)
    assert seen(sampler, here).tolist() == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(("first", "total"), [(0, 1_000_000), (500_000, 1_000_000), (999_000, 1_000_000)])
def test_progressive_sampling_goes_from_instance_to_class_balanced(first, total, context) -> None:
    # 1,000 steps of a million: the law stands all but still.
    here, share = context(mix={"originals": 1.0}, first=first, steps=1000, total=total), first / total
    expected = [(1 - share) * a + share * b for a, b in zip(INSTANCE, BALANCED, strict=True)]
    assert Progressive().prior(here, share).tolist() == pytest.approx(expected)
    assert seen(Progressive(), here).tolist() == pytest.approx(expected, abs=0.012)


def test_progressive_sampling_moves_at_every_step(context) -> None:
    here = context(mix={"originals": 1.0}, steps=64, total=128)
    shares = Progressive().class_shares(here, Progressive().progress(here))
    assert shares[:, 0].tolist() == pytest.approx([0.5 - 0.25 * step / 128 for step in range(64)])
    assert torch.allclose(shares.sum(dim=1), torch.ones(64, dtype=torch.float64))


def test_deferred_sampling_is_instance_based_until_its_start_and_then_balanced(context) -> None:
    for first, expected in ((0, INSTANCE), (79_000, INSTANCE), (80_000, BALANCED), (99_000, BALANCED)):
        here = context(mix={"originals": 1.0}, first=first, steps=1000, total=100_000)
        assert seen(Deferred(), here).tolist() == pytest.approx(expected, abs=0.012)
        assert Deferred().prior(here, first / 100_000).tolist() == pytest.approx(expected)


def test_images_of_a_class_are_alike_probable(context) -> None:
    here = context(mix={"originals": 1.0}, steps=3000)
    (group,) = ClassBalanced().compose(here)
    shown = torch.bincount(group.sources.flatten(), minlength=60).double()
    # 48,000 draws, 12,000 of them of the class of four: 3,000 each, with a deviation of 54.
    assert (shown[here.labels == 3] - 3000).abs().max() < 250
    assert (shown[here.labels == 0] - 400).abs().max() < 100


@pytest.mark.parametrize("sampler", [ClassBalanced(), SquareRoot(), Progressive(), Deferred()], ids=repr)
def test_a_class_without_images_is_never_drawn(sampler, context) -> None:
    here = context((0, 5, 0, 2, 0), bank={}, mix={"originals": 1.0}, minority=(3,), size=5)
    (group,) = sampler.compose(here)
    assert set(here.labels[group.sources].unique().tolist()) == {1, 3}
    assert sampler.prior(here, 1.0)[[0, 2, 4]].tolist() == [0, 0, 0]
    assert sampler.prior(here, 1.0).sum().item() == pytest.approx(1)


@pytest.mark.parametrize("sampler", [ClassBalanced(), SquareRoot(), Progressive(), Deferred()], ids=repr)
def test_an_epoch_is_as_long_as_that_of_plain_training(sampler, context) -> None:
    here = context(mix={"originals": 1.0})
    assert sampler.originals_per_step(here) == 16
    assert sampler.pool(here) == 60


def test_shares_are_those_of_image_weights_by_count() -> None:
    # torch's WeightedRandomSampler with weights n_c^(q - 1) draws a class with probability n_c * n_c^(q - 1) / sum.
    counts = torch.tensor([5000, 645, 50])
    for power in (0.0, 0.5, 1.0):
        weights = counts.double() * counts.double() ** (power - 1)
        assert torch.allclose(power_shares(counts, power), weights / weights.sum())


def test_classes_are_drawn_by_the_inverse_of_their_distribution() -> None:
    shares = torch.tensor([[0.2, 0.0, 0.8], [0.5, 0.5, 0.0]], dtype=torch.float64)
    labels = draw_classes(shares, 4000, torch.Generator().manual_seed(3))
    uniform = torch.rand(2, 4000, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    assert torch.equal(labels, torch.stack([torch.where(uniform[0] < 0.2, 0, 2), (uniform[1] >= 0.5).long()]))
