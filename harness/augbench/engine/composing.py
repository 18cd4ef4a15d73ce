"""Show what a sampler composes: its first batches, and how much each class counts at the start, half-way and at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from augbench.engine.material import Material
from augbench.engine.trying import Subject
from augbench.values.sampling import ORIGINALS, Block, Group, SampleContext, Sampler, SlotRule
from augbench.values.streams import Streams
from augbench.values.trial_errors import Unsuited

if TYPE_CHECKING:
    from torch import Tensor

    from augbench.stages.batch_sheet import BatchSection, Cell

_SIZE, _STEPS = 32, 2000
"""Of a batch, and of a training, where no row says them."""
_BLOCK = 64
_PLACES = {"first batches": 0.0, "half-way": 0.5, "last batches": 1.0}
_SLOT = "mixed"


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What a sampler composed."""

    groups: tuple[Group, ...]
    """Of the first block."""
    context: SampleContext
    shares: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]
    """By place in the training: what is drawn, and what the sampler declares."""


def composed_by(subject: Subject, material: Material, told: SampleContext | None, limit: float) -> Composed:
    """Let a sampler compose batches, of what a row tells it or else of originals.  Raise ``Unsuited``, or what ``Subject.trial`` raises."""
    context = told or suited(subject, material, limit)
    with subject.trial(limit):
        return _composed(cast("Sampler", subject.component), context)


def suited(subject: Subject, material: Material, limit: float) -> SampleContext:
    """Return what a sampler can make batches of.  Raise ``Unsuited``."""
    reasons, originals = [], _originals(material)
    # Some take only mixed images.
    mixed = replace(originals, mix={_SLOT: 1.0}, slots={_SLOT: SlotRule(arity=2, pairing="any")})
    for context in (originals, mixed):
        reason = subject.refusal(material.facts(context.size, context.mix), limit)
        if reason is None:
            return context
        reasons.append(reason)
    raise Unsuited(subject.kind, subject.name, reasons[0], "show it in a row: --matrix FILE --row NAME")


def _originals(material: Material) -> SampleContext:
    """Return what a sampler is told that nobody tells anything."""
    import torch

    return SampleContext(
        labels=material.labels(),
        bank_labels=torch.empty(0, dtype=torch.int64),
        classes=len(material.splits.classes),
        minority=material.minority,
        size=_SIZE,
        n=dict.fromkeys(material.minority, 1),
        mix={ORIGINALS: 1.0},
        bank_size=dict.fromkeys(material.minority, 0),
        slots={},
        streams=Streams.of(seed=material.seed),
        total=_STEPS,
    )


def _composed(sampler: Sampler, context: SampleContext) -> Composed:
    from augbench.stages import promises

    found = {}
    groups: tuple[Group, ...] = ()
    for name, progress in _PLACES.items():
        block = Block(first=round(progress * max(0, (context.total or _STEPS) - _BLOCK)), steps=_BLOCK)
        there = context.at(block)
        composed = tuple(promises.composed(sampler, sampler.compose(there), there))
        groups = groups or composed
        declared = promises.prior(sampler, sampler.prior(context, progress), context.classes)
        found[name] = tuple(class_shares(composed, there).mean(0).tolist()), tuple(declared.tolist())
    return Composed(groups=tuple(group for group in groups if group.sources.shape[1]), context=context, shares=found)


def class_shares(groups: Sequence[Group], context: SampleContext) -> Tensor:
    """Return how much each class counts in the labels of every step, float64 [steps, K]."""
    import torch

    total = torch.zeros(context.block.steps, context.classes, dtype=torch.float64)
    for group in groups:
        weights = context.slots[group.slot].label_weights() if group.slot else (1.0,)
        for place, weight in enumerate(weights):
            labels = context.every_label[group.sources[..., place]]
            total.scatter_add_(1, labels, torch.full_like(labels, weight, dtype=torch.float64))
    return total / total.sum(1, keepdim=True)


def batch_section(subject: Subject, composed: Composed, material: Material, batches: int, aside: str) -> BatchSection:
    """Draw what a sampler composed."""
    from augbench.stages.batch_sheet import BatchSection, Shares

    whole = sum(material.counts)
    own = Shares(label="training images", drawn=tuple(number / whole for number in material.counts))
    drawn = [Shares(label=name, drawn=found, declared=declared) for name, (found, declared) in composed.shares.items()]
    return BatchSection(
        name=subject.name,
        aside=aside,
        about=subject.summary,
        classes=material.splits.classes,
        batches=tuple(_batch(composed, step) for step in range(min(batches, _BLOCK))),
        groups=_groups(composed),
        shares=(own, *drawn),
    )


def _batch(composed: Composed, step: int) -> tuple[tuple[Cell, ...], ...]:
    from augbench.stages.batch_sheet import Cell

    labels, originals = composed.context.every_label, len(composed.context.labels)
    return tuple(
        tuple(Cell(classes=tuple(labels[image].tolist()), synthetic=bool((image >= originals).any())) for image in group.sources[step])
        for group in composed.groups
    )


def _groups(composed: Composed) -> str:
    originals, told = len(composed.context.labels), []
    for group in composed.groups:
        number = group.sources.shape[1]
        synthetic = bool((group.sources >= originals).all())
        told.append(f"{number} of slot {group.slot}" if group.slot else f"{number} {'synthetic' if synthetic else 'as they are'}")
    return f"a batch of {composed.context.size}: {', '.join(told)}"


def composed_facts(composed: Composed, material: Material) -> dict[str, Any]:
    """Return what a sampler composed, for scripts."""
    names = material.splits.classes

    def named(shares: Sequence[float]) -> dict[str, float]:
        return {name: round(share, 4) for name, share in zip(names, shares, strict=True)}

    return {
        "groups": [{"slot": group.slot, "images": group.sources.shape[1]} for group in composed.groups],
        "shares": {place: {"drawn": named(drawn), "declared": named(declared)} for place, (drawn, declared) in composed.shares.items()},
    }
