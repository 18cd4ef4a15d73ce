"""Laws of samplers: what they say nothing of, and what only looks like a breach."""

from __future__ import annotations

import pytest
import torch

from augbench import Group, Sampler
from augbench.testing import NotApplicable
from augbench.testing.laws import sampler as laws
from harness.testing.bad.sampler import GOOD, Evenly, OriginalsAlone
from support.lawful import broken
from support.toys import Supplement


class Pooled(Evenly):
    """Draws any images of the originals and the bank, as one group."""

    def compose(self, context):
        count = len(context.every_label) if "generated" in context.mix else len(context.labels)
        shape = (context.block.steps, context.size, 1)
        return (Group(slot=None, sources=torch.randint(count, shape, generator=context.rng("pool"))),)

    def originals_per_step(self, context):
        return round(context.size * len(context.labels) / (len(context.every_label) if "generated" in context.mix else len(context.labels)))

    def prior(self, context, progress):
        counts = context.counts("both" if "generated" in context.mix else "originals").double()
        return counts / counts.sum()


class ClassByClass(Evenly):
    """Shows originals of one class in each batch."""

    def compose(self, context):
        rng = context.rng("classes")
        there = context.class_counts.nonzero()[:, 0]
        labels = there[torch.randint(len(there), (context.block.steps, 1), generator=rng)].expand(-1, context.size)
        return (Group(slot=None, sources=context.pick(labels, "originals", rng)[..., None]),)

    def originals_per_step(self, context):
        return context.size

    def prior(self, context, progress):
        there = (context.class_counts > 0).double()
        return there / there.sum()


@pytest.mark.parametrize("sampler", [*GOOD, Pooled(), ClassByClass()], ids=lambda it: type(it).__name__)
def test_honest_samplers_keep_the_laws(sampler: Sampler) -> None:
    assert broken(sampler) == []
    laws.exercise(sampler)


def test_a_sampler_whose_prior_leaves_out_what_it_adds_is_told_so() -> None:
    assert "prior-is-what-is-sampled" in {verdict.check for verdict in broken(Supplement())}


def test_a_law_says_nothing_of_mixes_that_a_sampler_refuses() -> None:
    with pytest.raises(NotApplicable) as caught:
        laws.check_one_stream_a_source(OriginalsAlone())
    assert str(caught.value) == "it supports none of the small training sets that are tried: mix may name originals alone"
