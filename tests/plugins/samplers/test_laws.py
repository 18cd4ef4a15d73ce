"""What every sampler obeys."""

from collections import Counter

import pytest
import torch
from torch import Tensor

from augbench import SampleContext, Sampler
from augbench.values.sampling import SlotRule
from augbench_plugins.samplers.balanced_mixup import BalancedMixup
from augbench_plugins.samplers.class_balanced import ClassBalanced
from augbench_plugins.samplers.deferred import Deferred
from augbench_plugins.samplers.instance import Instance
from augbench_plugins.samplers.minority_focus import MinorityFocus
from augbench_plugins.samplers.progressive import Progressive
from augbench_plugins.samplers.random_oversampling import RandomOversampling
from augbench_plugins.samplers.random_undersampling import RandomUndersampling
from augbench_plugins.samplers.square_root import SquareRoot
from augbench_plugins.samplers.standard import Standard
from support.lawful import broken

SAMPLERS = [
    MinorityFocus(),
    Standard(),
    Instance(),
    RandomOversampling(),
    RandomUndersampling(),
    ClassBalanced(),
    SquareRoot(),
    Progressive(),
    Deferred(),
]
MIXES = {
    "originals": {"originals": 1.0},
    "synthetic": {"generated": 2.0, "linear": 1.0, "rotated": 1.0},
    "without bank": {"linear": 1.0},
    "shares": {"originals": 2.0, "generated": 1.0, "rotated": 1.0},
}
every = pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
every_mix = pytest.mark.parametrize("mix", MIXES)


def targets(sampler: Sampler, context: SampleContext) -> Tensor:
    """Return the mean target of the images of a block, float64 [K]."""
    total = torch.zeros(context.classes, dtype=torch.float64)
    for group in sampler.compose(context):
        weights = context.slots[group.slot].label_weights() if group.slot else (1.0,)
        for index, weight in enumerate(weights):
            total += weight * torch.bincount(every_label(context)[group.sources[..., index]].flatten(), minlength=context.classes)
    return total / total.sum()


def every_label(context: SampleContext) -> Tensor:
    return torch.cat([context.labels, context.bank_labels])


@pytest.mark.parametrize("sampler", [*SAMPLERS, BalancedMixup(), BalancedMixup(power=1.0)], ids=repr)
def test_it_keeps_the_laws(sampler: Sampler) -> None:
    assert broken(sampler) == []


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
def test_the_prior_is_what_is_sampled_to_half_a_percent(sampler: Sampler, mix: str, pairing: str, context) -> None:
    linear = SlotRule(arity=2, pairing=pairing, weights=(0.9, 0.1))
    slots = {"linear": linear, "rotated": SlotRule(arity=3, pairing=pairing, sources="originals", probability=0.75)}
    here = context(mix=MIXES[mix], slots=slots, steps=3000)
    # The block is the whole training, and some laws change on its way.
    priors = torch.stack([sampler.prior(here, (step + 0.5) / 100) for step in range(100)])
    assert priors.dtype == torch.float64
    assert torch.allclose(priors.sum(1), torch.ones(100, dtype=torch.float64))
    assert torch.allclose(targets(sampler, here), priors.mean(0), atol=0.006)


@every
@pytest.mark.parametrize("sources", ["both", "originals", "generated"])
def test_the_prior_follows_the_partners_of_an_augmenter_that_looks(sampler: Sampler, sources: str, context) -> None:
    start, stop = {"both": (0, 80), "originals": (0, 60), "generated": (60, 80)}[sources]
    partners = torch.zeros(80, 3, dtype=torch.int64)
    partners[start:stop] = torch.randint(start, stop, (stop - start, 3), generator=torch.Generator().manual_seed(0))
    here = context(mix={"linear": 1.0}, slots={"linear": SlotRule(arity=2, sources=sources, partners=partners)}, steps=3000)
    priors = torch.stack([sampler.prior(here, (step + 0.5) / 100) for step in range(100)])
    assert torch.allclose(targets(sampler, here), priors.mean(0), atol=0.006)


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
