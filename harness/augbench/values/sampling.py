"""How a sampler composes batches out of originals and banks, as index tensors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from augbench.values.components import Component, Kind
from augbench.values.errors import NoImages

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench.values.streams import Streams

Sources = Literal["originals", "generated", "both"]
Pairing = Literal["same-class", "any"]
ORIGINALS = "originals"
GENERATED = "generated"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Images of each step's batch that are made alike."""

    slot: str | None
    """The augment slot that makes them, or None for images taken as they are."""
    sources: Tensor
    """int64 [steps, n, arity]: indices into the originals (0..N-1) followed by the bank (N..N+M-1)."""


@dataclass(frozen=True, kw_only=True)
class SlotRule:
    """What the matrix says of an augment slot's sources."""

    arity: int
    sources: Sources = "both"
    pairing: Pairing = "same-class"
    probability: float = 1.0
    """How often the sources are mixed at all; otherwise the first is shown as it is."""
    weights: tuple[float, ...] = ()
    """How much each source's label counts on average; alike where nothing is said."""
    partners: Tensor | None = None
    """For each original and synthetic image those that may be mixed with it, int64 [N + M, k]; None for no such rule."""

    def label_weights(self) -> tuple[float, ...]:
        """Return how much each source's label counts on average, with the images that are shown as they are."""
        weights = self.weights or (1 / self.arity,) * self.arity
        first, *others = (self.probability * weight for weight in weights)
        return first + 1 - self.probability, *others


@dataclass(frozen=True, kw_only=True)
class Block:
    """A run of consecutive steps that is drawn at once."""

    first: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class SampleContext:
    """All that a sampler may know: labels and index ranges, never pixels."""

    labels: Tensor
    """Labels of the N originals, int64 [N]."""
    bank_labels: Tensor
    """Labels of the M synthetic images, int64 [M]."""
    classes: int
    """How many there are: K."""
    minority: tuple[int, ...]
    """Indices of the minority classes."""
    size: int
    """Images of a batch."""
    n: Mapping[int, int]
    """The paper's n of each minority class."""
    mix: Mapping[str, float]
    """Parts of a batch by source: ``originals``, ``generated`` or a slot's name; only sources that exist."""
    bank_size: Mapping[int, int]
    """Synthetic images that each minority class adds to a pool."""
    slots: Mapping[str, SlotRule]
    """What the matrix says of each augment slot, by name: its ``arity`` and whose images it mixes."""
    streams: Streams
    block: Block = field(default_factory=lambda: Block(first=0, steps=1))
    """The steps that are composed at once: ``block.steps`` of them from step ``block.first`` on."""
    total: int | None = None
    """Steps of the whole training; None only while that is found out."""

    def at(self, block: Block) -> SampleContext:
        """Return the context of another block of the same training."""
        other = replace(self, block=block)
        # What follows from the labels alone is found once a training, not once a block.
        vars(other).update(class_counts=self.class_counts, every_label=self.every_label, _by_class=self._by_class)
        return other

    def rng(self, source: str) -> torch.Generator:
        """Return the stream of one source for this block."""
        return self.streams.rng(f"train/sample.{source}", step=self.block.first)

    @cached_property
    def class_counts(self) -> Tensor:
        """Originals of each class, int64 [K]."""
        import torch

        return torch.bincount(self.labels, minlength=self.classes)

    @cached_property
    def every_label(self) -> Tensor:
        """Labels of the originals, then of the bank: what a group's indices point at, int64 [N + M]."""
        import torch

        return torch.cat([self.labels, self.bank_labels])

    def counts(self, sources: Sources) -> Tensor:
        """Return the images of each class among the sources, int64 [K]."""
        return self._by_class[sources][2]

    def available(self, part: str) -> Tensor:
        """Return the images of each class that a part of ``mix`` is made of, int64 [K]."""
        return self.counts(self._sources_of(part))

    @cached_property
    def parts(self) -> dict[str, int]:
        """Share a batch among the parts of ``mix``, by largest remainder: all originals where there is no image for any other.

        A part that gets no image is left out.
        """
        there = {part: weight for part, weight in self.mix.items() if weight > 0 and bool(self.available(part).any())}
        return {part: size for part, size in shares(there or {ORIGINALS: 1.0}, self.size).items() if size}

    def group(self, part: str, labels: Tensor, rng: torch.Generator) -> Group:
        """Pick what makes a part's images, which show the classes ``labels`` [steps, n]."""
        if part in self.slots:
            return Group(slot=part, sources=self.sources(part, labels, rng))
        return Group(slot=None, sources=self.pick(labels, self._sources_of(part), rng)[..., None])

    def shown(self, wanted: Mapping[str, Tensor]) -> Tensor:
        """Return the share of each class in the labels of batches, float64 [K]: what ``prior`` has to tell.

        ``wanted`` holds, for each part, how often its images are made to show each class, [K], in one unit for all parts.  The further
        sources of a slot may be of other classes: by its ``pairing`` or its partners, as much as their labels count.
        """
        import torch

        total = torch.stack([self._shown(part, amounts.double()) for part, amounts in wanted.items()]).sum(dim=0)
        return total / total.sum()

    def passes(self, source: str, pool: Tensor, per_step: int) -> Tensor:
        """Walk through a pool in shuffled passes without replacement; int64 [steps, per_step] of this block."""
        import torch

        return self.rounds(source, len(pool), per_step, lambda rng: pool[torch.randperm(len(pool), generator=rng)])

    def rounds(self, source: str, length: int, per_step: int, deal: Callable[[torch.Generator], Tensor]) -> Tensor:
        """Walk through rounds of ``length`` images that ``deal`` lays out; int64 [steps, per_step] of this block.

        Each round has a stream of its own, so any block can be drawn without those before it.
        """
        import torch

        if per_step == 0:
            return torch.empty(self.block.steps, 0, dtype=torch.int64)
        start, stop = self.block.first * per_step, (self.block.first + self.block.steps) * per_step
        first, last = start // length, -(-stop // length)
        dealt = [deal(self.streams.rng(f"train/sample.{source}", epoch=epoch)) for epoch in range(first, last)]
        return torch.cat(dealt)[start - first * length : stop - first * length].view(self.block.steps, per_step)

    def pick(self, labels: Tensor, sources: Sources, rng: torch.Generator) -> Tensor:
        """Pick an image of each wanted class, uniformly with replacement; indices of the labels' shape."""
        import torch

        order, offsets, counts = self._by_class[sources]
        if not bool((counts[labels] > 0).all()):
            raise NoImages(int(labels[counts[labels] == 0].flatten()[0]), sources)
        places = (torch.rand(labels.shape, generator=rng, dtype=torch.float64) * counts[labels]).long()
        return order[offsets[labels] + places]

    def sources(self, slot: str, labels: Tensor, rng: torch.Generator) -> Tensor:
        """Pick the sources of an augment slot's images, [..., arity], the first of the wanted class.

        Honours the slot's ``sources``, ``pairing`` (``any``: the others come from all classes, by their counts) and partners.
        """
        import torch

        rule = self.slots[slot]
        if rule.partners is not None:
            first = self.pick(labels, rule.sources, rng)
            places = torch.randint(rule.partners.shape[1], (*labels.shape, rule.arity - 1), generator=rng)
            return torch.cat([first[..., None], rule.partners[first].gather(-1, places)], dim=-1)
        wanted = labels[..., None].expand(*labels.shape, rule.arity)
        if rule.pairing == "same-class" or rule.arity == 1:
            return self.pick(wanted, rule.sources, rng)
        order, _, _ = self._by_class[rule.sources]
        others = order[torch.randint(len(order), (*labels.shape, rule.arity - 1), generator=rng)]
        return torch.cat([self.pick(labels, rule.sources, rng)[..., None], others], dim=-1)

    def _sources_of(self, part: str) -> Sources:
        if part == ORIGINALS:
            return "originals"
        return "generated" if part == GENERATED else self.slots[part].sources

    def _shown(self, part: str, wanted: Tensor) -> Tensor:
        rule = self.slots.get(part)
        if rule is None or rule.arity == 1 or (rule.pairing == "same-class" and rule.partners is None):
            return wanted
        strangers = sum(rule.label_weights()[1:])
        return (1 - strangers) * wanted + strangers * self._others(rule, wanted)

    def _others(self, rule: SlotRule, wanted: Tensor) -> Tensor:
        """Return which classes the further sources of images of the ``wanted`` classes are of, float64 [K]."""
        import torch

        if rule.partners is None:
            counts = self.counts(rule.sources).double()
            return wanted.sum() * counts / counts.sum()
        originals, width = len(self.labels), rule.partners.shape[1]
        firsts = {"originals": slice(originals), "generated": slice(originals, None), "both": slice(None)}[rule.sources]
        # Of a class's images each comes first alike often, and then with each of its partners.
        shown = (wanted / self.counts(rule.sources).clamp(min=1) / width)[self.every_label[firsts]]
        partners = self.every_label[rule.partners[firsts]]
        return torch.bincount(partners.flatten(), shown.repeat_interleave(width), minlength=self.classes)

    @cached_property
    def _by_class(self) -> dict[Sources, tuple[Tensor, Tensor, Tensor]]:
        """Indices sorted by class, where each class starts, and how many it has, for each kind of sources."""
        import torch

        every, originals = self.every_label, len(self.labels)
        ranges: dict[Sources, tuple[int, int]] = {
            "originals": (0, originals),
            "generated": (originals, len(every)),
            "both": (0, len(every)),
        }
        tables: dict[Sources, tuple[Tensor, Tensor, Tensor]] = {}
        for name, (start, stop) in ranges.items():
            counts = torch.bincount(every[start:stop], minlength=self.classes)
            tables[name] = (start + torch.argsort(every[start:stop], stable=True), counts.cumsum(0) - counts, counts)
        return tables


class Sampler(Component, ABC):
    """Decides what each batch holds."""

    kind: ClassVar[Kind] = "sampler"

    @abstractmethod
    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        """Return the groups of every step of ``context.block``: ``context.size`` images together, in the same sizes in every block."""

    @abstractmethod
    def originals_per_step(self, context: SampleContext) -> int:
        """Return how many originals a batch holds: what ``length = { epochs, of = "originals" }`` counts."""

    @abstractmethod
    def pool(self, context: SampleContext) -> int:
        """Return how many images a pass over the pool shows, at least 1: what ``of = "pool"`` counts."""

    @abstractmethod
    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the share of each class in the batches at a progress in [0, 1], float64 [K], summing to 1."""


def shares(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Split ``total`` images in the ratio of the weights, by largest remainder (ties: the first named)."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    result = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: result[name] - exact[name])
    for name in by_remainder[: total - sum(result.values())]:
        result[name] += 1
    return result
