"""Sample contexts of small data sets."""

from collections.abc import Callable, Mapping, Sequence

import pytest
import torch
from torch import Tensor

from augbench import SampleContext, Streams
from augbench.values.sampling import Block, SlotRule

MIX = {"generated": 2.0, "linear": 1.0, "rotated": 1.0}
SLOTS = {"linear": SlotRule(arity=2), "rotated": SlotRule(arity=2)}


@pytest.fixture
def context() -> Callable[..., SampleContext]:
    """Make a context: originals by class, synthetic images by minority class."""

    def make(
        counts: Sequence[int] = (30, 20, 6, 4),
        bank: Mapping[int, int] | None = None,
        n: Mapping[int, int] | None = None,
        first: int = 0,
        steps: int = 64,
        bank_size: Mapping[int, int] | None = None,
        **changes: object,
    ) -> SampleContext:
        bank = {2: 12, 3: 8} if bank is None else bank
        settings: dict[str, object] = {"size": 16, "mix": MIX, "slots": SLOTS, "minority": tuple(n or (2, 3)), "total": 3000} | changes
        return SampleContext(
            labels=shuffled(torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))),
            bank_labels=shuffled(torch.tensor([label for label, count in bank.items() for _ in range(count)], dtype=torch.int64)),
            classes=len(counts),
            n=n or {2: 1, 3: 1},
            bank_size=bank if bank_size is None else bank_size,
            streams=Streams.of(seed=0),
            block=Block(first=first, steps=steps),
            **settings,
        )

    return make


def shuffled(labels: Tensor) -> Tensor:
    return labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))]
