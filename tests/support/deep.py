"""Images of other depths and channels than 8-bit RGB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from augbench import Dataset, Probe, Split, Splits

COUNTS = {"train": (24, 12, 4), "validation": (6, 4, 3), "test": (6, 4, 3)}


@dataclass(frozen=True, kw_only=True)
class Deep(Dataset):
    """Noise images of three classes, one brighter than the other."""

    channels: int = 1
    bits: Literal[8, 16] = 16
    side: int = 32

    def probe(self) -> Probe:
        digest = f"deep-{self.channels}-{self.bits}-{self.side}"
        return Probe(classes=("a", "b", "c"), counts=COUNTS, channels=self.channels, size=(self.side, self.side), digest=digest)

    def load(self) -> Splits:
        train, validation, test = (self._split(name, counts) for name, counts in COUNTS.items())
        return Splits(classes=("a", "b", "c"), train=train, validation=validation, test=test)

    def _split(self, name: str, counts: tuple[int, ...]) -> Split:
        rng = np.random.default_rng(list(name.encode()))
        labels, quarter = np.repeat(np.arange(3), counts), 2**self.bits // 4
        images = rng.integers(0, quarter, (len(labels), self.side, self.side, self.channels)) + (labels * quarter)[:, None, None, None]
        kind = np.uint16 if self.bits == 16 else np.uint8
        return Split(images=list(images.astype(kind)), labels=labels, ids=tuple(f"{name}/{i}" for i in range(len(labels))))
