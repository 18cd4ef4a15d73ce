"""The kernel distance against loops over pairs, and its being without bias."""

import pytest
import torch

from augbench.quality.kernel import kernel_distance, kernel_distance_of_subsets
from augbench.values.errors import TooFewFeatures


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(count, dimension, seed):
    return torch.randn(count, dimension, generator=rng(seed), dtype=torch.float64)


def test_it_is_the_sum_over_pairs_as_written():
    real, fake = normal(5, 3, 0), normal(7, 3, 1) + 0.5
    kernel = lambda x, y: (sum(a * b for a, b in zip(x, y, strict=True)) / 3 + 1) ** 3  # noqa: E731
    pairs = lambda xs: [kernel(x, y) for i, x in enumerate(xs) for j, y in enumerate(xs) if i != j]  # noqa: E731
    first, second = real.tolist(), fake.tolist()
    across = [kernel(x, y) for x in first for y in second]
    expected = sum(pairs(first)) / 20 + sum(pairs(second)) / 42 - 2 * sum(across) / 35
    assert kernel_distance(real, fake) == pytest.approx(expected, rel=1e-12)
    assert kernel_distance(fake, real) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("count", [50, 100, 200, 500])
def test_two_draws_of_one_law_are_within_five_thousandths_of_zero_at_any_number(count):
    distances = [kernel_distance(normal(count, 512, 2 * seed), normal(count, 512, 2 * seed + 1)) for seed in range(8)]
    assert abs(sum(distances) / 8) <= 0.005
    # Without bias, some are below zero.
    assert min(distances) < 0 < max(distances)


def test_it_agrees_with_the_distance_of_two_known_laws():
    # Means m apart in one of d directions, unit covariance: E k is known, since x.y / d + 1 has known moments.
    dimension, shift = 4, 2.0
    generator = rng()
    values = [
        kernel_distance(
            torch.randn(60, dimension, generator=generator, dtype=torch.float64),
            torch.randn(60, dimension, generator=generator, dtype=torch.float64) + torch.tensor([shift, 0, 0, 0]),
        )
        for _ in range(300)
    ]
    # E k(x, y) = 1 + 3 a + 3 b + c with a, b, c the first three moments of x.y / d.
    within = 1 + 3 * dimension / dimension**2
    moved = shift**2
    second = dimension + 2 * moved + moved**2
    third = moved**3 + 3 * moved * (dimension + 2 * moved) + 6 * moved
    within_moved = 1 + 3 * moved / dimension + 3 * second / dimension**2 + third / dimension**3
    across = 1 + 3 * (dimension + moved) / dimension**2
    expected = within + within_moved - 2 * across
    values = torch.tensor(values)
    assert values.mean().item() == pytest.approx(expected, abs=4 * values.std().item() / 300**0.5)


def test_subsets_as_large_as_the_set_give_the_distance_itself():
    real, fake = normal(9, 4, 0), normal(9, 4, 1)
    mean, deviation = kernel_distance_of_subsets(real, fake, rng(), subsets=3, size=9)
    assert mean == pytest.approx(kernel_distance(real, fake))
    assert deviation == pytest.approx(0, abs=1e-12)


def test_subsets_average_to_the_distance_and_the_stream_decides_them():
    real, fake = normal(80, 8, 0), normal(60, 8, 1) + 0.3
    first, again, other = (kernel_distance_of_subsets(real, fake, rng(seed), subsets=400, size=20) for seed in (1, 1, 2))
    assert first == again != other
    assert first[0] == pytest.approx(kernel_distance(real, fake), abs=4 * first[1] / 20)


def test_too_few_images_are_refused_with_their_number():
    with pytest.raises(TooFewFeatures) as caught:
        kernel_distance(normal(5, 3, 0), normal(1, 3, 0))
    assert str(caught.value) == (
        "the kernel distance needs 2 generated images or more, not 1 generated image; give it more, or leave it out for this class"
    )
    with pytest.raises(TooFewFeatures, match="a kernel distance of subsets of 1000 needs 1000 real images or more, not 5 real images"):
        kernel_distance_of_subsets(normal(5, 3, 0), normal(5, 3, 0), rng())
    with pytest.raises(ValueError, match=r"features are \[N, d\] and \[M, d\], not \[5, 3\] and \[5, 4\]"):
        kernel_distance(normal(5, 3, 0), normal(5, 4, 0))
