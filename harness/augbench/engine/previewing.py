"""Look at a data set: some images of each class and the counts of all, as pictures; no other image is decoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.registry.asking import card_of, loaded
from augbench.store.files import write_bytes
from augbench.values.data import Dataset, Resize, Split, Splits
from augbench.values.errors import NoSuchSplit
from augbench.values.numbers import by_area, count, many

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from augbench.stages.contact import Contact

MOST_CLASSES = 300
"""Classes of one data set that are shown; of more, the largest and the smallest."""
_LARGE, _MIDDLE, _SMALL = 144, 108, 72
"""Pixels of a picture's longer side, for few, some and many classes."""
_STRIP = 592
"""Pixels that the channels of one image take side by side, so that two images fit in a line."""
_KEPT = 256
"""Prepared images up to this side are shown pixel by pixel."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be shown of a data set."""

    split: str = "train"
    each: int = 8
    """Images of a class."""
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What was drawn."""

    name: str
    pictures: tuple[Path, ...]
    classes: dict[str, dict[str, int]]
    """Images by class and split."""
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Example:
    """One chosen image, small enough to keep."""

    image: NDArray[Any]
    """[H, W, C]."""
    name: str
    whole: tuple[int, int]
    """Its height and width in the data set, or as the resize leaves it."""


def preview(name: str, dataset: Dataset, resize: Resize | None, wanted: Wanted, picture: Path) -> Preview:
    """Draw a data set; where it takes several pages, ``picture`` is the first, and the others are numbered after it.

    Raise ``NoSuchSplit``, or a ``DataError`` of the data set.  Nothing is written before all is drawn.
    """
    from augbench.stages.contact import draw_contact

    splits = loaded(dataset)
    contact, counts = _contact(name, dataset, splits, resize, wanted)
    pages = draw_contact(contact)
    paths = tuple(picture if place == 0 else picture.with_stem(f"{picture.stem}-{place + 1}") for place in range(len(pages)))
    for path, page in zip(paths, pages, strict=True):
        write_bytes(path, page)
    return Preview(name=name, pictures=paths, classes=counts, notes=contact.notes)


def _contact(
    name: str, dataset: Dataset, splits: Splits, resize: Resize | None, wanted: Wanted
) -> tuple[Contact, dict[str, dict[str, int]]]:
    from augbench.stages.contact import Contact, Line
    from augbench.stages.looks import look_of

    counts = _counts(splits)
    shown, left_out = _shown(counts)
    side = _side(len(shown), resize)
    split = _split(splits, wanted.split, name)
    examples = [_examples(split, label, resize, wanted, side) for label in shown]
    every = [example for one in examples for example in one]
    look = look_of([example.image for example in every], [example.name for example in every])
    zoom = max(1, _room(side, look.channels) // max((max(example.image.shape[:2]) for example in every), default=side))
    names = list(counts)
    lines = tuple(
        Line(name=names[label], counts=counts[names[label]], pictures=[look.picture(example.image, zoom) for example in one])
        for label, one in zip(shown, examples, strict=True)
    )
    total = sum(sum(one.values()) for one in counts.values())
    facts = f"{many(total, 'image')} in {many(len(names), 'class', 'classes')}; {_sizes(every, resize)}; {look.kind()}"
    notes = (_chosen_words(split, wanted), *_size_words(every, zoom), *look.words(), *left_out, *_origin(dataset))
    title = card_of(dataset).title
    heading = title if title.casefold().startswith(name.casefold()) else f"{name}: {title}"
    return Contact(title=heading, facts=facts, lines=lines, notes=notes), counts


def _counts(splits: Splits) -> dict[str, dict[str, int]]:
    counts = splits.counts
    return {name: {part: counts[part][label] for part in counts} for label, name in enumerate(splits.classes)}


def _split(splits: Splits, wanted: str, name: str) -> Split:
    if wanted not in splits.parts:
        raise NoSuchSplit(name, wanted, list(splits.parts))
    return splits.parts[wanted]


def _shown(counts: dict[str, dict[str, int]]) -> tuple[list[int], tuple[str, ...]]:
    """Return the classes to show, the largest first, and what to say of those that are not."""
    sizes = [one["train"] for one in counts.values()]
    order = sorted(range(len(sizes)), key=lambda label: (-sizes[label], label))
    if len(order) <= MOST_CLASSES:
        return order, ()
    half = MOST_CLASSES // 2
    left = (
        f"The {count(half)} largest and the {count(half)} smallest classes are shown; the {count(len(order) - 2 * half)} between are not."
    )
    return order[:half] + order[-half:], (left,)


def _side(classes: int, resize: Resize | None) -> int:
    side = _LARGE if classes <= 12 else _MIDDLE if classes <= 30 else _SMALL
    prepared = max(resize.shape()) if resize else 0
    return max(side, prepared) if prepared <= _KEPT else side


def _room(side: int, channels: int) -> int:
    from augbench.stages.looks import beside

    return min(side, _STRIP // beside(channels))


def _examples(split: Split, label: int, resize: Resize | None, wanted: Wanted, side: int) -> list[_Example]:
    from augbench.stages.picking import picked

    return [_example(split, place, resize, side) for place in picked(split, label, wanted.each, wanted.seed)]


def _example(split: Split, place: int, resize: Resize | None, side: int) -> _Example:
    from augbench.stages.looks import fitted
    from augbench.stages.prepared import resized

    image = resized(split, place, resize)
    return _Example(image=fitted(image, _room(side, image.shape[2])), name=split.ids[place], whole=image.shape[:2])


def _sizes(examples: Sequence[_Example], resize: Resize | None) -> str:
    sizes = by_area({example.whole for example in examples})
    if not sizes:
        return "no image is shown"
    low, high = (f"{count(height)} x {count(width)}" for height, width in (sizes[0], sizes[-1]))
    if resize is not None:
        return f"brought to {low} pixels"
    # Of the others nobody has looked at the size.
    return f"{low} pixels" if low == high else f"those shown {low} to {high} pixels"


def _chosen_words(split: Split, wanted: Wanted) -> str:
    part = "training" if wanted.split == "train" else wanted.split
    spread = ", one of each group before a second of any" if split.groups is not None else ""
    return f"Shown are up to {many(wanted.each, 'image')} a class of the {part} split, drawn by seed {wanted.seed}{spread}."


def _size_words(examples: Sequence[_Example], zoom: int) -> tuple[str, ...]:
    if zoom > 1:
        return (f"Every pixel is shown as {zoom} x {zoom}.",)
    shrunk = sum(example.image.shape[:2] != example.whole for example in examples)
    if not shrunk:
        return ()
    longest = max(max(example.image.shape[:2]) for example in examples)
    return (f"Images are scaled down to {longest} pixels on their longer side{' where they are larger' * (shrunk < len(examples))}.",)


def _origin(dataset: Dataset) -> tuple[str, ...]:
    card = card_of(dataset)
    said = [f"{word}: {text}" for word, text in (("Source", card.source), ("licence", card.licence)) if text]
    return (f"{'; '.join(said)}.",) if said else ()
