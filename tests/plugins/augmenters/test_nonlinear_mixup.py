"""Nonlinear mixup: rotations in colour space."""

from collections import Counter

import numpy as np
import pytest
import scipy.stats
import torch
from scipy.spatial.transform import Rotation

from augbench import Facts
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters.mixup import Mixup, MixupDraw
from augbench_plugins.augmenters.nonlinear_mixup import NonlinearDraw, NonlinearMixup, rotations

PLANES = {"red": (1, 2), "green": (2, 0), "blue": (0, 1)}


def drawn(axis: str, theta: float, weight: float = 0.3) -> NonlinearDraw:
    matrix = rotations(torch.tensor([theta]), torch.tensor([PLANES[axis]]), 3)
    return NonlinearDraw(weight=torch.tensor([weight]), matrix=matrix)


def equation_4(axis: str, theta: float) -> np.ndarray:
    c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
    return np.array(
        {
            "red": [[1, 0, 0], [0, c, -s], [0, s, c]],
            "green": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
            "blue": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
        }[axis]
    )


@pytest.mark.parametrize("axis", PLANES)
@pytest.mark.parametrize("theta", [30.0, 90.0, 200.0])
@pytest.mark.parametrize("pivot", [0.0, 0.5])
def test_every_pixel_is_a_row_vector_times_the_matrix_of_equation_4(axis: str, theta: float, pivot: float, images) -> None:
    sources = images(1)
    made = NonlinearMixup(pivot=pivot, range="none").apply(sources, drawn(axis, theta)).images[0]
    mixed = (0.3 * sources[0, 0] + 0.7 * sources[0, 1]).double().numpy()
    for row in range(8):
        for column in range(8):
            expected = (mixed[:, row, column] - pivot) @ equation_4(axis, theta) + pivot
            np.testing.assert_allclose(made[:, row, column], expected, atol=1e-5)


@pytest.mark.parametrize("axis", PLANES)
def test_the_rotation_is_scipys_the_other_way_round(axis: str, images) -> None:
    # A row vector times a rotation's matrix is turned by the opposite angle.
    sources = images(1)
    made = NonlinearMixup(range="none").apply(sources, drawn(axis, 50.0, weight=1.0)).images[0]
    turn = Rotation.from_euler({"red": "x", "green": "y", "blue": "z"}[axis], -50, degrees=True)
    expected = turn.apply(sources[0, 0].flatten(1).T.double().numpy())
    np.testing.assert_allclose(made.flatten(1).T, expected, atol=1e-5)


def axis_and_angle(matrix: torch.Tensor) -> tuple[str, float]:
    """Read the axis, which a rotation leaves alone, and the angle off a matrix of Eq. 4."""
    axis = next(name for number, name in enumerate(PLANES) if matrix[number, number] == 1)
    first, second = PLANES[axis]
    return axis, float(torch.rad2deg(torch.atan2(matrix[second, first], matrix[first, first]))) % 360


def test_each_image_has_its_own_rotation(context, images, rng) -> None:
    augmenter = NonlinearMixup()
    sources, draw = images(20), augmenter.draw(context(20), rng())
    made = augmenter.apply(sources, draw).images
    found = [axis_and_angle(matrix) for matrix in draw.matrix]
    assert {axis for axis, _ in found} == set(PLANES)
    assert len({angle for _, angle in found}) == 20
    for index, (axis, theta) in enumerate(found):
        share = draw.weight[index]
        mixed = (share * sources[index, 0] + (1 - share) * sources[index, 1]).double().numpy()
        expected = np.einsum("chw,cd->dhw", mixed, equation_4(axis, theta)).clip(0, 1)
        np.testing.assert_allclose(made[index], expected, atol=1e-5)


@pytest.mark.parametrize("theta", [0.0, 360.0])
@pytest.mark.parametrize("kind", ["clip", "none", "wrap", "rescale"])
@pytest.mark.parametrize("pivot", [0.0, 0.5])
def test_no_turn_and_a_whole_turn_are_mixup(theta: float, kind: str, pivot: float, images) -> None:
    sources = images(1)
    sources[0, :, :, 0, 0] = torch.tensor([0.0, 1.0, 0.0])
    made = NonlinearMixup(range=kind, pivot=pivot).apply(sources, drawn("green", theta, weight=0.3)).images
    plain = Mixup().apply(sources, MixupDraw(weight=torch.tensor([0.3]))).images
    assert torch.equal(made, plain)


def test_a_rotation_about_black_keeps_lengths_and_about_grey_keeps_grey(context, images, rng) -> None:
    augmenter = NonlinearMixup(range="none")
    sources, draw = images(30), augmenter.draw(context(30), rng())
    plain = Mixup().apply(sources, MixupDraw(weight=draw.weight)).images
    assert torch.allclose(augmenter.apply(sources, draw).images.norm(dim=1), plain.norm(dim=1), atol=1e-5)
    grey = torch.full((30, 2, 3, 8, 8), 0.5)
    assert torch.allclose(NonlinearMixup(range="none", pivot=0.5).apply(grey, draw).images, grey[:, 0], atol=1e-6)


def test_a_share_of_pixels_leaves_the_cube_as_computed(context, rng) -> None:
    # Uniform pixels, uniform angles, black pivot: 78 % leave [0, 1]; grey pivot: 11.8 %.
    pixels = torch.rand(3000, 1, 3, 4, 4, generator=rng(3)).expand(-1, 2, -1, -1, -1)
    for pivot, expected in ((0.0, 0.78), (0.5, 0.118)):
        augmenter = NonlinearMixup(range="none", pivot=pivot)
        made = augmenter.apply(pixels, augmenter.draw(context(3000), rng())).images
        outside = ((made < 0) | (made > 1)).any(dim=1).float().mean().item()
        assert outside == pytest.approx(expected, abs=0.015)


def test_angles_are_uniform_on_the_circle_and_axes_alike_probable(context, rng) -> None:
    found = [axis_and_angle(matrix) for matrix in NonlinearMixup().draw(context(3000), rng()).matrix]
    assert scipy.stats.kstest([angle for _, angle in found], scipy.stats.uniform(0, 360).cdf).pvalue > 0.01
    assert scipy.stats.chisquare(list(Counter(axis for axis, _ in found).values())).pvalue > 0.01


def test_angles_and_axes_come_from_their_parameters(context, rng) -> None:
    augmenter = NonlinearMixup(theta_low=20, theta_high=40, axes=("green", "blue"))
    found = [axis_and_angle(matrix) for matrix in augmenter.draw(context(3000), rng()).matrix]
    assert 19.99 <= min(angle for _, angle in found) < 21 < 39 < max(angle for _, angle in found) <= 40.01
    counts = Counter(axis for axis, _ in found)
    assert set(counts) == {"green", "blue"}
    assert abs(counts["green"] - 1500) < 150


def test_more_channels_are_rotated_in_a_random_triple(context, images, rng) -> None:
    shape = (5, 4, 4)
    augmenter = NonlinearMixup(range="none")
    sources, draw = images(3000, shape=shape), augmenter.draw(context(3000, shape=shape), rng())
    made = augmenter.apply(sources, draw).images
    plain = Mixup().apply(sources, MixupDraw(weight=draw.weight)).images
    changed = (made != plain).flatten(2).any(dim=2)
    assert (changed.sum(dim=1) == 2).all()
    # A pair of channels is the plane of 3 of the 10 triples, each with one of 3 axes: all 10 pairs are alike probable.
    counts = Counter(tuple(row) for row in changed.tolist())
    assert len(counts) == 10
    assert scipy.stats.chisquare(list(counts.values())).pvalue > 0.01


def test_the_axes_of_a_triple_are_its_channels_in_order(context, rng) -> None:
    # Of four channels, the blue axis is the last of three: the planes are those of the two before it.
    matrices = NonlinearMixup(axes=("blue",)).draw(context(500, shape=(4, 2, 2)), rng()).matrix
    turned = (matrices.diagonal(dim1=1, dim2=2) != 1).nonzero()[:, 1].view(500, 2)
    assert {tuple(pair) for pair in turned.tolist()} == {(0, 1), (0, 2), (1, 2)}


def test_wrapping_is_that_of_8_bit_numbers() -> None:
    levels = torch.arange(-600, 901)
    wrapped = NonlinearMixup(range="wrap")._in_range((levels / 255).view(1, 1, 1, -1))
    expected = torch.from_numpy(levels.numpy().astype(np.uint8)).float() / 255
    difference = (wrapped.flatten() - expected).abs()
    # Rounding puts a few levels on the other side of the seam between 255 and 0.
    assert ((difference < 1e-4) | (difference > 1 - 1e-4)).all()
    assert (difference < 1e-4).float().mean() > 0.99


def test_rescaling_fits_an_image_into_range_and_leaves_one_that_fits() -> None:
    images = torch.stack([torch.linspace(-1, 3, 12), torch.linspace(0.2, 0.4, 12), torch.linspace(0.5, 2, 12)]).view(3, 3, 2, 2)
    made = NonlinearMixup(range="rescale")._in_range(images)
    assert torch.allclose(made[0].flatten(), torch.linspace(0, 1, 12))
    assert torch.equal(made[1], images[1])
    assert torch.allclose(made[2], images[2] / 2)


def facts(channels: int) -> Facts:
    return Facts(shape=(channels, 8, 8), classes=("a",), counts=(3,), minority=(), batch_size=8)


def test_images_without_colour_are_refused_with_the_reason() -> None:
    assert NonlinearMixup().supports(facts(1)) == "nonlinear-mixup rotates colours and these images have 1 channel, not 3 or more"
    assert NonlinearMixup().supports(facts(2)) == "nonlinear-mixup rotates colours and these images have 2 channels, not 3 or more"
    assert NonlinearMixup().supports(facts(3)) is None
    assert NonlinearMixup().supports(facts(5)) is None


def test_empty_ranges_are_refused() -> None:
    with pytest.raises(EmptyRange, match="theta-low = 90 is above theta-high = 10; swap them"):
        NonlinearMixup(theta_low=90, theta_high=10)
    with pytest.raises(EmptyRange, match=r"low = 0\.9 is above"):
        NonlinearMixup(low=0.9)
