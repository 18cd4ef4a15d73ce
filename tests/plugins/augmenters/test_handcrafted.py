"""Affine, perspective, shifts, contrast, noise and erasing, image by image against torchvision."""

import math

import numpy as np
import pytest
import scipy.stats
import torch
from torchvision.transforms import v2
from torchvision.transforms.v2 import InterpolationMode, functional

from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters.affine import Affine, MapDraw, affine_maps
from augbench_plugins.augmenters.brightness import BrightnessDraw
from augbench_plugins.augmenters.contrast import Contrast
from augbench_plugins.augmenters.erasing import Erasing, ErasingDraw
from augbench_plugins.augmenters.noise import Noise, NoiseDraw
from augbench_plugins.augmenters.perspective import Perspective, corner_maps
from augbench_plugins.augmenters.shifts import Shifts, ShiftsDraw

BILINEAR = InterpolationMode.BILINEAR
SHAPE = (3, 24, 40)


def column(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers)


@pytest.mark.parametrize(
    ("angle", "right", "down", "scale", "shear"),
    [(30, 0, 0, 1, 0), (0, 5, -3, 1, 0), (0, 0, 0, 1.3, 0), (0, 0, 0, 1, 20), (-75, 4, 2, 0.8, -15), (180, 0, 0, 1, 0), (90, 0, 0, 1, 0)],
)
def test_an_affine_image_is_torchvisions(angle, right, down, scale, shear, images) -> None:
    sources = images(1, 1, SHAPE)
    maps = affine_maps(column(angle), column(right), column(down), column(scale), column(shear), SHAPE[1:])
    made = Affine(outside="black").apply(sources, MapDraw(map=maps)).images
    theirs = functional.affine(sources[0], angle, [right, down], scale, [shear, 0], interpolation=BILINEAR)
    assert torch.allclose(made, theirs, atol=2e-4)


def test_a_rotation_by_nothing_or_a_full_turn_is_the_identity(images) -> None:
    sources = images(2, 1, SHAPE)
    nothing = torch.zeros(2)
    maps = affine_maps(column(0, 360), nothing, nothing, torch.ones(2), nothing, SHAPE[1:])
    for outside in ("mirror", "edge", "black"):
        assert torch.allclose(Affine(outside=outside).apply(sources, MapDraw(map=maps)).images, sources[:, 0], atol=2e-5)


def test_affine_amounts_are_uniform_within_their_ranges(context, rng) -> None:
    augmenter = Affine(rotation=40, translation=0.1, scale_low=0.5, scale_high=2, shear=0)
    maps = augmenter.draw(context(4000, 1, SHAPE), rng()).map.double()
    pixels = maps[:, :2, :2] * torch.tensor([[1, SHAPE[2] / SHAPE[1]], [SHAPE[1] / SHAPE[2], 1]])
    scale = pixels.det().rsqrt()
    angle = torch.rad2deg(torch.atan2(-pixels[:, 1, 0], pixels[:, 1, 1]))
    shift = -torch.linalg.solve(maps[:, :2, :2], maps[:, :2, 2]) / 2
    for numbers, low, high in ((scale, 0.5, 2), (angle, -40, 40), (shift[:, 0], -0.1, 0.1), (shift[:, 1], -0.1, 0.1)):
        assert scipy.stats.kstest(numbers.numpy(), scipy.stats.uniform(low, high - low).cdf).pvalue > 0.01
    leaning = Affine(rotation=0, translation=0, scale_low=1, scale_high=1, shear=20).draw(context(4000, 1), rng()).map
    lean = torch.rad2deg(leaning[:, 0, 1].double().atan()).numpy()
    assert scipy.stats.kstest(lean, scipy.stats.uniform(-20, 40).cdf).pvalue > 0.01


def test_a_perspective_is_torchvisions(images) -> None:
    height, width = SHAPE[1:]
    sources = images(1, 1, SHAPE)
    corners = torch.tensor([[[-0.8, -0.9], [0.7, -1.0], [0.95, 0.75], [-1.0, 0.6]]])
    made = Perspective(outside="black").apply(sources, MapDraw(map=corner_maps(corners))).images
    ends = ((corners[0] + 1) / 2 * torch.tensor([width, height])).tolist()
    starts = [[0, 0], [width, 0], [width, height], [0, height]]
    theirs = functional.perspective(sources[0], starts, ends, interpolation=BILINEAR)
    assert torch.allclose(made, theirs, atol=1e-3)


def test_corners_go_where_they_are_drawn(context, rng) -> None:
    maps = Perspective(distortion=0.5).draw(context(3000, 1), rng()).map.double()
    corners = torch.tensor([[-1.0, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]).double()
    places = corners @ torch.linalg.inv(maps).mT
    inward = 1 - (places[..., :2] / places[..., 2:]) * corners[:, :2]
    assert scipy.stats.kstest(inward.flatten().numpy(), scipy.stats.uniform(0, 0.5).cdf).pvalue > 0.01


def test_no_perspective_passes_the_horizon(context, rng) -> None:
    maps = Perspective(distortion=0.6).draw(context(5000, 1), rng()).map
    corners = torch.tensor([[-1.0, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]])
    assert torch.linalg.det(maps).min() > 0
    # Of the quadrilateral itself: whatever lies outside it shows nothing of the image.
    places = corners @ torch.linalg.inv(maps).mT
    assert (places[..., 2] * places[:, :1, 2] > 0).all()


def test_no_distortion_is_the_identity(context, images, rng) -> None:
    sources, augmenter = images(4, 1), Perspective(distortion=0)
    assert torch.allclose(augmenter.apply(sources, augmenter.draw(context(4, 1), rng())).images, sources[:, 0], atol=1e-5)


def test_geometry_leaves_no_black_corner_unless_asked(context, rng) -> None:
    white = torch.ones(50, 1, 3, 16, 16)
    for kind, wanted in ((Affine, {"rotation": 90}), (Perspective, {"distortion": 0.6}), (Shifts, {"horizontal": 0.5})):
        for outside, least in (("mirror", 0.9999), ("edge", 0.9999), ("black", 0)):
            augmenter = kind(outside=outside, **wanted)
            made = augmenter.apply(white, augmenter.draw(context(50, 1, (3, 16, 16)), rng())).images
            assert made.min() >= least
            assert (made == 0).any() == (outside == "black")


@pytest.mark.parametrize(("outside", "mode"), [("mirror", "symmetric"), ("edge", "edge"), ("black", "constant")])
def test_shifted_images_are_those_of_numpys_padding(outside, mode, context, images, rng) -> None:
    shape = (2, 6, 10)
    augmenter = Shifts(horizontal=1, vertical=0.5, outside=outside)
    sources, draw = images(300, 1, shape), augmenter.draw(context(300, 1, shape), rng())
    assert set(draw.down.tolist()) == set(range(-3, 4))
    assert set(draw.right.tolist()) == set(range(-10, 11))
    made = augmenter.apply(sources, draw).images
    for index, (down, right) in enumerate(zip(draw.down.tolist(), draw.right.tolist(), strict=True)):
        padded = np.pad(sources[index, 0].numpy(), ((0, 0), (6, 6), (10, 10)), mode=mode)
        assert np.array_equal(made[index].numpy(), padded[:, 6 - down : 12 - down, 10 - right : 20 - right])


def test_a_shift_is_torchvisions(images) -> None:
    sources = images(1, 1, SHAPE)
    made = Shifts(outside="black").apply(sources, ShiftsDraw(down=torch.tensor([-3]), right=torch.tensor([5]))).images
    theirs = functional.affine(sources[0], 0, [5, -3], 1, [0, 0], interpolation=InterpolationMode.NEAREST)
    assert torch.equal(made, theirs)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
def test_contrast_is_torchvisions(channels, factor, images) -> None:
    sources = images(2, 1, (channels, 9, 7))
    made = Contrast().apply(sources, BrightnessDraw(factor=column(factor, factor))).images
    assert torch.allclose(made, functional.adjust_contrast(sources[:, 0], factor), atol=1e-6)


def test_contrast_of_other_channels_keeps_the_mean(images) -> None:
    sources = images(3, 1, (5, 8, 8)) * 0.2 + 0.4
    made = Contrast().apply(sources, BrightnessDraw(factor=column(0.5, 1, 1.5))).images
    assert torch.allclose(made.mean(dim=(1, 2, 3)), sources.mean(dim=(1, 2, 3, 4)), atol=1e-6)
    assert torch.allclose(made.std(dim=(1, 2, 3)), column(0.5, 1, 1.5) * sources[:, 0].std(dim=(1, 2, 3)), atol=1e-6)


def test_noise_is_gaussian_independent_and_of_the_deviation_drawn(context, rng) -> None:
    grey = torch.full((50, 1, 3, 32, 32), 0.5)
    sd = torch.linspace(0.01, 0.08, 50)
    made = Noise().apply(grey, NoiseDraw(sd=sd, seed=torch.arange(50))).images - 0.5
    assert torch.allclose(made.std(dim=(1, 2, 3)), sd, rtol=0.06)
    assert scipy.stats.kstest((made / sd[:, None, None, None]).flatten().numpy()[:100_000], "norm").pvalue > 0.01
    assert torch.corrcoef(made.transpose(0, 1).flatten(1)).fill_diagonal_(0).abs().max() < 0.02
    drawn = Noise(low=0.1, high=0.3).draw(context(3000, 1), rng()).sd.numpy()
    assert scipy.stats.kstest(drawn, scipy.stats.uniform(0.1, 0.2).cdf).pvalue > 0.01


def test_noise_of_no_deviation_is_nothing(images) -> None:
    sources = images(3, 1)
    made = Noise().apply(sources, NoiseDraw(sd=torch.zeros(3), seed=torch.arange(3))).images
    assert torch.equal(made, sources[:, 0])


def test_a_box_is_erased_as_torchvision_does(images) -> None:
    sources = images(2, 1)
    draw = ErasingDraw(box=torch.tensor([[1, 2, 4, 3], [0, 0, 0, 0]]), seed=torch.tensor([1, 2]))
    assert torch.equal(Erasing().apply(sources, draw).images[0], functional.erase(sources[0, 0], 1, 2, 4, 3, torch.tensor(0.0)))
    mean = functional.erase(sources[0, 0], 1, 2, 4, 3, sources[0, 0].mean(dim=(1, 2), keepdim=True))
    assert torch.equal(Erasing(paint="mean").apply(sources, draw).images[0], mean)
    painted = Erasing(paint="random").apply(sources, draw).images
    changed = painted[0] != sources[0, 0]
    assert changed[:, 1:5, 2:5].all()
    assert changed.sum() == 3 * 4 * 3
    assert torch.equal(painted[1], sources[1, 0])


def test_boxes_have_the_areas_and_shapes_of_torchvision(context, rng) -> None:
    count, shape = 4000, (3, 32, 48)
    drawn = Erasing(rate=1).draw(context(count, 1, shape), rng()).box.double()
    image = torch.zeros(shape)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        made = [v2.RandomErasing(p=1).make_params([image]) for _ in range(count)]
    theirs = torch.tensor([[each[name] for name in ("i", "j", "h", "w")] for each in made]).double()
    for which in (
        lambda box: box[:, 2] * box[:, 3],
        lambda box: (box[:, 2] / box[:, 3]).log(),
        lambda box: box[:, 0],
        lambda box: box[:, 1],
    ):
        assert scipy.stats.ks_2samp(which(drawn).numpy(), which(theirs).numpy()).pvalue > 0.01


def test_as_many_images_are_erased_as_the_rate_says_and_boxes_that_never_fit_erase_nothing(context, rng) -> None:
    box = Erasing(rate=0.3).draw(context(5000, 1, (3, 32, 32)), rng()).box
    assert (box[:, 2] > 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    never = Erasing(rate=1, area_low=1, area_high=1).draw(context(50, 1), rng()).box
    assert not never[:, 2:].any()
    assert math.isclose(Erasing().rate, 0.5)


def test_empty_ranges_are_refused() -> None:
    for kind, wrong, message in (
        (Affine, {"scale_low": 2}, "scale-low = 2 is above scale-high = 1.1; swap them"),
        (Contrast, {"low": 2}, "low = 2 is above high = 1.5; swap them"),
        (Noise, {"low": 1}, "low = 1 is above high = 0.05; swap them"),
        (Erasing, {"area_low": 0.5}, "area-low = 0.5 is above area-high = 0.33; swap them"),
        (Erasing, {"ratio_high": 0.1}, "ratio-low = 0.3 is above ratio-high = 0.1; swap them"),
    ):
        with pytest.raises(EmptyRange) as caught:
            kind(**wrong)
        assert str(caught.value) == message
