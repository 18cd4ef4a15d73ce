"""Balanced-MixUp's two streams."""

from collections.abc import Callable

import pytest
import torch

from augbench import Facts, SampleContext
from augbench.values.errors import EmptyStream
from augbench.values.sampling import SlotRule
from augbench_plugins.samplers.balanced_mixup import BalancedMixup
from augbench_plugins.samplers.instance import Instance

FACTS = {"shape": (3, 8, 8), "classes": ("a", "b"), "counts": (9, 3), "minority": ("b",), "batch_size": 8}


@pytest.fixture
def paired(context) -> Callable[..., SampleContext]:
    def make(**changes: object) -> SampleContext:
        named = {name: changes.pop(name) for name in ("weights", "probability") if name in changes}
        rule = SlotRule(arity=changes.pop("arity", 2), sources=changes.pop("sources", "originals"), pairing="any", **named)
        return context(mix={"balanced": 1.0}, slots={"balanced": rule}, **changes)

    return make


def test_first_sources_are_plain_training(paired, context) -> None:
    (group,) = BalancedMixup().compose(paired())
    (plain,) = Instance().compose(context(mix={"originals": 1.0}))
    assert group.slot == "balanced"
    assert torch.equal(group.sources[..., 0], plain.sources[..., 0])


def test_second_sources_are_class_balanced_draws_with_replacement(paired) -> None:
    here = paired(steps=3000)
    (group,) = BalancedMixup().compose(here)
    second = group.sources[..., 1].flatten()
    assert (torch.bincount(here.labels[second]).double() / len(second)).tolist() == pytest.approx([0.25] * 4, abs=0.006)
    shown = torch.bincount(second, minlength=60)[here.labels == 3]
    assert (shown - 3000).abs().max() < 250


def test_with_power_one_any_image_is_the_second(paired) -> None:
    here = paired(steps=3000)
    second = BalancedMixup(power=1.0).compose(here)[0].sources[..., 1].flatten()
    expected = len(second) / len(here.labels)
    assert (torch.bincount(second, minlength=len(here.labels)) - expected).abs().max() < 6 * expected**0.5
    assert torch.allclose(BalancedMixup(power=1.0).prior(here, 0.5), here.class_counts.double() / len(here.labels))


def test_the_streams_are_independent(paired) -> None:
    here = paired(steps=3000)
    labels = here.labels[BalancedMixup().compose(here)[0].sources].flatten(0, 1)
    together = torch.bincount(labels[:, 0] * 4 + labels[:, 1], minlength=16).view(4, 4).double() / len(labels)
    assert torch.allclose(together, torch.tensor([30, 20, 6, 4]).double()[:, None] / 60 / 4 * torch.ones(4), atol=0.006)


@pytest.mark.parametrize("arity", [2, 3])
def test_the_prior_is_what_is_sampled(arity, paired) -> None:
    here = paired(steps=3000, arity=arity)
    shown = torch.bincount(here.labels[BalancedMixup().compose(here)[0].sources].flatten()).double()
    assert torch.allclose(shown / shown.sum(), BalancedMixup().prior(here, 0.5), atol=0.005)


@pytest.mark.parametrize(("probability", "balanced"), [(1.0, 0.2), (0.5, 0.1)])
def test_a_stream_counts_in_the_prior_as_much_as_its_labels(probability, balanced, paired) -> None:
    here = paired(weights=(0.8, 0.2), probability=probability)
    expected = (1 - balanced) * torch.tensor([0.5, 1 / 3, 0.1, 1 / 15]) + balanced / 4
    assert BalancedMixup().prior(here, 0.5).tolist() == pytest.approx(expected.tolist())


def test_the_balanced_stream_draws_from_the_slots_sources(paired) -> None:
    here = paired(sources="generated")
    sources = BalancedMixup().compose(here)[0].sources
    assert (sources[..., 0] < 60).all()
    assert (sources[..., 1] >= 60).all()


def test_blocks_can_be_drawn_in_any_order(paired) -> None:
    later = BalancedMixup().compose(paired(first=64))[0].sources
    BalancedMixup().compose(paired())
    assert torch.equal(BalancedMixup().compose(paired(first=64))[0].sources, later)


def test_an_epoch_is_a_pass_of_the_instance_stream(paired) -> None:
    assert BalancedMixup().originals_per_step(paired()) == 16
    assert BalancedMixup().pool(paired()) == 60


def test_sources_without_an_image_are_told_with_their_slot(paired) -> None:
    with pytest.raises(EmptyStream) as caught:
        BalancedMixup().compose(paired(sources="generated", bank={}))
    assert str(caught.value) == (
        "augment.balanced draws from sources = 'generated', and there is no such image; "
        "give the row a generator, or set augment.balanced.sources = 'originals'"
    )


@pytest.mark.parametrize("mix", [{"originals": 1.0}, {"generated": 1.0}, {"balanced": 1.0, "originals": 1.0}])
def test_without_a_slot_of_its_own_the_cell_is_refused(mix) -> None:
    assert BalancedMixup().supports(Facts(**FACTS, mix={"balanced": 1.0})) is None
    assert BalancedMixup().supports(Facts(**FACTS, mix=mix)) == (
        "the sampler balanced-mixup needs batch.mix to name one augment slot and nothing else: "
        'mix = { balanced = 1 } with augment.balanced = "balanced-mixup"'
    )
