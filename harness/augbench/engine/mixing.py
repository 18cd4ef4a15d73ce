"""Show what an augmenter does: let it draw many times on the same sources, and keep what some draws made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from augbench.engine.material import Material, as_sources
from augbench.engine.trying import Subject
from augbench.values.augmenting import Augmenter, DrawContext, Mixed, TableView, label_weights
from augbench.values.sampling import Pairing
from augbench.values.streams import Streams
from augbench.values.trial_errors import Unsuited

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from augbench.stages.looks import Look
    from augbench.stages.mixing_sheet import Mixing, MixingSection, Picture

_MANY = 64
"""Draws of which the extremes are shown."""
_VALUES = 2**24
"""Numbers of all these draws at most; of large images fewer are drawn."""
_EXACT = 1e-3


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How augmenters are shown."""

    lines: int = 3
    draws: int = 6
    pairing: Pairing = "any"
    compact: bool = False
    """Whether an augmenter takes one line, without extremes."""
    limit: float
    """Seconds that the code of one component may take."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What one augmenter made."""

    lines: tuple[tuple[int, ...], ...]
    """Sources, by their places among the training images."""
    images: NDArray[Any]
    """float32 [draws, lines, C, H, W]."""
    labels: NDArray[np.float64]
    """How much each class counts in the label, [draws, lines, K]."""
    shows: NDArray[np.float64]
    """How much of each class the pixels show, [draws, lines, K]."""
    sources: NDArray[Any]
    """float32 [lines, arity, C, H, W]."""

    @property
    def outside(self) -> float:
        """Return the share of values that are no colour."""
        return float(((self.images < 0) | (self.images > 1)).mean())

    def extremes(self, line: int) -> tuple[int, int]:
        """Return the draws that change the first source least and most."""
        changes = abs(self.images[:, line] - self.sources[line, 0]).mean((1, 2, 3))
        return int(changes.argmin()), int(changes.argmax())


def made_by(subject: Subject, material: Material, shown: Shown) -> Made:
    """Let an augmenter make images.  Raise ``Unsuited``, or what ``Subject.trial`` raises."""
    if (reason := subject.refusal(material.facts(), shown.limit)) is not None:
        raise Unsuited(subject.kind, subject.name, reason, "show it on other images with --data")
    lines = _lines(subject, material, shown)
    with subject.trial(shown.limit):
        return _drawn(subject, cast("Augmenter", subject.component), material, lines, shown)


def _lines(subject: Subject, material: Material, shown: Shown) -> list[list[int]]:
    augmenter = cast("Augmenter", subject.component)
    if not augmenter.looks:
        return material.lines(shown.lines, augmenter.arity, shown.pairing)
    return [
        _with_partners(subject, material, first, shown, number) for number, (first,) in enumerate(material.lines(shown.lines, 1, "any"))
    ]


def _with_partners(subject: Subject, material: Material, first: int, shown: Shown, number: int) -> list[int]:
    """Let an augmenter that looks at images first choose those to mix with one."""
    import torch

    from augbench.stages.tables import checked

    augmenter, cpu = cast("Augmenter", subject.component), torch.device("cpu")
    label = int(material.splits.train.labels[first])
    places, images = material.some(label)
    with subject.trial(shown.limit):
        view = TableView(images=images, labels=torch.full((len(places),), label), device=cpu)
        table = checked(augmenter, augmenter.partners(view), len(places))
        rng = Streams.of(seed=material.seed).rng("preview/partners", line=number)
        chosen = table[places.index(first)][torch.randint(table.shape[1], (augmenter.arity - 1,), generator=rng).numpy()]
    return [first, *(places[int(place)] for place in chosen)]


def _drawn(subject: Subject, augmenter: Augmenter, material: Material, lines: Sequence[Sequence[int]], shown: Shown) -> Made:
    import torch

    from augbench.stages import promises
    from augbench.stages.batches import soft_targets

    classes, every = len(material.splits.classes), material.labels()
    labels = every[torch.tensor(lines)]
    sources = as_sources(material, lines, torch.device("cpu"))
    steps = max(shown.draws, min(_MANY, _VALUES // sources[:, 0].numel()))
    context = DrawContext(
        steps=steps,
        per_step=len(lines),
        shape=material.shape,
        labels=labels.repeat(steps, 1),
        class_counts=torch.tensor(material.counts),
    )
    rng = Streams.of(seed=material.seed).rng("preview/draws")
    draw = promises.drawn(augmenter, augmenter.draw(context, rng), context.count)
    mixed = [_applied(subject, augmenter, sources, draw[step * len(lines) : (step + 1) * len(lines)]) for step in range(steps)]
    weights = [label_weights(each) for each in mixed]
    return Made(
        lines=tuple(map(tuple, lines)),
        images=torch.stack([each.images for each in mixed]).numpy(),
        labels=torch.stack([soft_targets(labels, each, classes) for each in weights]).double().numpy(),
        shows=torch.stack([soft_targets(labels, each.pixel_weights, classes) for each in mixed]).double().numpy(),
        sources=sources.numpy(),
    )


def _applied(subject: Subject, augmenter: Augmenter, sources: Tensor, draw: Any) -> Mixed:
    from augbench.stages import promises

    # A copy: what one step writes must not meet the next.
    mixed = promises.mixed(augmenter, augmenter.apply(sources.clone(), draw), sources)
    weights = label_weights(mixed)
    promises.finite(augmenter, "apply", {"images": mixed.images, "pixel weights": mixed.pixel_weights, "label weights": weights})
    sums = weights.sum(1)
    worst = float(sums[(sums - 1).abs().argmax()])
    subject.require(abs(worst - 1) < _EXACT, f"label weights that sum to {worst:.4g}", "to 1", "apply")
    return mixed


def mixing_section(subject: Subject, made: Made, material: Material, look: Look, zoom: int, shown: Shown, aside: str) -> MixingSection:
    """Draw what an augmenter made."""
    from augbench.stages.mixing_sheet import MixingSection

    mixings = tuple(_mixing(line, made, material, look, zoom, shown) for line in range(len(made.lines)))
    return MixingSection(name=subject.name, aside=aside, about=_about(subject, made), mixings=mixings)


def _mixing(line: int, made: Made, material: Material, look: Look, zoom: int, shown: Shown) -> Mixing:
    from augbench.stages.mixing_sheet import Mixing, Picture

    labels = [int(material.splits.train.labels[place]) for place in made.lines[line]]
    classes = list(dict.fromkeys(labels))

    def picture(step: int) -> Picture:
        label, shows = (tuple(shares[step, line, classes].tolist()) for shares in (made.labels, made.shows))
        return Picture(pixels=look.picture(_stored(made.images[step, line], material), zoom), label=label, shows=shows)

    return Mixing(
        classes=tuple(material.splits.classes[label] for label in classes),
        sources=tuple(
            (look.picture(material.image(place), zoom), classes.index(label)) for place, label in zip(made.lines[line], labels, strict=True)
        ),
        draws=tuple(picture(step) for step in range(shown.draws)),
        extremes=() if shown.compact else tuple(picture(step) for step in made.extremes(line)),
    )


def _stored(image: NDArray[Any], material: Material) -> NDArray[Any]:
    """Return a float image [C, H, W] as the data set would hold it, [H, W, C]."""
    import numpy as np

    from augbench.values.data import SCALES

    kind = material.image(material.lines(1, 1, "any")[0][0]).dtype
    stored: NDArray[Any] = np.rint(np.moveaxis(image, 0, 2).clip(0, 1) * SCALES[str(kind)]).astype(kind)
    return stored


def _about(subject: Subject, made: Made) -> str:
    if made.outside < 0.0005:
        return subject.summary
    return f"{subject.summary} Of its values {100 * made.outside:.1f}% lie outside [0, 1] and are shown as black or white."


def mixing_facts(made: Made, material: Material, shown: Shown) -> dict[str, Any]:
    """Return what an augmenter made, for scripts."""
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
