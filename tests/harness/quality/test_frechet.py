"""The Fréchet distance against closed forms, scipy's matrix root and its own second form."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from augbench.quality.frechet import frechet_distance, frechet_distance_of_few, frechet_distance_of_many
from augbench.values.errors import TooFewFeatures

FORMS = [frechet_distance_of_few, frechet_distance_of_many]


def correlated(count, dimension, seed):
    rng = torch.Generator().manual_seed(seed)
    mixing = torch.randn(dimension, dimension, generator=rng, dtype=torch.float64)
    return torch.randn(count, dimension, generator=rng, dtype=torch.float64) @ mixing + seed


@pytest.mark.parametrize("form", FORMS)
def test_it_is_the_formula_with_scipy_s_matrix_root(form):
    real, fake = correlated(60, 12, 1), correlated(45, 12, 2)
    first, second = np.cov(real.numpy().T), np.cov(fake.numpy().T)
    shift = real.numpy().mean(0) - fake.numpy().mean(0)
    expected = shift @ shift + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert form(real, fake) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_in_one_dimension_it_is_the_differences_of_mean_and_deviation(form):
    real, fake = correlated(30, 1, 3), correlated(20, 1, 4)
    expected = (real.mean() - fake.mean()) ** 2 + (real.std() - fake.std()) ** 2
    assert form(real, fake) == pytest.approx(expected.item(), rel=1e-10)


@pytest.mark.parametrize("form", FORMS)
def test_a_shift_counts_by_its_square_and_equal_sets_are_at_zero(form):
    real = correlated(40, 6, 1)
    assert form(real, real) == pytest.approx(0, abs=1e-6)
    assert form(real, real + 3) == pytest.approx(6 * 9, rel=1e-8)


@pytest.mark.parametrize(("few", "many"), [(20, 30), (20, 200), (200, 20), (100, 120)])
def test_both_forms_agree(few, many):
    real, fake = correlated(few, 64, 1), correlated(many, 64, 2)
    other = frechet_distance_of_many(real, fake)
    assert frechet_distance_of_few(real, fake) == pytest.approx(other, rel=1e-5)
    assert frechet_distance(real, fake) == pytest.approx(other, rel=1e-5)


@pytest.mark.parametrize(
    ("count", "bias"), [(50, 781), (100, 660), (200, 510), (500, 265), pytest.param(1000, 132, marks=pytest.mark.slow)]
)
def test_two_draws_of_one_law_are_as_far_apart_as_is_known(count, bias):
    rng = torch.Generator().manual_seed(count)
    real, fake = torch.randn(2, count, 512, generator=rng)
    # The spreads' traces alone err by sqrt(2 x 2 x 512 / (count - 1)), 6.5 at 50.
    assert frechet_distance(real, fake) == pytest.approx(bias, abs=4 * (4 * 512 / (count - 1)) ** 0.5 + 1)


def test_one_image_has_no_covariance():
    with pytest.raises(TooFewFeatures, match="the Fréchet distance needs 2 real images or more, not 1 real image"):
        frechet_distance(torch.ones(1, 3), torch.ones(4, 3))
