"""Small batches, hard and soft, and what a loss is told of the training."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from augbench import LossContext

COUNTS = (9, 3, 2, 1)


@pytest.fixture
def about() -> Callable[..., LossContext]:
    def make(counts: tuple[int, ...] = COUNTS, progress: float = 0.5, prior: tuple[float, ...] | None = None) -> LossContext:
        found = torch.tensor(counts)
        return LossContext(prior=torch.tensor(prior) if prior else found / found.sum(), class_counts=found, progress=progress)

    return make


@pytest.fixture
def logits() -> Tensor:
    return 2 * torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.fixture
def labels() -> Tensor:
    return torch.tensor([0, 3, 1, 1, 2, 0])


@pytest.fixture
def hard(labels: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(labels, 4).double()


@pytest.fixture
def soft() -> Tensor:
    return torch.randn(6, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64).softmax(dim=1)
