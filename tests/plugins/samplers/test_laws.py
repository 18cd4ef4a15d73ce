"""What every sampler obeys."""

from collections import Counter

import pytest
import torch
from torch import Tensor

from augbench import SampleContext, Sampler
from augbench.values.sampling import SlotRule
from augbench_plugins.samplers.class_balanced import ClassBalanced
from augbench_plugins.samplers.instance import Instance
from augbench_plugins.samplers.minority_focus import MinorityFocus
from augbench_plugins.samplers.progressive import Progressive
from augbench_plugins.samplers.random_oversampling import RandomOversampling
from augbench_plugins.samplers.random_undersampling import RandomUndersampling
from augbench_plugins.samplers.square_root import SquareRoot
from augbench_plugins.samplers.standard import Standard

SAMPLERS = [
    MinorityFocus(),
    Standard(),
    Instance(),
    RandomOversampling(),
    RandomUndersampling(),
    ClassBalanced(),
    SquareRoot(),
    Progressive(),
]
MIXES = {
    "originals": {"originals": 1.0},
    "synthetic": {"generated": 2.0, "linear": 1.0, "rotated": 1.0},
    "without bank": {"linear": 1.0},
    "shares": {"originals": 2.0, "generated": 1.0, "rotated": 1.0},
}
every = pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
every_mix = pytest.mark.parametrize("mix", MIXES)


def composed(sampler: Sampler, context: SampleContext) -> list[Tensor]:
    return [group.sources for group in sampler.compose(context)]


def every_label(context: SampleContext) -> Tensor:
    return torch.cat([context.labels, context.bank_labels])


@every
@every_mix
def test_batches_have_their_size_and_groups_of_constant_sizes(sampler: Sampler, mix: str, context) -> None:
    first = sampler.compose(context(mix=MIXES[mix]))
    later = sampler.compose(context(mix=MIXES[mix], first=640, steps=10))
    assert sum(group.sources.shape[1] for group in first) == 16
    assert [(g.slot, g.sources.shape[1:]) for g in first] == [(g.slot, g.sources.shape[1:]) for g in later]
    assert all(group.sources.shape[0] == 64 and group.sources.dtype == torch.int64 for group in first)


@every
@every_mix
def test_blocks_can_be_drawn_in_any_order(sampler: Sampler, mix: str, context) -> None:
    def block(first: int) -> list[Tensor]:
        return composed(sampler, context(mix=MIXES[mix], first=first))

    forward = [block(0), block(64)]
    backward = [block(64), block(0)][::-1]
    for one, other in zip(forward, backward, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(*forward, strict=True))


@every
def test_groups_name_what_they_show(sampler: Sampler, context) -> None:
    here = context()
    for group in sampler.compose(here):
        labels = every_label(here)[group.sources]
        assert (labels == labels[..., :1]).all()
        assert group.sources.shape[2] == (1 if group.slot is None else here.slots[group.slot].arity)
        if group.slot is not None:
            assert set(labels.unique().tolist()) == {2, 3}


@every
@pytest.mark.parametrize("pairing", ["same-class", "any"])
@every_mix
def test_the_prior_is_what_is_sampled(sampler: Sampler, mix: str, pairing: str, context) -> None:
    slots = {"linear": SlotRule(arity=2, pairing=pairing), "rotated": SlotRule(arity=3, pairing=pairing, sources="originals")}
    here = context(mix=MIXES[mix], slots=slots, steps=3000)
    seen = torch.zeros(4, dtype=torch.float64)
    for group in sampler.compose(here):
        labels = every_label(here)[group.sources]
        seen += torch.bincount(labels.flatten(), minlength=4) / group.sources.shape[2]
    prior = sampler.prior(here, 0.5)
    assert prior.dtype == torch.float64
    assert prior.sum().item() == pytest.approx(1)
    assert torch.allclose(seen / seen.sum(), prior, atol=0.006)


@every
def test_the_prior_counts_the_images_that_are_not_mixed(sampler: Sampler, context) -> None:
    def prior(probability: float) -> Tensor:
        slot = SlotRule(arity=2, pairing="any", probability=probability)
        return sampler.prior(context(mix={"linear": 1.0}, slots={"linear": slot}), 0.5)

    never, always = prior(0.0), prior(1.0)
    same_class = sampler.prior(context(mix={"linear": 1.0}, slots={"linear": SlotRule(arity=2)}), 0.5)
    assert torch.allclose(never, same_class)
    assert not torch.allclose(never, always)
    assert torch.allclose(prior(0.25), 0.75 * never + 0.25 * always)


@every
@every_mix
def test_originals_per_step_are_those_of_the_first_group(sampler: Sampler, mix: str, context) -> None:
    here = context(mix=MIXES[mix])
    first = sampler.compose(here)[0].sources
    assert sampler.originals_per_step(here) == first.shape[1]
    assert (first < len(here.labels)).all()


@every
def test_one_source_keeps_its_numbers_when_another_is_swapped(sampler: Sampler, context) -> None:
    with_both = sampler.compose(context(mix={"generated": 1.0, "linear": 1.0}))
    swapped = sampler.compose(context(mix={"generated": 1.0, "rotated": 1.0}))
    assert [group.slot for group in with_both] == [None, None, "linear"]
    assert [group.slot for group in swapped] == [None, None, "rotated"]
    assert all(torch.equal(a.sources, b.sources) for a, b in zip(with_both[:2], swapped[:2], strict=True))
    assert not torch.equal(with_both[2].sources, swapped[2].sources)


@every
def test_a_class_without_bank_has_no_generated_images(sampler: Sampler, context) -> None:
    slots = {"linear": SlotRule(arity=2), "rotated": SlotRule(arity=1, sources="generated")}
    here = context(bank={2: 12}, bank_size={2: 12, 3: 12}, slots=slots, size=64)
    seen: Counter[tuple[str | None, int]] = Counter()
    for group in sampler.compose(here)[1:]:
        seen.update((group.slot, label) for label in every_label(here)[group.sources[..., 0]].flatten().tolist())
    assert {key for key, count in seen.items() if count} == {(None, 2), ("linear", 2), ("linear", 3), ("rotated", 2)}


@every
def test_a_batch_without_any_bank_is_filled_with_originals(sampler: Sampler, context) -> None:
    here = context(bank={}, bank_size={2: 12, 3: 8}, mix={"generated": 1.0})
    assert sampler.originals_per_step(here) == 16
    assert len(sampler.compose(here)) == 1


@every
def test_no_minority_class_leaves_originals(sampler: Sampler, context) -> None:
    here = context(minority=(), bank={})
    assert sampler.originals_per_step(here) == 16
