"""Audit a data set as its component loads it, decoding each image when it is looked at and keeping none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench.engine.watching import Watcher
from augbench.quality import findings
from augbench.quality.auditing import Part, audit
from augbench.registry.asking import loaded
from augbench.stages.looks import fitted, look_of
from augbench.stages.pair_sheet import Section, Side, draw_pairs
from augbench.stages.prepared import resized
from augbench.values.auditing import Audit, Finding, Picture
from augbench.values.data import SCALES, Dataset, Resize, Split
from augbench.values.errors import OddImage, OddPixels
from augbench.values.numbers import by_area, count, many
from augbench.values.ordered import in_order

_SHOWN = 12
"""Pairs of each finding that a picture has room for."""
_SIDE = 128
"""Pixels of a picture's longer side."""


class Auditor:
    """Looks at one data set: first at all images, then once more at those that a picture shows."""

    def __init__(self, name: str, dataset: Dataset, resize: Resize | None) -> None:
        splits = loaded(dataset)
        self._name, self._resize, self._classes = name, resize, tuple(splits.classes)
        self._splits, self._counts = splits.parts, splits.counts
        first = _Reader(splits.train, resize, None)(np.arange(1))[0]
        self._readers = {part: _Reader(split, resize, first) for part, split in self._splits.items()}
        self._scale = SCALES[str(first.dtype)]

    def audit(self, watcher: Watcher) -> Audit:
        """Look at all images.  Raise a ``DataError`` for one that cannot be read, or is of another kind than the first."""
        parts = [
            Part(name=part, take=self._readers[part], labels=split.labels, ids=split.ids, groups=split.groups)
            for part, split in self._splits.items()
        ]
        total = sum(len(split.ids) for split in self._splits.values())

        def began(what: str) -> None:
            watcher.began(f"{self._name}: {what}", unit="parts")

        began("looking")
        found = audit(parts, self._classes, self._scale, hints=True, seen=lambda done: watcher.moved(done, total), said=began)
        return Audit(name=self._name, classes=self._classes, counts=self._counts, findings=(*found, *self._sizes()))

    def picture(self, audit: Audit) -> bytes | None:
        """Draw the pairs that were found, the first of each kind side by side, as PNG; None where there are none."""
        shown = [finding for finding in audit.findings if any(len(lot) == 2 for lot in finding.pictures)]
        if not shown:
            return None
        images = sum(sum(counts) for counts in audit.counts.values())
        facts = f"{many(images, 'image')} in {many(len(audit.classes), 'class', 'classes')}"
        return draw_pairs(f"{audit.name}: pairs that an audit found", facts, [self._section(finding) for finding in shown])

    def _section(self, finding: Finding) -> Section:
        lots = finding.pictures[:_SHOWN]
        images = {picture: fitted(self._image(picture), _SIDE) for lot in lots for picture in lot}
        look = look_of(list(images.values()), [picture.name for picture in images])
        zoom = max(1, _SIDE // max(max(image.shape[:2]) for image in images.values()))
        pairs = tuple(tuple(_side(picture, look.picture(images[picture], zoom), finding) for picture in lot) for lot in lots)
        more = len(finding.pictures) - len(lots)
        rest = f"and {many(more, 'more pair')}, which --json names" if more else ""
        return Section(code=finding.code, grave=finding.grave, sentence=finding.sentence, pairs=pairs, rest=rest)

    def _image(self, picture: Picture) -> NDArray[Any]:
        place = self._splits[picture.split].ids.index(picture.name)
        return np.moveaxis(self._readers[picture.split](np.array([place]))[0], 0, 2)

    def _sizes(self) -> tuple[Finding, ...]:
        sizes = by_area(set().union(*(reader.sizes for reader in self._readers.values())))
        if len(sizes) < 2:
            return ()
        return (findings.sizes([f"{count(height)} x {count(width)}" for height, width in sizes]),)


class _Reader:
    """Decodes images of a split when asked for, by several threads."""

    def __init__(self, split: Split, resize: Resize | None, first: NDArray[Any] | None) -> None:
        self._split, self._resize, self._first = split, resize, first
        self.sizes: set[tuple[int, int]] = set()

    def __call__(self, indices: NDArray[np.int64]) -> Sequence[NDArray[Any]]:
        """Return images [C, H, W]."""
        places = indices.tolist()
        images = list(in_order(lambda number: self._read(places[number]), len(places)))
        self.sizes.update(image.shape[1:] for image in images)
        return images

    def _read(self, place: int) -> NDArray[Any]:
        image = np.moveaxis(resized(self._split, place, self._resize), 2, 0)
        self._check(image, self._split.ids[place])
        return image

    def _check(self, image: NDArray[Any], name: str) -> None:
        if str(image.dtype) not in SCALES:
            raise OddPixels(name, str(image.dtype))
        if self._first is not None and (image.dtype, len(image)) != (self._first.dtype, len(self._first)):
            raise OddImage(name, _kind(image), _kind(self._first), "convert it")


def _kind(image: NDArray[Any]) -> str:
    return f"of {many(len(image), 'channel')} and {8 * image.itemsize} bit"


def _side(picture: Picture, pixels: NDArray[np.uint8], finding: Finding) -> Side:
    # There is little room: the group is told only where it matters.
    group = f" · {picture.group}" if finding.code == "LEAKED_GROUPS" else ""
    return Side(pixels=pixels, about=f"{picture.split} · {picture.label}{group}", name=picture.name)
