"""What samplers share: which parts of a batch a class can have, and how many images of it each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augbench import Group, SampleContext, shares
from augbench.values.sampling import GENERATED, ORIGINALS

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


def plain_group(indices: Tensor) -> Group:
    """Take images as they are, [steps, n]."""
    return Group(slot=None, sources=indices[..., None])
