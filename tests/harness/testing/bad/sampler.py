"""A sampler that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from augbench import Component, Facts, Group, Reason, SampleContext, Sampler, shares

GENERATED, ORIGINALS = "generated", "originals"


@dataclass(frozen=True, kw_only=True)
class Evenly(Sampler):
    """Parts of a batch as ``mix`` has them, synthetic ones of minority classes drawn alike often."""

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        return tuple(self.group(context, part, size) for part, size in self.sizes(context).items() if size)

    def group(self, context: SampleContext, part: str, size: int) -> Group:
        if part == ORIGINALS:
            return Group(slot=None, sources=self.walk(context, size)[..., None])
        rng = self.stream(context, part)
        labels = torch.tensor(self.classes(context, part))[
            torch.randint(len(self.classes(context, part)), (context.block.steps, size), generator=rng)
        ]
        if part == GENERATED:
            return Group(slot=None, sources=context.pick(labels, GENERATED, rng)[..., None])
        return Group(slot=part, sources=context.sources(part, labels, rng))

    def walk(self, context: SampleContext, size: int) -> Tensor:
        return context.passes(ORIGINALS, torch.arange(len(context.labels)), size)

    def stream(self, context: SampleContext, part: str) -> torch.Generator:
        return context.rng(part)

    def classes(self, context: SampleContext, part: str) -> list[int]:
        only_banks = part == GENERATED or context.slots[part].sources == GENERATED
        return [label for label in context.minority if not only_banks or context.counts(GENERATED)[label]]

    def sizes(self, context: SampleContext) -> dict[str, int]:
        parts = {part: weight for part, weight in context.mix.items() if part == ORIGINALS or self.classes(context, part)}
        return shares({ORIGINALS: 2.0, **parts}, context.size)

    def originals_per_step(self, context: SampleContext) -> int:
        return self.sizes(context)[ORIGINALS]

    def pool(self, context: SampleContext) -> int:
        return len(context.labels)

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        shown = torch.zeros(context.classes, dtype=torch.float64)
        for part, size in self.sizes(context).items():
            rare = torch.zeros_like(shown)
            rare[self.classes(context, part) if part != ORIGINALS else []] = 1
            others, weights = context.class_counts.double(), (0.0, 1.0)
            if part != ORIGINALS:
                rule = context.slots.get(part)
                mixes = rule is not None and rule.pairing == "any"
                weights = (rule.label_weights()[0], sum(rule.label_weights()[1:])) if mixes else (1.0, 0.0)
                others = context.counts(rule.sources if rule else GENERATED).double()
            shown += size * (weights[0] * rare / rare.sum().clamp(min=1) + weights[1] * others / others.sum())
        return shown / shown.sum()


@dataclass(frozen=True, kw_only=True)
class OriginalsAlone(Evenly):
    """Supports no synthetic images."""

    def supports(self, facts: Facts) -> Reason | None:
        return None if set(facts.mix) == {ORIGINALS} else Reason("mix may name originals alone")


class Flat(Evenly):
    def group(self, context, part, size):
        found = super().group(context, part, size)
        return replace(found, sources=found.sources.int()) if part == ORIGINALS else found


class BehindTheLast(Evenly):
    def group(self, context, part, size):
        found = super().group(context, part, size)
        return replace(found, sources=found.sources - (found.sources == 0).long()) if part == ORIGINALS else found


class Uninvited(Evenly):
    def compose(self, context):
        first, *others = super().compose(context)
        if GENERATED in context.mix or not len(context.bank_labels):
            return first, *others
        sources = first.sources.clone()
        sources[0, 0] = len(context.labels)
        return replace(first, sources=sources), *others


class AnySource(Evenly):
    def group(self, context, part, size):
        if part in context.slots and context.slots[part].pairing == "same-class":
            context = replace(context, slots={part: replace(context.slots[part], sources="both")})
        return super().group(context, part, size)


class OneShort(Evenly):
    def sizes(self, context):
        return super().sizes(replace(context, size=context.size - 1))


class Growing(Evenly):
    def compose(self, context):
        first, *others = super().compose(context)
        cut = first.sources.shape[1] // 2
        return (
            (first, *others)
            if context.block.first == 0
            else (replace(first, sources=first.sources[:, :cut]), replace(first, sources=first.sources[:, cut:]), *others)
        )


LAST = {}


class Remembers(Evenly):
    def walk(self, context, size):
        first, LAST["first"] = LAST.get("first", 0), context.block.first
        found = super().walk(context, size)
        return found.flip(0) if first < context.block.first else found


class AllOver(Evenly):
    def compose(self, context):
        return super().compose(replace(context, block=replace(context.block, first=0)))


class OneStream(Evenly):
    def stream(self, context, part):
        return context.rng("+".join(context.mix))


class NeedsMinorities(Evenly):
    def sizes(self, context):
        assert context.minority, "which classes are rare?"
        return super().sizes(context)


class CountsAll(Evenly):
    def originals_per_step(self, context):
        return context.size + 1


class NoPool(Evenly):
    def pool(self, context):
        return 0


class Single(Evenly):
    def prior(self, context, progress):
        return super().prior(context, progress).float()


class CountsAsPrior(Evenly):
    def prior(self, context, progress):
        return context.class_counts.double() / len(context.labels)


GOOD: tuple[Component, ...] = (Evenly(), OriginalsAlone())
BAD: dict[str, Component] = {
    "groups-fit-their-slots": Flat(),
    "sources-are-there": BehindTheLast(),
    "only-what-mix-names": Uninvited(),
    "slots-of-originals": AnySource(),
    "batches-are-full": OneShort(),
    "sizes-are-constant": Growing(),
    "blocks-in-any-order": Remembers(),
    "blocks-go-on": AllOver(),
    "one-stream-a-source": OneStream(),
    "odd-training-sets": NeedsMinorities(),
    "originals-per-step": CountsAll(),
    "pool": NoPool(),
    "prior-is-a-distribution": Single(),
    "prior-is-what-is-sampled": CountsAsPrior(),
}
