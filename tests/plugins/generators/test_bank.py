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


def test_normalisation_uses_the_averages_of_training_and_not_of_the_batch(fitted, view):
    network, latents = TINY._blueprint(view()).restored(fitted.tensors), torch.randn(9, 8, generator=rng())
    with torch.no_grad():
        each = torch.cat([network(latent[None]) for latent in latents])
    expected = _bank._whole(each, 255.0, torch.uint8)
    assert (TINY.sample(fitted, view(), 9, rng()).int() - expected.int()).abs().max() <= 1
