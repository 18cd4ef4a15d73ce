"""Balanced-MixUp's law of shares."""

import pytest
import torch

from augbench_plugins.augmenters.balanced_mixup import BalancedMixup


@pytest.mark.parametrize("alpha", [0.1, 0.2, 0.3])
def test_the_share_of_the_balanced_image_is_beta_alpha_1(alpha, context, rng) -> None:
    share = BalancedMixup(alpha=alpha).draw(context(2, steps=100_000), rng()).share[::2].double()
    # The distribution function of Beta(alpha, 1) is x^alpha, so that share^alpha is uniform.
    assert share.mean().item() == pytest.approx(alpha / (1 + alpha), abs=0.003)
    uniform = (share**alpha).sort().values
    assert (uniform - torch.linspace(0, 1, len(uniform), dtype=torch.float64)).abs().max() < 0.007


def test_a_batch_has_one_share_unless_told_otherwise(context, rng) -> None:
    batches = BalancedMixup().draw(context(5, steps=40), rng()).share.view(40, 5)
    assert (batches == batches[:, :1]).all()
    assert len(batches[:, 0].unique()) == 40
    assert len(BalancedMixup(draws="sample").draw(context(5, steps=40), rng()).share.unique()) == 200


def test_the_second_source_has_the_share(context, images, rng) -> None:
    sources = images()
    draw = BalancedMixup(draws="sample").draw(context(), rng())
    mixed = BalancedMixup().apply(sources, draw)
    share = draw.share.view(-1, 1, 1, 1)
    torch.testing.assert_close(mixed.images, (1 - share) * sources[:, 0] + share * sources[:, 1])
    torch.testing.assert_close(mixed.pixel_weights, torch.stack([1 - draw.share, draw.share], dim=1))
