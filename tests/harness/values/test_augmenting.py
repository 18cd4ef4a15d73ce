"""Draws: blocks of random numbers that can be sliced and moved."""

from dataclasses import FrozenInstanceError, dataclass

import pytest
import torch
from torch import Tensor

from augbench import Draw, DrawContext


@dataclass(frozen=True, kw_only=True)
class Numbers(Draw):
    weight: Tensor
    cut: Tensor


def test_a_slice_of_a_draw_is_the_draw_of_these_images() -> None:
    draw = Numbers(weight=torch.arange(6.0), cut=torch.arange(12).view(6, 2))
    part = draw[2:4]
    assert type(part) is Numbers
    assert part.weight.tolist() == [2, 3]
    assert part.cut.tolist() == [[4, 5], [6, 7]]
    assert len(draw.weight) == 6


def test_moving_a_draw_moves_every_tensor() -> None:
    moved = Numbers(weight=torch.zeros(2), cut=torch.zeros(2)).to("meta")
    assert (moved.weight.device.type, moved.cut.device.type) == ("meta", "meta")


def test_a_draw_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Numbers(weight=torch.zeros(2), cut=torch.zeros(2)).weight = torch.ones(2)


def test_a_block_has_steps_times_images() -> None:
    context = DrawContext(steps=3, per_step=4, shape=(1, 2, 2), labels=torch.zeros(12, 1), class_counts=torch.tensor([1]))
    assert context.count == 12
