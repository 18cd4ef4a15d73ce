"""Batches from a pool: standard and instance sampling, random oversampling."""

import pytest
import torch

from augbench_plugins.samplers.instance import Instance
from augbench_plugins.samplers.random_oversampling import RandomOversampling
from augbench_plugins.samplers.standard import Standard

both = pytest.mark.parametrize("sampler", [Standard(), Instance()], ids=repr)


@both
def test_a_batch_has_the_shares_of_the_pool(sampler, context) -> None:
    # 60 originals and 20 synthetic images, split 2 : 1 : 1.
    here = context(size=32)
    groups = sampler.compose(here)
    assert [(group.slot, group.sources.shape[1]) for group in groups] == [(None, 24), (None, 4), ("linear", 2), ("rotated", 2)]
    assert sampler.pool(here) == 80


@both
def test_naming_originals_makes_all_parts_shares_of_the_batch(sampler, context) -> None:
    here = context(mix={"originals": 1.0, "generated": 1.0, "linear": 2.0}, size=16)
    assert [group.sources.shape[1] for group in sampler.compose(here)] == [4, 4, 8]
    assert sampler.pool(here) == 80


@both
def test_synthetic_classes_are_drawn_in_proportion_to_their_banks(sampler, context) -> None:
    here = context(bank={2: 72, 3: 8}, steps=3000)
    labels = torch.cat([here.labels, here.bank_labels])
    for group in sampler.compose(here)[1:]:
        share = (labels[group.sources[..., 0]] == 2).double().mean().item()
        assert share == pytest.approx(0.9, abs=0.02)


def test_instance_shows_every_original_and_bank_image_equally_often(context) -> None:
    # 8 originals and 2 generated images a step: 30 passes over 60 and 22 and a half over 20.
    here = context(mix={"originals": 4.0, "generated": 1.0}, size=10, steps=225)
    originals, generated = Instance().compose(here)
    assert (torch.bincount(originals.sources.flatten()) == 30).all()
    shown = torch.bincount(generated.sources.flatten() - 60)
    assert shown.sum() == 450
    assert set(shown.tolist()) == {22, 23}


def test_instance_deals_the_classes_of_virtual_images_exactly(context) -> None:
    here = context(mix={"originals": 4.0, "linear": 1.0}, size=10, steps=100)
    linear = Instance().compose(here)[1].sources[..., 0]
    labels = torch.cat([here.labels, here.bank_labels])[linear].flatten().view(-1, 20)
    assert ((labels == 2).sum(dim=1) == 12).all()


def test_standard_draws_with_replacement(context) -> None:
    here = context(mix={"originals": 1.0}, steps=600, size=10)
    counts = torch.bincount(Standard().compose(here)[0].sources.flatten(), minlength=60).double()
    # 6,000 draws over 60 images: mean 100 each, with the multinomial's deviation of 9.9.
    assert counts.mean() == 100
    assert 6 < counts.std() < 14


def test_passes_over_originals_alone_are_plain_training(context) -> None:
    here = context(mix={"originals": 1.0}, steps=6, size=10)
    (group,) = Instance().compose(here)
    assert sorted(group.sources.flatten().tolist()) == list(range(60))
    assert Instance().pool(here) == 60
    assert torch.allclose(Instance().prior(here, 0), torch.tensor([30, 20, 6, 4]).double() / 60)


def test_oversampling_passes_hold_every_original_and_bring_each_class_to_the_largest(context) -> None:
    # 4 classes of 30: a pass is 120 images, 12 steps of 10.
    here = context(mix={"originals": 1.0}, steps=36, size=10)
    (group,) = RandomOversampling().compose(here)
    assert RandomOversampling().pool(here) == 120
    passes = group.sources.view(3, 120)
    for shown in passes:
        assert torch.bincount(here.labels[shown], minlength=4).tolist() == [30] * 4
        assert set(shown.tolist()) == set(range(60))
    assert not torch.equal(passes[0].sort().values, passes[1].sort().values)


def test_oversampling_repeats_are_drawn_with_replacement(context) -> None:
    here = context(mix={"originals": 1.0}, steps=1200, size=10)
    shown = torch.bincount(RandomOversampling().compose(here)[0].sources.flatten())
    # 100 passes: images of the largest class once each, of the smallest 1 + Binomial(26, 1/4) times.
    assert (shown[here.labels == 0] == 100).all()
    smallest = shown[here.labels == 3].double() / 100
    assert smallest.mean() == 7.5
    assert smallest.std() > 0.02


def test_oversampling_leaves_a_class_without_images_out(context) -> None:
    here = context((5, 0, 2), bank={}, mix={"originals": 1.0}, minority=(2,), size=5)
    assert RandomOversampling().pool(here) == 10
    assert RandomOversampling().prior(here, 0).tolist() == [0.5, 0, 0.5]
