"""VH-mixup, as Summers and Dinneen wrote it."""

import numpy as np
import pytest
import torch

from augbench_plugins.augmenters.vh_mixup import VhDraw, VhMixup


def test_each_image_is_the_mixup_of_both_concatenations(context, images, rng) -> None:
    shape = (3, 6, 9)
    sources, draw = images(40, shape=shape), VhMixup().draw(context(40, shape=shape), rng())
    mixed = VhMixup().apply(sources, draw)
    for index in range(40):
        one, other = sources[index]
        row, column, m = int(draw.row[index]), int(draw.column[index]), float(draw.weight[index])
        vertical = torch.cat([one[:, :row], other[:, row:]], dim=1)
        horizontal = torch.cat([one[:, :, :column], other[:, :, column:]], dim=2)
        assert torch.allclose(mixed.images[index], m * vertical + (1 - m) * horizontal, atol=1e-6)
        assert float(mixed.pixel_weights[index, 0]) == pytest.approx(m * row / 6 + (1 - m) * column / 9, abs=1e-6)


def test_the_corners_are_the_sources_themselves(images) -> None:
    sources = images(1)
    mixed = VhMixup().apply(sources, VhDraw(row=torch.tensor([3]), column=torch.tensor([5]), weight=torch.tensor([0.37]))).images[0]
    assert torch.equal(mixed[:, :3, :5], sources[0, 0, :, :3, :5])
    assert torch.equal(mixed[:, 3:, 5:], sources[0, 1, :, 3:, 5:])
    assert torch.allclose(mixed[:, :3, 5:], 0.37 * sources[0, 0, :, :3, 5:] + 0.63 * sources[0, 1, :, :3, 5:], atol=1e-6)
    assert torch.allclose(mixed[:, 3:, :5], 0.63 * sources[0, 0, :, 3:, :5] + 0.37 * sources[0, 1, :, 3:, :5], atol=1e-6)


def test_a_cut_at_zero_shows_the_second_source_alone(images) -> None:
    sources = images(1)
    draw = VhDraw(row=torch.tensor([0]), column=torch.tensor([0]), weight=torch.tensor([0.4]))
    assert torch.equal(VhMixup().apply(sources, draw).images[0], sources[0, 1])


@pytest.mark.slow
def test_weights_have_the_published_mean_and_deviation(context, rng) -> None:
    draw = VhMixup().draw(context(16_000, shape=(1, 64, 64)), rng())
    sources = torch.zeros(1000, 2, 1, 64, 64)
    weight = torch.cat([VhMixup().apply(sources, draw[i : i + 1000]).pixel_weights[:, 0] for i in range(0, 16_000, 1000)])
    assert weight.mean().item() == pytest.approx(63 / 128, abs=0.006)
    assert weight.std().item() == pytest.approx(0.23567, abs=0.004)


def test_the_published_deviation_is_that_of_integer_cuts() -> None:
    cuts = np.arange(64) / 64
    mean, square = cuts.mean(), (cuts**2).mean()
    # E[m^2] = E[(1-m)^2] = 1/3 and E[m(1-m)] = 1/6 for m ~ U(0, 1).
    second = 2 / 3 * square + 2 / 6 * mean**2
    assert mean == 63 / 128
    assert np.sqrt(second - mean**2) == pytest.approx(0.23567, abs=5e-6)


def test_cuts_and_share_are_independent_and_leave_the_upper_bound_out(context, rng) -> None:
    draw = VhMixup().draw(context(8000, shape=(1, 8, 4)), rng())
    assert set(draw.row.tolist()) == set(range(8))
    assert set(draw.column.tolist()) == set(range(4))
    correlations = torch.corrcoef(torch.stack([draw.row.float(), draw.column.float(), draw.weight]))
    assert (correlations - torch.eye(3)).abs().max() < 0.05
