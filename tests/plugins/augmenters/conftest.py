"""Draw contexts and source images."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from augbench import DrawContext


@pytest.fixture
def context() -> Callable[..., DrawContext]:
    def make(count: int = 6, arity: int = 2, shape: tuple[int, int, int] = (3, 8, 8), steps: int = 1) -> DrawContext:
        labels = torch.zeros(count * steps, arity, dtype=torch.int64)
        return DrawContext(steps=steps, per_step=count, shape=shape, labels=labels, class_counts=torch.tensor([9]))

    return make


@pytest.fixture
def images() -> Callable[..., Tensor]:
    def make(count: int = 6, arity: int = 2, shape: tuple[int, int, int] = (3, 8, 8), seed: int = 7) -> Tensor:
        return torch.rand(count, arity, *shape, generator=torch.Generator().manual_seed(seed))

    return make


@pytest.fixture
def rng() -> Callable[..., torch.Generator]:
    return lambda seed=0: torch.Generator().manual_seed(seed)
