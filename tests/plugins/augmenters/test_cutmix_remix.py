"""CutMix, Remix and MixMatch's mixup."""

import numpy as np
import pytest
import scipy.stats
import torch

from augbench import DrawContext, draws
from augbench_plugins.augmenters.cutmix import CutMix, boxed
from augbench_plugins.augmenters.mixmatch_mixup import MixMatchMixup
from augbench_plugins.augmenters.mixup import MixupDraw
from augbench_plugins.augmenters.remix import Remix, RemixCutMix, leaning


def authors_box(size, ratio, centre):
    cut = int(size * ratio)
    return np.clip(centre - cut // 2, 0, size), np.clip(centre + cut // 2, 0, size)


def test_the_weights_of_cutmix_have_the_mean_of_the_authors_rule(context, rng) -> None:
    # Enumerated over all centres of 64 and a fine grid of lambda ~ U(0, 1).
    left, centres = [], np.arange(64)
    for share in (np.arange(2000) + 0.5) / 2000:
        start, stop = authors_box(64, np.sqrt(1 - share), centres)
        left.append(1 - np.mean(stop - start) ** 2 / 64**2)
    assert np.mean(left) == pytest.approx(0.690, abs=5e-4)
    augmenter = CutMix(draws="sample")
    draw = augmenter.draw(context(20_000, shape=(1, 64, 64)), rng())
    found = 1 - (draw.box[:, 2] * draw.box[:, 3]).double() / 64**2
    assert found.mean().item() == pytest.approx(np.mean(left), abs=0.006)
    assert (found == 1).double().mean().item() == pytest.approx(0.001, abs=0.001)


def test_a_box_is_where_the_authors_cut_it(context, rng) -> None:
    shape, count = (1, 12, 20), 200
    draw = CutMix(draws="sample").draw(context(count, shape=shape), rng(4))
    # The same stream, drawn in the same order.
    stream, again = rng(4), context(count, shape=shape)
    share = draws.beta(again, stream, 1.0, 1.0)
    centres = [draws.integers(again, stream, 0, size) for size in shape[1:]]
    for index in range(count):
        ratio = float((1 - share[index]).sqrt())
        rows, columns = (authors_box(size, ratio, int(centre[index])) for size, centre in zip(shape[1:], centres, strict=True))
        top, left, height, width = draw.box[index].tolist()
        assert (top, top + height, left, left + width) == (*rows, *columns)


def test_cutmix_replaces_the_box_alone_at_its_own_place(images) -> None:
    sources = images(2)
    mixed = CutMix().apply(sources, boxed(torch.tensor([[1, 2, 3, 4], [0, 0, 0, 5]]), *sources.shape[-2:]))
    expected = sources[:, 0].clone()
    expected[0, :, 1:4, 2:6] = sources[0, 1, :, 1:4, 2:6]
    assert torch.equal(mixed.images, expected)
    assert mixed.pixel_weights.tolist() == [[1 - 12 / 64, 12 / 64], [1, 0]]
    assert mixed.label_weights is None


LONG_TAIL = torch.tensor([5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50])


def pairs(count: int, rng: torch.Generator, counts: torch.Tensor = LONG_TAIL) -> DrawContext:
    labels = torch.multinomial(counts.double(), 2 * count, replacement=True, generator=rng).view(count, 2)
    return DrawContext(steps=1, per_step=count, shape=(3, 8, 8), labels=labels, class_counts=counts)


def test_remix_fires_as_often_as_computed_on_a_long_tail(rng) -> None:
    shares = LONG_TAIL.double() / LONG_TAIL.sum()
    often = LONG_TAIL[:, None] >= 3 * LONG_TAIL
    # For each such pair, in either order, half of lambda ~ U(0, 1) lets the rule fire.
    exact = float((torch.outer(shares, shares) * often).sum()) * 2 * 0.5
    assert exact == pytest.approx(0.130, abs=5e-4)
    draw = Remix(draws="sample").draw(pairs(40_000, rng()), rng(1))
    assert (draw.label[:, 0] != draw.weight).double().mean().item() == pytest.approx(exact, abs=0.006)


def naive(share, first, second, kappa, tau):
    if first / second >= kappa and share < tau:
        return 0.0
    if first / second <= 1 / kappa and 1 - share < tau:
        return 1.0
    return share


@pytest.mark.parametrize(("kappa", "tau"), [(3, 0.5), (2, 0.7), (1, 0.5), (100, 1)])
def test_labels_lean_as_the_rule_has_it_pair_by_pair(kappa, tau, rng) -> None:
    context = pairs(500, rng(), torch.tensor([90, 30, 29, 10]))
    share = torch.rand(500, generator=rng(2))
    found = leaning(share, context, kappa, tau)
    for index, (first, second) in enumerate(context.class_counts[context.labels].tolist()):
        if first != second or kappa > 1:
            assert found[index].item() == pytest.approx(naive(share[index].item(), first, second, kappa, tau))


def test_remix_shows_the_share_drawn_and_labels_the_share_that_leans(images, rng) -> None:
    context = DrawContext(
        steps=1, per_step=3, shape=(3, 8, 8), labels=torch.tensor([[0, 1], [1, 0], [0, 0]]), class_counts=torch.tensor([90, 10])
    )
    sources, draw = images(3), Remix().draw(context, rng(3))
    share = draw.weight[0].item()
    mixed = Remix().apply(sources, draw)
    assert (draw.weight == share).all()
    assert torch.allclose(mixed.images, share * sources[:, 0] + (1 - share) * sources[:, 1], atol=1e-6)
    assert mixed.pixel_weights[:, 0].tolist() == pytest.approx([share] * 3)
    assert mixed.label_weights[:, 0].tolist() == pytest.approx([0 if share < 0.5 else share, 1 if share > 0.5 else share, share])


def test_remix_of_boxes_takes_the_share_that_is_left(images, rng) -> None:
    augmenter = RemixCutMix(draws="sample")
    context = pairs(300, rng())
    sources, draw = images(300), augmenter.draw(context, rng(3))
    mixed = augmenter.apply(sources, draw)
    plain = CutMix(draws="sample").apply(sources, CutMix(draws="sample").draw(context, rng(3)))
    assert torch.equal(mixed.images, plain.images)
    assert torch.equal(mixed.pixel_weights, plain.pixel_weights)
    assert torch.equal(mixed.label_weights[:, 0], leaning(plain.pixel_weights[:, 0], context, 3, 0.5))
    assert (mixed.label_weights != mixed.pixel_weights).any()


def test_a_class_without_originals_is_the_rarest(rng) -> None:
    context = DrawContext(steps=1, per_step=1, shape=(3, 8, 8), labels=torch.tensor([[0, 1]]), class_counts=torch.tensor([90, 0]))
    assert leaning(torch.tensor([0.4]), context, 3, 0.5).tolist() == [0]


def test_mixmatch_gives_the_first_image_the_larger_share(context, rng) -> None:
    share = MixMatchMixup().draw(context(5000), rng()).weight.double().numpy()
    law = scipy.stats.beta(0.75, 0.75)
    # max(l, 1 - l) of a symmetric law: P(max <= x) = F(x) - F(1 - x) above 1/2.
    assert scipy.stats.kstest(share, lambda x: np.where(x < 0.5, 0, law.cdf(x) - law.cdf(1 - x))).pvalue > 0.01
    assert share.min() >= 0.5


def test_mixmatch_averages_the_two_sources(images) -> None:
    sources = images(2)
    mixed = MixMatchMixup().apply(sources, MixupDraw(weight=torch.tensor([1.0, 0.75])))
    assert torch.equal(mixed.images[0], sources[0, 0])
    assert torch.allclose(mixed.images[1], 0.75 * sources[1, 0] + 0.25 * sources[1, 1], atol=1e-6)
