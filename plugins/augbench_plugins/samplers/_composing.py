"""What all samplers share: which parts of a batch a class can have, and how one part is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augbench import Group, SampleContext, shares
from augbench.values.sampling import GENERATED, ORIGINALS, SlotRule

if TYPE_CHECKING:
    from torch import Tensor


def synthetic_parts(context: SampleContext) -> dict[str, float]:
    """Return the parts of ``mix`` other than originals."""
    return {part: weight for part, weight in context.mix.items() if part != ORIGINALS and weight > 0}


def can_make(context: SampleContext, part: str, label: int) -> bool:
    """Tell whether a class has what a part is made of: a class without bank has no generated images."""
    only_banks = part == GENERATED or context.slots[part].sources == GENERATED
    return not only_banks or bool(context.counts("generated")[label])


def pool_parts(context: SampleContext) -> dict[str, Tensor]:
    """Split the synthetic images that each class adds to a pool in the ratio of ``mix``; int64 [K] by part."""
    import torch

    parts = synthetic_parts(context)
    amounts = {part: torch.zeros(context.classes, dtype=torch.int64) for part in parts}
    for label in context.minority:
        possible = {part: weight for part, weight in parts.items() if can_make(context, part, label)}
        for part, amount in shares(possible, context.bank_size.get(label, 0)).items() if possible else ():
            amounts[part][label] = amount
    return {part: amount for part, amount in amounts.items() if amount.any()}


def deck(amounts: Tensor) -> Tensor:
    """Return each class as often as it is wanted, int64 [amounts.sum()]."""
    import torch

    return torch.arange(len(amounts)).repeat_interleave(amounts)


def make_group(context: SampleContext, part: str, labels: Tensor) -> Group:
    """Pick the sources of a part's images, which show the classes ``labels`` [steps, n]."""
    rng = context.rng(part)
    if part == GENERATED:
        return Group(slot=None, sources=context.pick(labels, "generated", rng)[..., None])
    return Group(slot=part, sources=context.sources(part, labels, rng))


def plain_group(indices: Tensor) -> Group:
    """Take images as they are, [steps, n]."""
    return Group(slot=None, sources=indices[..., None])


def shown_classes(context: SampleContext, part: str, amounts: Tensor) -> Tensor:
    """Return how often a part shows each class, float64 [K]: other than ``amounts`` where it mixes classes."""
    wanted = amounts.double()
    rule = context.slots.get(part)
    if rule is None or rule.arity == 1 or (rule.pairing == "same-class" and rule.partners is None):
        return wanted
    strangers = sum(rule.label_weights()[1:])
    return (1 - strangers) * wanted + strangers * _others(context, rule, wanted)


def _others(context: SampleContext, rule: SlotRule, wanted: Tensor) -> Tensor:
    """Return which classes the further sources of images of the ``wanted`` classes are of, float64 [K]."""
    import torch

    if rule.partners is None:
        counts = context.counts(rule.sources).double()
        return wanted.sum() * counts / counts.sum()
    originals, width = len(context.labels), rule.partners.shape[1]
    firsts = {ORIGINALS: slice(originals), GENERATED: slice(originals, None), "both": slice(None)}[rule.sources]
    # Of a class's images each comes first alike often, and then with each of its partners.
    shown = (wanted / context.counts(rule.sources).clamp(min=1) / width)[context.every_label[firsts]]
    partners = context.every_label[rule.partners[firsts]]
    return torch.bincount(partners.flatten(), shown.repeat_interleave(width), minlength=context.classes)
