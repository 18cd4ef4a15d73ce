"""Summers and Dinneen's methods against per-image code as the paper has it, and against enumerated laws."""

import itertools

import numpy as np
import pytest
import scipy.stats
import torch

from augbench_plugins.augmenters.bcplus import Bcplus, VhBcplus
from augbench_plugins.augmenters.concatenations import HorizontalConcat, MixedConcat, QuadrantsDraw, Random2x2, VertConcat
from augbench_plugins.augmenters.mixup import MixupDraw
from augbench_plugins.augmenters.patches import RandomColumnInterval, RandomRowInterval, RandomSquare
from augbench_plugins.augmenters.scattered import NoisyMixup, RandomColumns, RandomElements, RandomPixels, RandomRows, ScatterDraw

SHAPE = (3, 6, 9)


def vertical(one, other, row):
    return np.concatenate([one[:, :row], other[:, row:]], axis=1), row / one.shape[1]


def horizontal(one, other, column):
    return np.concatenate([one[:, :, :column], other[:, :, column:]], axis=2), column / one.shape[2]


def mixed_concat(one, other, row, column):
    upper = np.concatenate([one[:, :row, :column], other[:, :row, column:]], axis=2)
    lower = np.concatenate([other[:, row:, :column], one[:, row:, column:]], axis=2)
    down, across = row / one.shape[1], column / one.shape[2]
    return np.concatenate([upper, lower], axis=1), down * across + (1 - down) * (1 - across)


def random_2x2(one, other, row, column, first):
    parts = [(slice(row), slice(column)), (slice(row), slice(column, None)), (slice(row, None), slice(column))]
    made, area = other.copy(), 0
    for taken, (rows, columns) in zip(first, [*parts, (slice(row, None), slice(column, None))], strict=True):
        if taken:
            made[:, rows, columns] = one[:, rows, columns]
            area += made[0, rows, columns].size
    return made, area / one[0].size


def patch(one, other, box, origin):
    (top, left, height, width), (down, across) = box, origin
    made = one.copy()
    made[:, top : top + height, left : left + width] = other[:, down : down + height, across : across + width]
    return made, 1 - height * width / one[0].size


def bcplus(one, other, m):
    p = 1 / (1 + one.std() / other.std() * (1 - m) / m)
    return (p * one + (1 - p) * other) / np.sqrt(p**2 + (1 - p) ** 2)


def numbers(draw, index):
    return [getattr(draw, name)[index].tolist() for name in draw.__dataclass_fields__]


@pytest.mark.parametrize(
    ("augmenter", "reference"),
    [
        (VertConcat(), vertical),
        (HorizontalConcat(), horizontal),
        (MixedConcat(), mixed_concat),
        (Random2x2(), random_2x2),
        (RandomSquare(), patch),
        (RandomSquare(side=1), patch),
        (RandomColumnInterval(), patch),
        (RandomRowInterval(), patch),
    ],
    ids=repr,
)
def test_each_image_and_weight_is_that_of_the_paper(augmenter, reference, context, images, rng) -> None:
    sources, draw = images(60, shape=SHAPE), augmenter.draw(context(60, shape=SHAPE), rng())
    mixed = augmenter.apply(sources, draw)
    assert mixed.label_weights is None
    for index in range(60):
        image, weight = reference(*sources[index].numpy(), *numbers(draw, index))
        assert np.array_equal(mixed.images[index].numpy(), image)
        assert mixed.pixel_weights[index, 0].item() == pytest.approx(weight, abs=1e-7)


@pytest.mark.parametrize("restored", [False, True])
def test_bcplus_mixes_by_energies_and_labels_by_shares(restored, context, images, rng) -> None:
    augmenter = Bcplus(restore_mean=restored)
    sources, draw = images(20, shape=SHAPE) * torch.rand(20, 2, 1, 1, 1, generator=rng()), augmenter.draw(context(20, shape=SHAPE), rng())
    mixed = augmenter.apply(sources, draw)
    for index, m in enumerate(draw.weight.tolist()):
        one, other = sources[index].double().numpy()
        image = bcplus(one - one.mean(), other - other.mean(), m) + restored * (m * one.mean() + (1 - m) * other.mean())
        assert np.allclose(mixed.images[index].numpy(), image, atol=1e-5)
        assert mixed.label_weights[index, 0].item() == pytest.approx(m)
        share = 1 / (1 + one.std() / other.std() * (1 - m) / m)
        assert mixed.pixel_weights[index, 0].item() == pytest.approx(share, abs=1e-5)


@pytest.mark.parametrize("restored", [False, True])
def test_vh_bcplus_is_bcplus_of_two_concatenations_of_centred_images(restored, context, images, rng) -> None:
    augmenter = VhBcplus(restore_mean=restored)
    sources, draw = images(20, shape=SHAPE), augmenter.draw(context(20, shape=SHAPE), rng())
    mixed = augmenter.apply(sources, draw)
    for index in range(20):
        row, column, m = numbers(draw, index)
        one, other = sources[index].double().numpy()
        (upper, down), (left, across) = (
            cut(one - one.mean(), other - other.mean(), at) for cut, at in ((vertical, row), (horizontal, column))
        )
        weight = m * down + (1 - m) * across
        image = bcplus(upper, left, m) + restored * (weight * one.mean() + (1 - weight) * other.mean())
        assert np.allclose(mixed.images[index].numpy(), image, atol=1e-5)
        assert mixed.label_weights[index, 0].item() == pytest.approx(weight, abs=1e-6)


def test_bcplus_of_equal_energies_is_mixup_of_unit_length(images) -> None:
    one = images(1, 1)
    sources = torch.cat([one, 1 - one], dim=1)
    made = Bcplus(restore_mean=False).apply(sources, MixupDraw(weight=torch.tensor([0.3])))
    centred = one[0, 0] - one.mean()
    assert torch.allclose(made.images[0], centred * (0.3 - 0.7) / (0.3**2 + 0.7**2) ** 0.5, atol=1e-6)
    assert made.pixel_weights[0, 0].item() == pytest.approx(0.3)


def test_bcplus_of_one_source_alone_is_that_source_and_plain_images_are_no_trouble(images) -> None:
    sources = images(2)
    made = Bcplus().apply(sources, MixupDraw(weight=torch.tensor([1.0, 0.0])))
    assert torch.allclose(made.images, torch.stack([sources[0, 0], sources[1, 1]]), atol=1e-6)
    plain = torch.tensor([0.2, 0.8]).view(1, 2, 1, 1, 1).expand(1, 2, 3, 8, 8)
    made = Bcplus().apply(plain, MixupDraw(weight=torch.tensor([0.25])))
    assert torch.allclose(made.images, torch.full((1, 3, 8, 8), 0.25 * 0.2 + 0.75 * 0.8))


@pytest.mark.parametrize(
    ("augmenter", "parts"),
    [(RandomRows(), (1, 6, 1)), (RandomColumns(), (1, 1, 9)), (RandomPixels(), (1, 6, 9)), (RandomElements(), (3, 6, 9))],
    ids=repr,
)
def test_each_part_is_of_one_source_and_weights_are_the_share_that_is_seen(augmenter, parts, context, images, rng) -> None:
    sources, draw = images(40, shape=SHAPE), augmenter.draw(context(40, shape=SHAPE), rng())
    mixed = augmenter.apply(sources, draw)
    first = mixed.images == sources[:, 0]
    assert (first ^ (mixed.images == sources[:, 1])).all()
    assert mixed.pixel_weights[:, 0].tolist() == pytest.approx(first.float().mean(dim=(1, 2, 3)).tolist(), abs=1e-6)
    corner = tuple(slice(0, number) for number in parts)
    assert torch.equal(first, first[(slice(None), *corner)].expand_as(first))
    varies = [(first.narrow(axis, 0, 1) != first).any().item() for axis in (1, 2, 3)]
    assert varies == [number > 1 for number in parts]


@pytest.mark.parametrize("augmenter", [RandomRows(), RandomColumns(), RandomPixels(), RandomElements()], ids=repr)
def test_parts_are_taken_with_the_probability_drawn(augmenter) -> None:
    sources = torch.stack([torch.ones(4000, 3, 8, 8), torch.zeros(4000, 3, 8, 8)], dim=1)
    for probability in (0.0, 0.3, 1.0):
        draw = ScatterDraw(share=torch.full((4000,), probability), seed=torch.arange(4000))
        assert augmenter.apply(sources, draw).images.mean().item() == pytest.approx(probability, abs=0.012)


def test_noisy_mixup_has_a_share_for_each_pixel_and_labels_of_their_mean_law() -> None:
    sources = torch.stack([torch.ones(200, 3, 16, 16), torch.zeros(200, 3, 16, 16)], dim=1)
    draw = ScatterDraw(share=torch.full((200,), 0.6), seed=torch.arange(200))
    mixed = NoisyMixup().apply(sources, draw)
    assert (mixed.images == mixed.images[:, :1]).all()
    shares = mixed.images[:, 0].flatten().double().numpy()
    assert scipy.stats.kstest(shares, scipy.stats.norm(0.6, 0.025).cdf).pvalue > 0.01
    assert torch.equal(mixed.label_weights, torch.stack([draw.share, 1 - draw.share], dim=1))
    assert torch.allclose(mixed.pixel_weights[:, 0], mixed.images.mean(dim=(1, 2, 3)), atol=1e-6)
    edge = NoisyMixup().apply(sources, ScatterDraw(share=torch.ones(200), seed=torch.arange(200))).images
    assert (edge == 1).float().mean().item() == pytest.approx(0.5, abs=0.02)
    assert edge.max() == 1


def weights(augmenter, context, rng, size, count=12_000):
    draw = augmenter.draw(context(count, shape=(1, *size)), rng())
    mixed = augmenter.apply(torch.zeros(1, 2, 1, *size).expand(count, -1, -1, -1, -1), draw)
    return (mixed.pixel_weights if mixed.label_weights is None else mixed.label_weights)[:, 0].double().numpy()


CUTS = np.arange(64) / 64


def test_weights_of_concatenations_have_the_laws_of_integer_cuts(context, rng) -> None:
    for augmenter, size in ((VertConcat(), (64, 1)), (HorizontalConcat(), (1, 64))):
        found = weights(augmenter, context, rng, size)
        assert found.mean() == pytest.approx(63 / 128, abs=0.01)
        assert scipy.stats.chisquare(np.bincount((found * 64).round().astype(int), minlength=64)).pvalue > 0.01
    exact = np.add(np.outer(CUTS, CUTS), np.outer(1 - CUTS, 1 - CUTS))
    assert exact.std() == pytest.approx(0.16675, abs=5e-6)
    found = weights(MixedConcat(), context, rng, (64, 64), 6000)
    assert found.mean() == pytest.approx(exact.mean(), abs=0.007)
    assert found.std() == pytest.approx(0.16675, abs=0.004)


def test_weights_of_an_interval_have_the_enumerated_mean(context, rng) -> None:
    exact = np.mean([np.mean([stop - start for stop in range(start, 64)]) for start in range(64)]) / 64
    assert exact == pytest.approx(0.246, abs=5e-4)
    for augmenter, size in ((RandomColumnInterval(), (1, 64)), (RandomRowInterval(), (64, 1))):
        assert 1 - weights(augmenter, context, rng, size).mean() == pytest.approx(exact, abs=0.006)


@pytest.mark.parametrize(("size", "side", "published"), [(32, 16, 0.191), (64, 16, 0.055), (64, 32, 0.191)])
def test_a_square_covers_the_published_share_of_an_image(size, side, published, context, rng) -> None:
    lengths = [min(centre + side // 2, size) - max(centre - side // 2, 0) for centre in range(size)]
    exact = np.mean(lengths) ** 2 / size**2
    assert exact == pytest.approx(published, abs=5e-4)
    assert 1 - weights(RandomSquare(side=side / size), context, rng, (size, size), 3000).mean() == pytest.approx(exact, abs=0.004)


def test_half_the_side_is_the_squares_default() -> None:
    assert RandomSquare().side == 0.5


def test_a_squares_pixels_come_from_an_independent_uniform_place(context, rng) -> None:
    draw = RandomSquare().draw(context(6000, shape=(1, 8, 8)), rng())
    whole = (draw.box[:, 2] == 4) & (draw.box[:, 3] == 4)
    origins = draw.origin[whole]
    # 4 of 8 rows leave the starts 0..3: as in the authors' code the last one, 4, is left out.
    assert scipy.stats.chisquare(np.bincount((origins[:, 0] * 4 + origins[:, 1]).numpy(), minlength=16)).pvalue > 0.01
    assert abs(np.corrcoef(draw.box[whole, 0], origins[:, 0])[0, 1]) < 0.05


def test_the_vh_weights_of_bcplus_have_the_published_mean_and_deviation(context, rng) -> None:
    found = weights(VhBcplus(), context, rng, (64, 64), 4000)
    assert found.mean() == pytest.approx(63 / 128, abs=0.01)
    assert found.std() == pytest.approx(0.23567, abs=0.006)


def test_quadrants_meet_in_the_middle_half_and_share_one_probability(context, rng) -> None:
    draw = Random2x2().draw(context(8000, shape=(1, 8, 16)), rng())
    assert set(draw.row.tolist()) == set(range(2, 6))
    assert set(draw.column.tolist()) == set(range(4, 12))
    # P(k of 4 quadrants) = integral of binomial(4, p) over p = 1/5 for each k.
    assert scipy.stats.chisquare(torch.bincount(draw.first.sum(dim=1)).numpy()).pvalue > 0.01


def test_all_sixteen_ways_to_fill_quadrants_have_their_areas() -> None:
    ways = torch.tensor(list(itertools.product([False, True], repeat=4)))
    draw = QuadrantsDraw(row=torch.full((16,), 3), column=torch.full((16,), 5), first=ways)
    sources = torch.stack([torch.ones(16, 1, 8, 8), torch.zeros(16, 1, 8, 8)], dim=1)
    areas = ways.float() @ torch.tensor([15.0, 9.0, 25.0, 15.0]) / 64
    mixed = Random2x2().apply(sources, draw)
    assert torch.equal(mixed.pixel_weights[:, 0], areas)
    assert torch.equal(mixed.images.mean(dim=(1, 2, 3)), areas)


def test_images_of_one_pixel_are_no_trouble(context, images, rng) -> None:
    shape = (1, 1, 1)
    for augmenter in (
        VertConcat(),
        MixedConcat(),
        Random2x2(),
        RandomSquare(),
        RandomColumnInterval(),
        RandomRowInterval(),
        RandomPixels(),
    ):
        sources = images(4, shape=shape)
        assert augmenter.apply(sources, augmenter.draw(context(4, shape=shape), rng())).images.shape == (4, 1, 1, 1)
