"""Small training sets and mixes, of which a sampler composes batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from augbench.testing.checking import NotApplicable
from augbench.values.components import Facts, Reason
from augbench.values.sampling import GENERATED, ORIGINALS, Block, Group, SampleContext, Sampler, SlotRule
from augbench.values.streams import Streams

SIZE, STEPS = 24, 9
PAIR = SlotRule(arity=2)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A training set and what a batch is to hold."""

    name: str
    counts: tuple[int, ...] = (30, 20, 6, 5)
    """Originals of each class."""
    bank: Mapping[int, int] = field(default_factory=lambda: {2: 12, 3: 8})
    """Synthetic images of each class that has any."""
    minority: tuple[int, ...] = (2, 3)
    mix: Mapping[str, float]
    slots: Mapping[str, SlotRule] = field(default_factory=dict)

    def context(self, first: int = 0, steps: int = STEPS, total: int | None = 1000) -> SampleContext:
        """Return what a sampler is told of a block of steps."""
        return SampleContext(
            labels=_shuffled(torch.arange(len(self.counts)).repeat_interleave(torch.tensor(self.counts))),
            bank_labels=_shuffled(torch.tensor([label for label, count in self.bank.items() for _ in range(count)], dtype=torch.int64)),
            classes=len(self.counts),
            minority=self.minority,
            size=SIZE,
            n=dict.fromkeys(self.minority, 1),
            mix=self.mix,
            bank_size={label: self.bank.get(label, 10) for label in self.minority},
            slots=self.slots,
            streams=Streams.of(seed=0),
            block=Block(first=first, steps=steps),
            total=total,
        )

    def facts(self) -> Facts:
        """Return what is known of it before anything is trained."""
        names = tuple(f"class {label}" for label in range(len(self.counts)))
        rare = [names[label] for label in self.minority]
        return Facts(
            shape=(3, 8, 8),
            classes=names,
            counts=self.counts,
            minority=tuple(rare),
            batch_size=SIZE,
            mix=self.mix,
            n=dict.fromkeys(rare, 1),
            bank_size={names[label]: self.bank.get(label, 10) for label in self.minority},
        )


_ANY = SlotRule(arity=2, pairing="any", weights=(0.8, 0.2))
CASES = (
    Case(name="originals alone", mix={ORIGINALS: 1.0}),
    Case(name="banks and two slots", mix={GENERATED: 2.0, "linear": 1.0, "rotated": 1.0}, slots={"linear": PAIR, "rotated": PAIR}),
    Case(name="shares of originals and banks", mix={ORIGINALS: 2.0, GENERATED: 1.0}),
    Case(name="one slot of any two originals", mix={"linear": 1.0}, slots={"linear": replace(_ANY, sources="originals")}),
    Case(
        name="slots of one and of four sources",
        mix={"turned": 1.0, "four": 1.0},
        slots={"turned": SlotRule(arity=1, sources="generated"), "four": SlotRule(arity=4, pairing="any", probability=0.5)},
    ),
)
"""What every sampler may meet."""
ODD = (
    Case(name="a class of one image", counts=(30, 20, 6, 1), mix={GENERATED: 1.0, "linear": 1.0}, slots={"linear": PAIR}),
    Case(name="a class of one image, in a slot of any two", counts=(30, 20, 6, 1), mix={"linear": 1.0}, slots={"linear": _ANY}),
    Case(name="a class without images", counts=(30, 0, 6, 5), mix={GENERATED: 1.0}),
    Case(name="one minority class", minority=(3,), bank={3: 8}, mix={GENERATED: 1.0, "linear": 1.0}, slots={"linear": PAIR}),
    Case(name="a minority class without a bank", bank={2: 12}, mix={GENERATED: 1.0, "linear": 1.0}, slots={"linear": PAIR}),
    Case(name="no bank", bank={}, mix={"linear": 1.0}, slots={"linear": PAIR}),
    Case(name="no minority class", bank={}, minority=(), mix={"linear": 1.0}, slots={"linear": PAIR}),
)
"""What some data sets, folds and matrices come to."""


def cases(component: Sampler, wanted: tuple[Case, ...] = CASES) -> Iterator[Case]:
    """Yield the cases that a sampler supports."""
    reason: Reason | None = None
    found = 0
    for case in wanted:
        reason = component.supports(case.facts())
        if reason is None:
            found += 1
            yield case
    if not found:
        raise NotApplicable(f"it supports none of the small training sets that are tried: {reason}")


def composed(component: Sampler, case: Case, first: int = 0) -> tuple[Group, ...]:
    """Compose a block."""
    return tuple(component.compose(case.context(first)))


def images_with(groups: tuple[Group, ...], wanted: Tensor) -> Tensor:
    """Return how many images of each step have some source among the ``wanted``, bool [N + M]; int64 [steps]."""
    return torch.stack([wanted[group.sources].any(-1).sum(1) for group in groups]).sum(0)


def _shuffled(labels: Tensor) -> Tensor:
    return labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))]
