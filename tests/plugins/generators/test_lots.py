"""The random numbers of a fit."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from augbench_plugins.generators._lots import BLOCK, ByClass, Passes, Sizes, lots

SIZES = Sizes(batch=4, n_critic=3, latent=5)


def drawn(iterations, seed=0, sizes=SIZES):
    rng = torch.Generator().manual_seed(seed)
    deck, found = Passes(7, rng), []
    while len(found) < iterations:
        found += lots(sizes, deck, rng, torch.device("cpu"))
    return found[:iterations]


@given(images=st.integers(1, 9), counts=st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_each_pass_shows_every_image_once(images, counts):
    passes = Passes(images, torch.Generator().manual_seed(0))
    indices = torch.cat([passes.take(count) for count in counts])
    assert len(indices) == sum(counts)
    for whole in indices[: len(indices) // images * images].view(-1, images):
        assert sorted(whole.tolist()) == list(range(images))


def test_an_iteration_has_numbers_for_each_update_of_the_critic_and_one_of_the_generator():
    lot = drawn(1)[0]
    assert lot.reals.shape == lot.shares.shape == (3, 4)
    assert lot.critic_latents.shape == (3, 4, 5)
    assert lot.generator_latents.shape == (4, 5)


def test_a_longer_fit_draws_the_same_numbers_first():
    short, long = drawn(BLOCK - 3), drawn(BLOCK + 9)
    assert (len(short), len(long)) == (BLOCK - 3, BLOCK + 9)
    for one, other in zip(short, long, strict=False):
        assert torch.equal(one.reals, other.reals)
        assert torch.equal(one.critic_latents, other.critic_latents)


def test_latents_are_standard_normal_and_shares_uniform():
    lot = drawn(2 * BLOCK)
    latents = torch.cat([one.critic_latents.flatten() for one in lot])
    shares = torch.cat([one.shares.flatten() for one in lot])
    assert abs(latents.mean()) < 5 / len(latents) ** 0.5
    assert abs(latents.var() - 1) < 5 * (2 / len(latents)) ** 0.5
    assert 0 <= shares.min() <= shares.max() < 1
    assert abs(shares.mean() - 0.5) < 5 * (1 / 12 / len(shares)) ** 0.5


def test_no_latent_is_used_twice():
    latents = torch.cat([torch.cat([one.critic_latents.flatten(0, 1), one.generator_latents]) for one in drawn(BLOCK + 1)])
    assert len(latents.unique(dim=0)) == len(latents)


@pytest.mark.parametrize(("power", "shares"), [(0.0, [1 / 3, 1 / 3, 0, 1 / 3]), (1.0, [0.6, 0.3, 0, 0.1]), (0.5, [0.473, 0.334, 0, 0.193])])
def test_classes_are_drawn_by_a_power_of_their_counts_and_their_images_alike(power, shares):
    labels = torch.tensor([0] * 6 + [1] * 3 + [3])
    dealt = ByClass(labels, power, torch.Generator().manual_seed(0)).take(20_000)
    found = torch.bincount(labels[dealt], minlength=4) / 20_000
    assert found.tolist() == pytest.approx(shares, abs=0.015)
    assert torch.bincount(dealt)[:6].double().std() < 5 * (20_000 / 18) ** 0.5


def test_images_whose_classes_the_generator_is_to_draw_come_last_so_that_nothing_else_changes():
    plain, told = drawn(2)[0], drawn(2, sizes=replace(SIZES, lookalikes=True))[0]
    assert (plain.lookalikes.shape, told.lookalikes.shape) == ((0,), (4,))
    assert all(
        torch.equal(getattr(plain, name), getattr(told, name)) for name in ("reals", "critic_latents", "shares", "generator_latents")
    )
