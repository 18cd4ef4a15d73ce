"""Look at components: one picture of what each does, on images of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.engine.material import Material
from augbench.engine.mixing import Made, Shown, made_by, mixing_section
from augbench.engine.trying import Subject
from augbench.store.files import write_bytes
from augbench.values.numbers import count
from augbench.values.sampling import Pairing
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


def look_at(sights: Sequence[Sight], material: Material, shown: Shown, title: str = "") -> Drawn:
    """Draw components one below the other.

    Raise ``NothingToShow`` for a kind of which there is no picture, ``Unsuited``, and for a component that fails
    ``ComponentRaises``, ``ComponentHangs`` or ``OddResult``.
    """
    from augbench.stages.sections import draw_sections

    for sight in sights:
        subject = sight.subject
        if subject.kind not in KINDS:
            hint = _HINTS.get(subject.kind, f"'bench plugins show {subject.name}' says what it takes")
            raise NothingToShow(subject.kind, subject.name, KINDS, hint)
    mixed = {number: _made(sight, material, shown) for number, sight in enumerate(sights) if sight.subject.kind == "augmenter"}
    stand = _Stand(material=material, shown=shown, made=mixed)
    sections = [stand.section(number, sight) for number, sight in enumerate(sights)]
    told = tuple(
        Told(name=sight.subject.name, kind=sight.subject.kind, settings=sight.subject.settings, facts=facts)
        for sight, (_, facts) in zip(sights, sections, strict=True)
    )
    heading = title or " · ".join(dict.fromkeys(sight.subject.name for sight in sights))
    picture = draw_sections(heading, stand.facts(), [section for section, _ in sections], stand.notes())
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

    def section(self, number: int, sight: Sight) -> tuple[Section, dict[str, Any]]:
        """Return the drawing of a component, and what it shows."""
        made, material = self.made[number], self.material
        aside = ", ".join(filter(None, (sight.subject.settings, sight.aside)))
        section = mixing_section(sight.subject, made, material, self._look, self._zoom, self.shown, aside)
        return section, _mixing_facts(made, material, self.shown)

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
            return f"on the classes of {self.material.name}"
        _, height, width = self.material.shape
        return f"training images of {self.material.name}, {count(height)} x {count(width)} pixels; {self._look.kind()}"

    def notes(self) -> tuple[str, ...]:
        """Say how the drawing is to be read."""
        if not self.made:
            return (f"Drawn by seed {self.material.seed}.",)
        many = len(next(iter(self.made.values())).images)
        zoom = (f"Every pixel is shown as {self._zoom} x {self._zoom}.",) if self._zoom > 1 else ()
        brought = ("Images are scaled to one size for this picture; a matrix says by resize how it is done in a run.",)
        return (
            *self._bars(),
            f"Images and draws are chosen by seed {self.material.seed}; on the right, of {many} draws those that change the first source "
            "least and most. Images of one column are of one batch.",
            *zoom,
            *self._look.words(),
            *(brought if self.material.brought else ()),
        )

    def _bars(self) -> tuple[str, ...]:
        made = [each for each in self.made.values() if each.sources.shape[1] > 1]
        if not made:
            return ()
        apart = any(abs(each.labels - each.shows).max() > 0.005 for each in made)
        thin = "; the thin bar below, where there is one, how much of each source its pixels show" * apart
        return (f"Bar and numbers below an image: how much each class counts in its label{thin}.",)


def _mixing_facts(made: Made, material: Material, shown: Shown) -> dict[str, Any]:
    names, split = material.splits.classes, material.splits.train

    def weights(line: int) -> list[dict[str, float]]:
        labels = dict.fromkeys(int(split.labels[place]) for place in made.lines[line])
        return [{names[label]: round(float(made.labels[step, line, label]), 4) for label in labels} for step in range(shown.draws)]

    return {
        "outside": round(made.outside, 4),
        "lines": [
            {"sources": [{"id": split.ids[place], "class": names[int(split.labels[place])]} for place in line], "labels": weights(number)}
            for number, line in enumerate(made.lines)
        ],
    }
