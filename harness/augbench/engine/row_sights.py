"""What a row of a matrix shows: each of its slots as it is configured, with what the matrix says beside the components."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from augbench.engine.looking import Sight
from augbench.engine.material import Material
from augbench.engine.trying import Subject
from augbench.values.components import Component
from augbench.values.numbers import percent
from augbench.values.sampling import ORIGINALS, SampleContext
from augbench.values.settings import AugmentSlot, Settings
from augbench.values.streams import Streams

Called = Callable[[type], str]
"""Tells the name that a matrix uses for a class."""


def sights_of(settings: Settings, material: Material, called: Called) -> Iterator[Sight]:
    """Yield the slots that a row's batches read, its transforms, its sampler and its schedule."""
    for name, slot in settings.augment.items():
        if name in settings.mix():
            yield Sight(subject=_subject(slot.augmenter, called), aside=_beside(name, slot), pairing=slot.pairing)
    for number, transform in enumerate(settings.transforms, 1):
        yield Sight(subject=_subject(transform, called), aside=f"transform {number}, applied to {settings.transforms_at}")
    yield Sight(subject=_subject(settings.sampler, called), told=told(settings, material))
    yield Sight(subject=_subject(settings.training.schedule, called))


def told(settings: Settings, material: Material) -> SampleContext:
    """Return what a row's training tells its sampler."""
    from augbench.plan.graph import train_task
    from augbench.stages.contexts import sample_context
    from augbench.stages.train import total_steps

    names = material.splits.classes
    minority = [names[label] for label in material.minority]
    task = train_task(settings, minority)
    banks = {name: settings.of_class(name).bank.size for name in settings.generators(minority)}
    streams = Streams.of(seed=material.seed)
    context = sample_context(task, material.labels(), names, material.shape, banks, streams)
    return replace(context, total=total_steps(task, context)[0])


def _beside(name: str, slot: AugmentSlot) -> str:
    rare = f", applied to {percent(slot.probability)}" if slot.probability < 1 else ""
    # Banks are made by a run.
    here = " (here originals)" if slot.sources != ORIGINALS else ""
    return f"slot {name}: sources {slot.sources}{here}, pairing {slot.pairing}{rare}"


def _subject(component: Component, called: Called) -> Subject:
    return Subject(name=called(type(component)), component=component)
