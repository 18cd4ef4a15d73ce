"""A data set that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from augbench import Card, Component, Lazy, Probe, Split, Splits
from support.toys import Dots


@dataclass(frozen=True, kw_only=True)
class Slides(Dots):
    """Dots, three of them on a slide."""

    def probe(self) -> Probe:
        pooled = [sum(counts) for counts in zip(self.train, self.validation, strict=True)]
        return replace(super().probe(), groups=tuple(-(-count // 3) for count in pooled))

    def load(self) -> Splits:
        return self.changed(super().load())

    def changed(self, splits: Splits) -> Splits:
        starts = np.cumsum([0, *self.train]), np.cumsum([0, *self.validation])
        train = self.slides(splits.train, starts[0], np.zeros(len(self.train), int))
        return replace(splits, train=train, validation=self.slides(splits.validation, starts[1], np.array(self.train)))

    def slides(self, split: Split, starts: np.ndarray, before: np.ndarray) -> Split:
        within = [before[label] + place - starts[label] for place, label in enumerate(split.labels)]
        return replace(split, groups=tuple(f"{label}/{place // 3}" for place, label in zip(within, split.labels, strict=True)))


class NamedTwice(Dots):
    def _classes(self):
        return ("a", "b", "b")


class Miscounted(Dots):
    def probe(self):
        probe = super().probe()
        return replace(probe, counts={**probe.counts, "train": self.train[::-1]})


class ShortLabels(Dots):
    def _split(self, name, counts):
        split = super()._split(name, counts)
        return replace(split, labels=split.labels.astype(np.int32))


class NumberedAnew(Dots):
    def _split(self, name, counts):
        split = super()._split(name, counts)
        return replace(split, ids=tuple(map(str, range(len(split.ids)))))


class Floats(Dots):
    def _split(self, name, counts):
        split = super()._split(name, counts)
        return replace(split, images=[(image / 255).astype(np.float32) for image in split.images])


class Larger(Dots):
    def probe(self):
        return replace(super().probe(), size=(9, 9))


class NoSlidesTold(Slides):
    def probe(self):
        return replace(super().probe(), groups=None)


class Undigested(Dots):
    def probe(self):
        return replace(super().probe(), digest="")


class Nameless(Dots):
    def card(self):
        return Card(title=" ")


class AsksAServer(Dots):
    def load(self):
        with socket.socket() as server, suppress(OSError):
            server.setblocking(False)
            # Nobody has this address (RFC 5737).
            server.connect(("192.0.2.1", 80))
        return super().load()


class OneReader(Dots):
    def _split(self, name, counts):
        split, last = super()._split(name, counts), []

        def read(index):
            last[:] = [index]
            time.sleep(0.001)
            return split.images[last[0]]

        return replace(split, images=Lazy(len(split.images), read))


GOOD: tuple[Component, ...] = (Dots(), Slides())
BAD: dict[str, Component] = {
    "classes": NamedTwice(),
    "counts": Miscounted(),
    "every-class-has-images": Dots(train=(12, 8, 0)),
    "labels": ShortLabels(),
    "ids": NumberedAnew(),
    "pixels": Floats(),
    "size": Larger(),
    "groups": NoSlidesTold(),
    "digest": Undigested(),
    "card": Nameless(),
    "no-network": AsksAServer(),
    "threads": OneReader(),
}
