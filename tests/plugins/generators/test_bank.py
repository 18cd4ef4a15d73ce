"""Images drawn from a fitted generator."""

import pytest
import torch

from augbench_plugins.generators import _bank
from augbench_plugins.generators.wgan_div import WganDiv

TINY = WganDiv(width=4, latent=8)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def fitted(view):
    return TINY.fit(view(), rng(), lambda done, total, **numbers: None)


def test_images_have_the_data_set_s_shape_and_type(fitted, view):
    images = TINY.sample(fitted, view(), 7, rng())
    assert images.shape == (7, 3, 32, 32)
    assert images.dtype == torch.uint8
    assert images.device.type == "cpu"


def test_a_seed_gives_the_same_images_and_another_seed_others(fitted, view):
    first, same, other = (TINY.sample(fitted, view(), 5, rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_batches_of_the_bank_do_not_show(fitted, view, monkeypatch):
    whole = TINY.sample(fitted, view(), 9, rng())
    monkeypatch.setattr(_bank, "BATCH", 4)
    parts = TINY.sample(fitted, view(), 9, rng())
    assert (whole.int() - parts.int()).abs().max() <= 1


def test_the_ends_of_tanh_are_the_ends_of_the_type():
    for scale, kind in ((255.0, torch.uint8), (65535.0, torch.uint16)):
        ends = _bank._whole(torch.tensor([-1.0, 0.0, 1.0]), scale, kind)
        assert ends.dtype == kind
        assert ends.tolist() == [0, round(scale / 2), int(scale)]


def test_sixteen_bit_classes_give_sixteen_bit_images(view):
    pixels = (torch.rand(6, 1, 32, 32) * 65535).to(torch.uint16)
    wide = view(pixels, scale=65535.0)
    fitted = TINY.fit(wide, rng(), lambda done, total, **numbers: None)
    images = TINY.sample(fitted, wide, 3, rng())
    assert images.dtype == torch.uint16
    assert images.shape == (3, 1, 32, 32)
    assert images.float().max() > 255


def test_normalisation_uses_the_averages_of_training_and_not_of_the_batch(fitted, view):
    network, latents = TINY._blueprint(view()).restored(fitted.tensors), torch.randn(9, 8, generator=rng())
    with torch.no_grad():
        each = torch.cat([network(latent[None]) for latent in latents])
    expected = _bank._whole(each, 255.0, torch.uint8)
    assert (TINY.sample(fitted, view(), 9, rng()).int() - expected.int()).abs().max() <= 1
