"""Look at components: one picture of what each does, on images of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.engine.composing import batch_section, composed_by, composed_facts
from augbench.engine.material import Material
from augbench.engine.mixing import Made, Shown, made_by, mixing_facts, mixing_section
from augbench.engine.pacing import curve_facts, curve_section, factors_of
from augbench.engine.trying import Subject
from augbench.store.files import write_bytes
from augbench.values.numbers import count, many
from augbench.values.sampling import Pairing, SampleContext
from augbench.values.trial_errors import NothingToShow

if TYPE_CHECKING:
    from augbench.stages.looks import Look
    from augbench.stages.sections import Section

KINDS = ("augmenter", "sampler", "schedule")
"""What pictures show."""
_SIDE = 128
"""Pixels of a picture's longer side, about."""
_STRIP = 444
"""Pixels that the channels of one image take side by side."""
_VISIBLE = 0.005
"""Difference of two shares that a bar shows."""
_NOTES = {
    "sampler": "A square is an image of a batch, in the colour of its class; one of several colours is mixed, a dot marks a synthetic one. "
    "Wide bars are of 64 batches, the thin one below is what the sampler declares.",
    "schedule": "Curves: what the learning rate is multiplied by, in a training of 100 epochs of 20 steps.",
}
_BROUGHT = "Images are scaled to one size for this picture; in a run the matrix says by resize how that is done."
_HINTS = {
    "generator": "what a generator draws is in the report of a run, beside real images, once quality.features is set",
    "dataset": "'bench datasets preview' draws data sets",
    "resize": "'bench datasets preview --matrix FILE' shows images as their resize leaves them",
}


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A component that is to be looked at, with what a matrix says beside it."""

    subject: Subject
    aside: str = ""
    """What the slot says, in words."""
    pairing: Pairing | None = None
    """As its slot says; None leaves it to whoever looks."""
    told: SampleContext | None = None
    """What its row tells it, of a sampler."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a picture shows of one component."""

    name: str
    kind: str
    settings: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture, not yet written."""

    picture: bytes
    told: tuple[Told, ...]
    notes: tuple[str, ...]


def look_at(sights: Sequence[Sight], material: Material, shown: Shown, title: str) -> Drawn:
    """Draw components one below the other.

    Raise ``NothingToShow`` for a kind of which there is no picture, ``Unsuited``, and for a component that fails
    ``ComponentRaises``, ``ComponentHangs`` or ``OddResult``.
    """
    from augbench.stages.mixing_sheet import merged
    from augbench.stages.sections import draw_sections

    for sight in sights:
        subject = sight.subject
        if subject.kind not in KINDS:
            hint = _HINTS.get(subject.kind, f"'bench plugins show {subject.name}' says what it takes")
            raise NothingToShow(subject.kind, subject.name, KINDS, hint)
    mixed = {number: _made(sight, material, shown) for number, sight in enumerate(sights) if sight.subject.kind == "augmenter"}
    stand = _Stand(material=material, shown=shown, made=mixed, kinds=frozenset(sight.subject.kind for sight in sights))
    sections = [stand.section(number, sight) for number, sight in enumerate(sights)]
    told = tuple(
        Told(name=sight.subject.name, kind=sight.subject.kind, settings=sight.subject.settings, facts=facts)
        for sight, (_, facts) in zip(sights, sections, strict=True)
    )
    drawn = [section for section, _ in sections]
    picture = draw_sections(title, stand.facts(), merged(drawn) if shown.compact else drawn, stand.notes())
    return Drawn(picture=picture, told=told, notes=stand.notes())


def write(drawn: Drawn, path: Path) -> None:
    """Write a picture, in one step."""
    write_bytes(path, drawn.picture)


def _made(sight: Sight, material: Material, shown: Shown) -> Made:
    return made_by(sight.subject, material, replace(shown, pairing=sight.pairing or shown.pairing))


@dataclass(frozen=True, kw_only=True)
class _Stand:
    """How all sections are shown: alike, so that they can be compared."""

    material: Material
    shown: Shown
    made: Mapping[int, Made]
    kinds: frozenset[str]

    def section(self, number: int, sight: Sight) -> tuple[Section, dict[str, Any]]:
        """Return the drawing of a component, and what it shows."""
        subject, material = sight.subject, self.material
        aside = ", ".join(filter(None, (subject.settings, sight.aside)))
        if subject.kind == "sampler":
            composed = composed_by(subject, material, sight.told, self.shown.limit)
            return batch_section(subject, composed, material, self.shown.draws, aside), composed_facts(composed, material)
        if subject.kind == "schedule":
            factors = factors_of(subject, self.shown.limit)
            return curve_section(subject, factors, aside), curve_facts(factors)
        made = self.made[number]
        section = mixing_section(subject, made, material, self._look, self._zoom, self.shown, aside)
        return section, mixing_facts(made, material, self.shown)

    @cached_property
    def _look(self) -> Look:
        from augbench.stages.looks import look_of

        places = self._places()
        return look_of([self.material.image(place) for place in places], [self.material.splits.train.ids[place] for place in places])

    @cached_property
    def _zoom(self) -> int:
        from augbench.stages.looks import beside

        channels, height, width = self.material.shape
        return max(1, min(_SIDE, _STRIP // beside(channels)) // max(height, width))

    def _places(self) -> list[int]:
        return list(dict.fromkeys(place for made in self.made.values() for line in made.lines for place in line))

    def facts(self) -> str:
        """Say what is shown."""
        if not self.made:
            return f"for the training images of {self.material.name}, {many(sum(self.material.counts), 'image')}"
        _, height, width = self.material.shape
        return f"training images of {self.material.name}, {count(height)} x {count(width)} pixels; {self._look.kind()}"

    def notes(self) -> tuple[str, ...]:
        """Say how the drawing is to be read."""
        return (*(self._of_images() if self.made else ()), *(note for kind, note in _NOTES.items() if kind in self.kinds), self._seeded())

    def _of_images(self) -> tuple[str, ...]:
        number = len(next(iter(self.made.values())).images)
        zoom = (f"Every pixel is shown as {self._zoom} x {self._zoom}.",) if self._zoom > 1 else ()
        brought = (_BROUGHT,) if self.material.brought else ()
        extremes = f"; on the right, of {number} draws those that change the first source least and most" * (not self.shown.compact)
        return *self._bars(), f"Images of one column are of one batch{extremes}.", *zoom, *self._look.words(), *brought

    def _bars(self) -> tuple[str, ...]:
        mixed = [each for each in self.made.values() if (each.labels < 1 - _VISIBLE).all(axis=-1).any()]
        if not mixed:
            return ()
        apart = any(abs(each.labels - each.shows).max() > _VISIBLE for each in mixed)
        thin = "; the thin bar, where there is one, how much of each class its pixels show" * apart
        return (f"Bar and numbers below an image: how much each class counts in its label{thin}.",)

    def _seeded(self) -> str:
        return f"Drawn by seed {self.material.seed}."
