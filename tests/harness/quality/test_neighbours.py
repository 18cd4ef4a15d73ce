"""Neighbourhoods against loops over images, and copies."""

import math

import pytest
import torch

from augbench.quality.neighbours import nearest_real, nearest_real_ratio, neighbourhoods
from augbench.values.errors import TooFewFeatures


def normal(count, dimension, seed):
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def lattice(count, seed):
    """Return points of a small lattice, where many distances are equal."""
    return torch.randint(0, 4, (count, 2), generator=torch.Generator().manual_seed(seed))


def by_loops(real, fake, nearest, within):
    real, fake = real.tolist(), fake.tolist()
    radius = lambda i, xs: sorted(math.dist(xs[i], x) for j, x in enumerate(xs) if j != i)[nearest - 1]  # noqa: E731
    real_radii, fake_radii = ([radius(i, xs) for i in range(len(xs))] for xs in (real, fake))
    inside = [[within(math.dist(x, y), r) for x, r in zip(real, real_radii, strict=True)] for y in fake]
    precision = sum(map(any, inside)) / len(fake)
    recall = sum(any(within(math.dist(x, y), r) for y, r in zip(fake, fake_radii, strict=True)) for x in real) / len(real)
    density = sum(map(sum, inside)) / len(fake) / nearest
    coverage = sum(within(min(math.dist(x, y) for y in fake), r) for x, r in zip(real, real_radii, strict=True)) / len(real)
    return precision, recall, density, coverage


@pytest.mark.parametrize("nearest", [1, 3, 5])
@pytest.mark.parametrize(("convention", "within"), [("prdc", float.__lt__), ("torch-fidelity", float.__le__)])
@pytest.mark.parametrize(
    "sets", [(normal(30, 3, 0), normal(20, 3, 1) + 0.5), (lattice(12, 0), lattice(9, 1))], ids=["normal", "equal distances"]
)
def test_they_are_the_counts_as_written(sets, nearest, convention, within):
    found = neighbourhoods(*sets, nearest, convention)
    assert (found.precision, found.recall, found.density, found.coverage) == pytest.approx(by_loops(*sets, nearest, within))


def test_the_conventions_differ_at_the_border_of_a_ball():
    real, fake = torch.tensor([[0.0], [1.0], [3.0]]), torch.tensor([[-1.0], [5.0]])
    open_balls, closed_balls = (neighbourhoods(real, fake, 1, convention) for convention in ("prdc", "torch-fidelity"))
    assert (open_balls.precision, open_balls.coverage) == (0, 0)
    assert (closed_balls.precision, closed_balls.coverage) == (1, pytest.approx(2 / 3))


def test_images_far_away_are_neither_precise_nor_cover_anything():
    found = neighbourhoods(normal(20, 4, 0), normal(20, 4, 1) + 100, 3, "prdc")
    assert (found.precision, found.recall, found.density, found.coverage) == (0, 0, 0, 0)


def test_one_repeated_image_is_precise_and_recalls_nothing():
    real = normal(200, 4, 0)
    collapsed = real[:1] + 1e-3 * normal(50, 4, 1)
    found = neighbourhoods(real, collapsed, 3, "torch-fidelity")
    assert found.precision == 1
    assert found.recall <= 0.005
    assert found.coverage < 0.1


def test_large_draws_of_one_law_have_a_density_of_one_and_the_known_coverage():
    # Naeem 2020: coverage is 1 - (M - 1)...(M - k) / ((2 M - 1)...(2 M - k)) at equal M.
    found = neighbourhoods(normal(1500, 8, 0), normal(1500, 8, 1), 5, "prdc")
    expected = 1 - math.prod((1500 - i) / (3000 - i) for i in range(1, 6))
    assert found.density == pytest.approx(1, abs=0.05)
    assert found.coverage == pytest.approx(expected, abs=0.02)


def test_the_nearest_real_image_is_found():
    real, fake = normal(30, 5, 0), normal(10, 5, 1)
    distances, indices = nearest_real(real, fake)
    expected = [min((math.dist(x, y), i) for i, x in enumerate(real.tolist())) for y in fake.tolist()]
    assert indices.tolist() == [i for _, i in expected]
    assert distances.tolist() == pytest.approx([distance for distance, _ in expected])


def test_copies_have_a_ratio_of_exactly_zero_and_new_images_about_one():
    real = normal(400, 6, 0)
    assert nearest_real_ratio(real, real[:100]) == 0
    assert nearest_real_ratio(real, normal(400, 6, 1)) == pytest.approx(1, abs=0.1)
    assert nearest_real_ratio(real, real + 0.01 * normal(400, 6, 1)) < 0.05


def test_the_ratio_is_that_of_the_medians():
    real, fake = torch.tensor([[0.0], [1.0], [3.0], [7.0]]), torch.tensor([[0.5], [9.0]])
    # Reals: 1, 1, 2, 4, median 1.5; generated: 0.5 and 2, median 1.25.
    assert nearest_real_ratio(real, fake) == pytest.approx(1.25 / 1.5)


def test_fewer_images_than_neighbours_are_refused():
    message = "a comparison of the 5 nearest neighbours needs 6 real images or more, not 5 real images"
    with pytest.raises(TooFewFeatures, match=message):
        neighbourhoods(normal(5, 3, 0), normal(9, 3, 0), 5, "prdc")
    with pytest.raises(TooFewFeatures, match="the ratio of nearest distances needs 2 real images"):
        nearest_real_ratio(normal(1, 3, 0), normal(9, 3, 0))
