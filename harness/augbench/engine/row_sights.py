"""What a row of a matrix shows: each of its slots as it is configured, with what the matrix says beside the components."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from augbench.engine.composing import Mixture
from augbench.engine.looking import Sight
from augbench.engine.material import Material
from augbench.engine.trying import Subject
from augbench.values.components import Component
from augbench.values.numbers import percent
from augbench.values.sampling import ORIGINALS, SlotRule
from augbench.values.settings import AugmentSlot, Settings

Called = Callable[[type], str]
"""Tells the name that a matrix uses for a class."""


def sights_of(settings: Settings, material: Material, called: Called) -> Iterator[Sight]:
    """Yield the slots that a row's batches read, its transforms, its sampler and its schedule."""
    for name, slot in settings.augment.items():
        if name in settings.mix():
            yield Sight(subject=_subject(slot.augmenter, called), aside=_beside(name, slot), pairing=slot.pairing)
    for number, transform in enumerate(settings.transforms, 1):
        yield Sight(subject=_subject(transform, called), aside=f"transform {number}, applied to {settings.transforms_at}")
    yield Sight(subject=_subject(settings.sampler, called), mixture=mixture_of(settings, material))
    yield Sight(subject=_subject(settings.training.schedule, called))


def mixture_of(settings: Settings, material: Material) -> Mixture:
    """Return what a row says of its batches."""
    names = material.splits.classes
    owned = {label: settings.of_class(names[label]) for label in material.minority}
    reads = settings.reads_banks()
    return Mixture(
        size=settings.batch.size,
        mix=settings.mix(),
        slots={name: _rule(slot, material) for name, slot in settings.augment.items() if name in settings.mix()},
        n={label: own.n for label, own in owned.items()},
        bank={label: own.bank.size for label, own in owned.items() if reads and own.generator is not None},
    )


def _rule(slot: AugmentSlot, material: Material) -> SlotRule:
    weights = slot.augmenter.expected_weights(material.shape)
    return SlotRule(arity=slot.augmenter.arity, sources=slot.sources, pairing=slot.pairing, probability=slot.probability, weights=weights)


def _beside(name: str, slot: AugmentSlot) -> str:
    rare = f", applied to {percent(slot.probability)}" if slot.probability < 1 else ""
    # Banks are made by a run.
    here = " (here originals)" if slot.sources != ORIGINALS else ""
    return f"slot {name}: sources {slot.sources}{here}, pairing {slot.pairing}{rare}"


def _subject(component: Component, called: Called) -> Subject:
    return Subject(name=called(type(component)), component=component)
