"""Laws of augmenters: what they say nothing of, and what only looks like a breach."""

from __future__ import annotations

from functools import cached_property

import pytest
import torch

from augbench import Augmenter, Mixed, Reason, draws
from augbench.testing import NotApplicable
from augbench.testing.laws import augmenter as laws
from augbench.testing.laws._sources import Extremes
from harness.testing.bad.augmenter import GOOD, Halves, Mirror, ShareDraw
from support.lawful import broken


class Large(Halves):
    """Needs 32 pixels and colours."""

    def supports(self, facts):
        return None if facts.shape[0] == 3 and min(facts.shape[1:]) >= 32 else Reason("these images are too small")

    def apply(self, sources, draw):
        assert sources.shape[-1] >= 32
        return super().apply(sources, draw)


class Never(Halves):
    def supports(self, facts):
        return Reason("it does not work yet")


class Unbounded(Halves):
    bounded = False

    def apply(self, sources, draw):
        made = super().apply(sources, draw)
        return Mixed(images=3 * made.images - 1, pixel_weights=made.pixel_weights)


class Tried(Halves):
    """Draws until all shares suit it."""

    def draw(self, context, rng):
        share = torch.rand(context.count, generator=rng)
        while bool((unfit := (share < 0.1) | (share > 0.9)).any()):
            share = torch.where(unfit, torch.rand(context.count, generator=rng), share)
        return ShareDraw(share=share)


class Strong(Halves):
    """Labels weigh as the contrast of their images."""

    def apply(self, sources, draw):
        contrast = sources.flatten(2).amax(-1) - sources.flatten(2).amin(-1) + 1e-6
        return Mixed(images=super().apply(sources, draw).images, pixel_weights=contrast / contrast.sum(1, keepdim=True))


class Beside(Halves):
    """The left part of one image beside the right part of another, cut at whole pixels: a little less than half on average."""

    def apply(self, sources, draw):
        width = sources.shape[-1]
        cut = (draw.share * width).long()
        left = torch.arange(width, device=sources.device) < cut[:, None, None, None]
        weights = torch.stack([cut / width, 1 - cut / width], dim=1)
        return Mixed(images=torch.where(left, sources[:, 0], sources[:, 1]), pixel_weights=weights)


class Kept(Halves):
    """Remembers a tensor, and where it had it last."""

    @cached_property
    def half(self):
        return torch.tensor([0.5, 0.5])

    def apply(self, sources, draw):
        half = self.half.to(sources.device, non_blocking=True)
        return Mixed(images=(sources * half[:, None, None, None]).sum(1), pixel_weights=half.expand(len(sources), 2))


class Rare(Mirror):
    """Mirrors one image in a hundred."""

    def draw(self, context, rng):
        return ShareDraw(share=(draws.uniform(context, rng) < 0.01).float())

    def apply(self, sources, draw):
        first = sources[:, 0]
        return Mixed(
            images=torch.where(draw.share[:, None, None, None] > 0, first.flip(-1), first), pixel_weights=sources.new_ones(len(first), 1)
        )


@pytest.mark.parametrize(
    "augmenter", [*GOOD, Large(), Unbounded(), Tried(), Strong(), Beside(), Kept(), Rare()], ids=lambda it: type(it).__name__
)
def test_honest_augmenters_keep_the_laws(augmenter: Augmenter) -> None:
    assert broken(augmenter) == []
    laws.exercise(augmenter)


@pytest.mark.parametrize(
    ("law", "augmenter", "reason"),
    [
        (laws.check_range, Unbounded(), "it says that it is not bounded"),
        (laws.check_streams_decide, Mirror(), "it draws nothing at random"),
        (laws.check_every_step_draws_anew, Mirror(), "it draws nothing at random"),
        (laws.check_one_draw_a_batch, Halves(), "it draws for each image"),
        (laws.check_partners, Halves(), "it does not look at training images"),
        (laws.check_finite, Never(), "it supports no small images: it does not work yet"),
        (laws.check_any_size, Never(), "it supports none of these sizes"),
    ],
)
def test_a_law_says_nothing_of_some(law, augmenter, reason) -> None:
    with pytest.raises(NotApplicable) as caught:
        law(augmenter)
    assert str(caught.value) == reason


def test_an_augmenter_that_gives_no_draw_is_told_so_by_every_law() -> None:
    class Mute(Halves):
        def draw(self, context, rng):
            return None

    found = broken(Mute())
    assert len(found) > 10
    assert all("draw returns NoneType, no Draw" in verdict.why for verdict in found)


def test_each_call_of_rand_meets_both_ends_of_its_range_once() -> None:
    with Extremes():
        first, second = torch.rand(8), torch.rand(8, 2, dtype=torch.float64)
    assert (first[0], first[1]) == (0, 1 - 2**-24)
    assert (second[2, 0], second[3, 0]) == (0, 1 - 2**-53)
    assert len({*first.tolist(), *second.flatten().tolist()} & {0.0, 1 - 2**-24, 1 - 2**-53}) == 3
