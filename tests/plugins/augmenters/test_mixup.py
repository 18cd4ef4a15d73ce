"""Mixup and bilinear mixup."""

import pytest
import scipy.stats
import torch

from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters.bilinear_mixup import BilinearDraw, BilinearMixup
from augbench_plugins.augmenters.mixup import Mixup, MixupDraw


def test_mixup_is_the_weighted_average_of_each_pair(context, images, rng) -> None:
    sources, draw = images(), Mixup().draw(context(), rng())
    mixed = Mixup().apply(sources, draw)
    for image, pair, share in zip(mixed.images, sources, draw.weight.tolist(), strict=True):
        assert torch.allclose(image, share * pair[0] + (1 - share) * pair[1], atol=1e-6)
    assert torch.allclose(mixed.pixel_weights[:, 0], draw.weight)


def test_a_share_of_one_or_nothing_is_an_image_itself(images) -> None:
    sources = images(2)
    mixed = Mixup().apply(sources, MixupDraw(weight=torch.tensor([1.0, 0.0])))
    assert torch.equal(mixed.images[0], sources[0, 0])
    assert torch.equal(mixed.images[1], sources[1, 1])


def test_shares_are_uniform_between_low_and_high(context, rng) -> None:
    shares = Mixup().draw(context(4000), rng()).weight.numpy()
    assert scipy.stats.kstest(shares, scipy.stats.uniform(0.15, 0.7).cdf).pvalue > 0.01


def test_the_beta_law_is_cut_off_at_low_and_high(context, rng) -> None:
    shares = Mixup(law="beta", alpha=0.3, low=0, high=1).draw(context(4000), rng()).weight.numpy()
    assert scipy.stats.kstest(shares, scipy.stats.beta(0.3, 0.3).cdf).pvalue > 0.01
    cut = Mixup(law="beta", alpha=0.3).draw(context(4000), rng()).weight
    assert 0.15 <= cut.min() < 0.16 < 0.84 < cut.max() <= 0.85


def test_an_empty_range_of_shares_is_refused() -> None:
    with pytest.raises(EmptyRange) as caught:
        Mixup(low=0.9, high=0.2)
    assert str(caught.value) == "low = 0.9 is above high = 0.2; swap them"


def shares_of(draw: BilinearDraw) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the shares within each pair, [B, 2], and that of the first pair, [B]."""
    pairs = draw.weights.unflatten(1, (2, 2))
    return pairs[..., 0] / pairs.sum(2), pairs[:, 0].sum(1)


def test_bilinear_mixup_is_a_mixup_of_mixups(context, images, rng) -> None:
    sources, draw = images(arity=4), BilinearMixup().draw(context(arity=4), rng())
    mixed = BilinearMixup().apply(sources, draw)
    inner, outers = shares_of(draw)
    for image, four, (first, second), outer in zip(mixed.images, sources, inner.tolist(), outers.tolist(), strict=True):
        one = first * four[0] + (1 - first) * four[1]
        other = second * four[2] + (1 - second) * four[3]
        assert torch.allclose(image, outer * one + (1 - outer) * other, atol=1e-6)


def test_tied_inner_shares_interpolate_bilinearly(context, images, rng) -> None:
    sources, draw = images(arity=4), BilinearMixup(tie_inner=True).draw(context(arity=4), rng())
    inner, outer = shares_of(draw)
    assert torch.allclose(inner[:, 0], inner[:, 1])
    mixed = BilinearMixup(tie_inner=True).apply(sources, draw)
    # The four sources are the corners of a 2 x 2 image, sampled at (x, y) = (1 - inner, 1 - outer) by torch.
    corners = sources.flatten(2).permute(0, 2, 1).reshape(6, -1, 2, 2)
    places = torch.stack([1 - inner[:, 0], 1 - outer], dim=1).mul(2).sub(1)[:, None, None]
    expected = torch.nn.functional.grid_sample(corners, places, align_corners=True).view_as(mixed.images)
    assert torch.allclose(mixed.images, expected, atol=1e-5)


def test_untied_shares_are_independent(context, rng) -> None:
    draw = BilinearMixup().draw(context(4000, arity=4), rng())
    inner, outer = shares_of(draw)
    correlations = torch.corrcoef(torch.stack([inner[:, 0], inner[:, 1], outer]))
    assert (correlations - torch.eye(3)).abs().max() < 0.06


def test_bilinear_mixup_of_extreme_shares_is_one_source(images) -> None:
    sources = images(1, arity=4)
    draw = BilinearDraw(weights=torch.tensor([[0.0, 0.0, 0.0, 1.0]]))
    assert torch.equal(BilinearMixup().apply(sources, draw).images[0], sources[0, 3])
