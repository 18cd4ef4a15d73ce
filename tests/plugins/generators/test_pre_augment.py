"""The enlarged class: geometry against torchvision, edges, determinism."""

import pytest
import torch
from torchvision.transforms.v2 import InterpolationMode, functional

from augbench_plugins.augmenters._warp import warp
from augbench_plugins.generators import _pre_augment
from augbench_plugins.generators._pre_augment import CONTRAST, PERSPECTIVE, ROTATION, SCALE, SHEAR, SHIFT, enlarge, homographies

SIDE = 32


def smooth(count=1):
    places = torch.linspace(0, 3, SIDE)
    waves = torch.sin(places[:, None] * 2) * torch.cos(places)
    return (0.5 + 0.4 * torch.stack([waves, waves.T, waves.flip(0)])).expand(count, 3, SIDE, SIDE).contiguous()


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_drawn_maps_are_a_rotation_a_scale_a_shear_a_shift_and_a_perspective():
    stream = rng(4)

    def drawn(middle, reach, *shape):
        return (middle + reach * (2 * torch.rand(shape, generator=stream) - 1)).double()

    angle, shear = drawn(0, ROTATION, 3), drawn(0, SHEAR, 3)
    scale, shift, lean = drawn(1, SCALE, 3), drawn(0, 2 * SHIFT, 3, 2), drawn(0, PERSPECTIVE, 3, 2)
    for which, ours in enumerate(homographies(3, rng(4)).double()):
        turn = torch.tensor([[angle[which].cos(), -angle[which].sin()], [angle[which].sin(), angle[which].cos()]])
        expected = torch.eye(3, dtype=torch.float64)
        expected[:2, :2] = turn @ torch.tensor([[1.0, shear[which]], [0.0, 1.0]], dtype=torch.float64) / scale[which]
        expected[:2, 2], expected[2, :2] = shift[which], lean[which]
        assert torch.allclose(ours, expected, atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_images_are_bent_along_a_drawn_map_as_torchvision_does(seed):
    maps = homographies(1, rng(seed))
    corners = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    sources = torch.cat([corners, torch.ones(4, 1)], 1) @ maps[0].T
    coefficients = solved(pixels(corners), pixels(sources[:, :2] / sources[:, 2:]))
    theirs = functional.perspective(smooth(), None, None, interpolation=InterpolationMode.BILINEAR, coefficients=coefficients)
    inside = (..., slice(8, 24), slice(8, 24))
    assert torch.allclose(warp(smooth(), maps, "mirror")[inside], theirs[inside], atol=1e-4)
    assert not torch.allclose(smooth()[inside], theirs[inside], atol=1e-2)


@pytest.fixture
def unbent(monkeypatch):
    """Leave the geometry alone."""
    monkeypatch.setattr(_pre_augment, "homographies", lambda count, rng: torch.eye(3).expand(count, 3, 3))


def test_contrast_is_that_of_torchvision(unbent, monkeypatch):
    monkeypatch.setattr(_pre_augment, "NOISE", 0.0)
    image = (smooth()[:, :1] * 255).to(torch.uint8)
    changed = enlarge(image, 5, 255.0, rng(2))[1:]
    factors = 1 + CONTRAST * (2 * torch.rand(4, generator=rng(2)) - 1)
    expected = torch.stack([functional.adjust_contrast(image[0].float() / 255, factor.item()) for factor in factors]) * 255
    assert (changed - expected).abs().max() < 0.51


def test_noise_is_one_level_of_256(unbent):
    plain = torch.full((1, 1, SIDE, SIDE), 30000).to(torch.uint16)
    changed = enlarge(plain, 41, 65535.0, rng())[1:].double()
    assert changed.std() / 65535 == pytest.approx(1 / 256, rel=0.05)


def pixels(points):
    """Turn [-1, 1] into torchvision's pixels, whose first centre is at 0.5."""
    return ((points + 1) * SIDE / 2).tolist()


def solved(outputs, sources):
    """Solve for torchvision's eight coefficients, which map output pixels to source pixels."""
    rows, values = [], []
    for (x, y), (u, v) in zip(outputs, sources, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return torch.linalg.solve(torch.tensor(rows, dtype=torch.float64), torch.tensor(values, dtype=torch.float64)).tolist()


def test_no_position_passes_the_horizon():
    maps = homographies(2000, rng())
    assert maps[:, 2, :2].abs().max() <= PERSPECTIVE
    corners = torch.tensor([[x, y, 1.0] for x in (-1, 1) for y in (-1, 1)])
    assert (corners @ maps[:, 2].T > 0.5).all()


def test_the_originals_stay_first_and_each_is_changed_equally_often():
    images = torch.stack([torch.full((3, SIDE, SIDE), value, dtype=torch.uint8) for value in (20, 120, 220)])
    enlarged = enlarge(images, 11, 255.0, rng())
    assert len(enlarged) == 11
    assert enlarged.dtype == torch.uint8
    assert torch.equal(enlarged[:3], images)
    # A plain image stays plain but for the noise, so its level tells the source.
    levels = enlarged[3:].float().mean((1, 2, 3))
    sources = (levels[:, None] - torch.tensor([20.0, 120.0, 220.0])).abs().argmin(1)
    assert sources.bincount().tolist() == [3, 3, 2]


def test_corners_are_mirrored_and_not_black():
    white = torch.full((1, 3, SIDE, SIDE), 250, dtype=torch.uint8)
    assert enlarge(white, 200, 255.0, rng())[1:].min() > 200


def test_changed_images_differ_from_the_original_and_from_each_other():
    image = (smooth() * 255).to(torch.uint8)
    changed = enlarge(image, 5, 255.0, rng()).float()
    distances = torch.cdist(changed.flatten(1), changed.flatten(1)) / changed[0].numel() ** 0.5
    assert (distances + 100 * torch.eye(5)).min() > 3
    assert abs(changed[1:].mean() - changed[0].mean()) < 20


def test_a_class_that_is_large_enough_is_left_alone():
    images = (smooth(4) * 255).to(torch.uint8)
    assert enlarge(images, 4, 255.0, rng()) is images
    assert enlarge(images, 0, 255.0, rng()) is images


def test_the_stream_alone_decides(blobs):
    before = torch.get_rng_state()
    first, same, other = (enlarge(blobs, 40, 255.0, rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("channels", [1, 4])
def test_sixteen_bit_images_keep_their_type_and_range(channels):
    images = torch.full((2, channels, SIDE, SIDE), 60000).to(torch.uint16)
    enlarged = enlarge(images, 6, 65535.0, rng())
    assert enlarged.dtype == torch.uint16
    assert enlarged[2:].float().mean() == pytest.approx(60000, rel=0.02)
