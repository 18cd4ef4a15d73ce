"""Random numbers for augmenters."""

import numpy as np
import pytest
import scipy.stats
import torch

from augbench import DrawContext, draws


def context(steps: int = 50, per_step: int = 40) -> DrawContext:
    return DrawContext(
        steps=steps,
        per_step=per_step,
        shape=(3, 8, 8),
        labels=torch.zeros(steps * per_step, 1, dtype=torch.int64),
        class_counts=torch.tensor([9]),
    )


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


LAWS = {
    "uniform": (lambda per, seed=0: draws.uniform(context(), rng(seed), -1, 3, per), scipy.stats.uniform(-1, 4)),
    "normal": (lambda per, seed=0: draws.normal(context(), rng(seed), 2, 0.5, per), scipy.stats.norm(2, 0.5)),
    "beta": (lambda per, seed=0: draws.beta(context(), rng(seed), 0.4, 2.0, per=per), scipy.stats.beta(0.4, 2.0)),
    "narrow beta": (lambda per, seed=0: draws.beta(context(), rng(seed), 30.0, 30.0, per=per), scipy.stats.beta(30, 30)),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_what_it_is_called(name: str) -> None:
    draw, law = LAWS[name]
    numbers = draw("sample")
    assert numbers.dtype == torch.float32
    assert scipy.stats.kstest(numbers.numpy(), law.cdf).pvalue > 0.01


def test_a_truncated_beta_is_the_beta_between_its_ends() -> None:
    numbers = draws.beta(context(), rng(), 2.0, 2.0, 0.15, 0.85).numpy()
    law = scipy.stats.beta(2, 2)
    below, upto = law.cdf(0.15), law.cdf(0.85)
    assert numbers.min() >= 0.15
    assert numbers.max() <= 0.85
    assert scipy.stats.kstest(numbers, lambda x: (law.cdf(x) - below) / (upto - below)).pvalue > 0.01


def test_a_beta_of_tiny_shapes_is_a_coin_and_no_nan() -> None:
    numbers = draws.beta(context(), rng(), 1e-3, 1e-3)
    assert ((numbers >= 0) & (numbers <= 1)).all()
    assert ((numbers < 1e-6) | (numbers > 1 - 1e-6)).float().mean() > 0.95
    assert abs(numbers.mean() - 0.5) < 0.05


def test_integers_are_equally_frequent_and_exclude_the_upper_bound() -> None:
    counts = torch.bincount(draws.integers(context(), rng(), 3, 7), minlength=8)
    assert counts[[0, 1, 2, 7]].sum() == 0
    assert scipy.stats.chisquare(counts[3:7]).pvalue > 0.01


@pytest.mark.parametrize("name", LAWS)
def test_a_draw_for_each_batch_repeats_within_a_step_only(name: str) -> None:
    numbers = LAWS[name][0]("batch").view(50, 40)
    assert (numbers == numbers[:, :1]).all()
    assert len(numbers[:, 0].unique()) == 50


@pytest.mark.parametrize("name", LAWS)
def test_a_stream_decides_every_number(name: str) -> None:
    draw = LAWS[name][0]
    before = torch.get_rng_state()
    assert torch.equal(draw("sample", 1), draw("sample", 1))
    assert not torch.equal(draw("sample", 1), draw("sample", 2))
    assert torch.equal(torch.get_rng_state(), before)


def test_nothing_is_drawn_for_no_image() -> None:
    for empty in (context(0, 4), context(4, 0)):
        assert [len(draws.uniform(empty, rng(), per=per)) for per in ("sample", "batch")] == [0, 0]
        assert len(draws.beta(empty, rng(), 1, 1)) == 0


def test_seeds_are_drawn_for_each_image_or_once_a_step() -> None:
    found = draws.seeds(context(), rng())
    assert found.dtype == torch.int64
    assert len(found.unique()) == 2000
    assert len(draws.seeds(context(), rng(), "batch").unique()) == 50
    assert draws.uniform_pixels(found[:4], (3, 5, 2)).shape == (4, 3, 5, 2)


def test_random_numbers_of_pixels_are_independent_and_of_their_laws() -> None:
    numbers = draws.uniform_pixels(torch.arange(64), (3, 32, 32)).double()
    assert scipy.stats.kstest(numbers.flatten().numpy()[:100_000], "uniform").pvalue > 0.01
    assert scipy.stats.kstest(draws.normal_pixels(torch.arange(64), (3, 32, 32)).flatten().numpy()[:100_000], "norm").pvalue > 0.01
    rows = numbers.flatten(1)
    between = torch.corrcoef(rows)[~torch.eye(64, dtype=torch.bool)]
    assert between.abs().max() < 5 / 3072**0.5
    for lag in (1, 2, 32, 1024):
        assert abs(np.corrcoef(rows[:, lag:].flatten(), rows[:, :-lag].flatten())[0, 1]) < 0.01
    # Seeds that differ in one high bit are as far apart as any.
    far = torch.corrcoef(draws.uniform_pixels(torch.tensor([5, 5 + 2**30]), (1, 64, 64)).double().flatten(1))[0, 1]
    assert far.abs() < 0.08


def test_the_scrambled_numbers_are_those_of_the_published_function() -> None:
    from augbench.values.draws import _scrambled

    def published(x: int) -> int:
        x = ((x ^ (x >> 16)) * 0x21F0AAAD) % 2**32
        x = ((x ^ (x >> 15)) * 0x735A2D97) % 2**32
        return x ^ (x >> 15)

    given = [0, 1, 12345, 2**31, 2**32 - 1, 0xDEADBEEF]
    scrambled = _scrambled(torch.tensor(given).to(torch.int32))
    assert [x % 2**32 for x in scrambled.tolist()] == [published(x) for x in given]
