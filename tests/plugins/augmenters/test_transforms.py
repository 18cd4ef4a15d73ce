"""Flips, quarter turns and brightness."""

import pytest
import torch

from augbench import Facts
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters.brightness import Brightness, BrightnessDraw
from augbench_plugins.augmenters.geometry import Flips, FlipsDraw, QuarterTurns, TurnsDraw


def test_an_image_is_mirrored_as_drawn(images) -> None:
    sources = images(4, 1)
    draw = FlipsDraw(horizontal=torch.tensor([False, True, False, True]), vertical=torch.tensor([False, False, True, True]))
    made = Flips().apply(sources, draw).images
    expected = [sources[0, 0], sources[1, 0].flip(2), sources[2, 0].flip(1), sources[3, 0].flip(1, 2)]
    assert torch.equal(made, torch.stack(expected))


def test_mirroring_twice_is_nothing(context, images, rng) -> None:
    sources, draw = images(9, 1), Flips().draw(context(9, 1), rng())
    once = Flips().apply(sources, draw).images
    assert torch.equal(Flips().apply(once[:, None], draw).images, sources[:, 0])


def test_mirrors_are_as_frequent_as_their_probabilities(context, rng) -> None:
    draw = Flips(horizontal=0.2, vertical=1.0).draw(context(5000, 1), rng())
    assert draw.horizontal.float().mean().item() == pytest.approx(0.2, abs=0.02)
    assert draw.vertical.all()
    assert not Flips(vertical=0).draw(context(5000, 1), rng()).vertical.any()
    both = Flips().draw(context(5000, 1), rng())
    assert (both.horizontal & both.vertical).float().mean().item() == pytest.approx(0.25, abs=0.03)


def test_quarter_turns_are_those_of_rot90(images) -> None:
    sources = images(4, 1)
    made = QuarterTurns().apply(sources, TurnsDraw(quarters=torch.arange(4))).images
    assert torch.equal(made, torch.stack([torch.rot90(sources[k, 0], k, (1, 2)) for k in range(4)]))


def test_four_angles_are_alike_frequent(context, rng) -> None:
    counts = torch.bincount(QuarterTurns().draw(context(4000, 1), rng()).quarters)
    assert len(counts) == 4
    assert (counts - 1000).abs().max() < 120


def test_images_that_are_not_square_are_refused_with_the_reason() -> None:
    facts = Facts(shape=(3, 8, 6), classes=("a",), counts=(3,), minority=(), batch_size=8)
    assert QuarterTurns().supports(facts) == "quarter-turns needs square images and these are 8 x 6: resize them to a square"
    assert Flips().supports(facts) is None


def test_brightness_multiplies_and_clips(images) -> None:
    sources = images(3, 1)
    made = Brightness().apply(sources, BrightnessDraw(factor=torch.tensor([0.5, 1.0, 1.5]))).images
    assert torch.equal(made, torch.stack([sources[0, 0] * 0.5, sources[1, 0], (sources[2, 0] * 1.5).clamp(0, 1)]))


def test_factors_are_uniform_between_low_and_high(context, rng) -> None:
    factor = Brightness(low=0.8, high=1.2).draw(context(4000, 1), rng()).factor
    assert 0.8 <= factor.min() < 0.81 < 1.19 < factor.max() <= 1.2
    assert factor.mean().item() == pytest.approx(1, abs=0.01)


def test_an_empty_range_of_factors_is_refused() -> None:
    with pytest.raises(EmptyRange, match=r"low = 2 is above high = 1\.5; swap them"):
        Brightness(low=2)
