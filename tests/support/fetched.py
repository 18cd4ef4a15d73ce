"""A data set that comes from a web server: one file, unpacked into another."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from augbench import Card, Dataset, Download, NotFetched, Probe, Progress, Split, Splits, UnreadableData, UnreadableImage

CLASSES = ("dark", "light")
PUBLISHED = {"train": {"dark": 4, "light": 2}, "test": {"dark": 2, "light": 2}}


@dataclass(frozen=True, kw_only=True)
class Dots(Dataset):
    """Pictures of 2 x 2 points; a value of 7 stands for a broken one."""

    url: str
    path: Path
    checksum: str | None = None

    def card(self) -> Card:
        """Tell what was published."""
        return Card(title="Dots", licence="CC0", images="10 grey images", counts=PUBLISHED, traps=("There are no dots.",))

    def downloads(self) -> tuple[Download, ...]:
        """Name the one file."""
        return (Download(url=self.url, to=self.path / "dots.bin", checksum=self.checksum),)

    def unpack(self, progress: Progress) -> None:
        """Copy it."""
        shutil.copy(self.path / "dots.bin", self.path / "dots.raw")
        progress(1, 1)

    def probe(self) -> Probe:
        """Count bytes: the first ten images are the published ones."""
        count = len(self._bytes()) // 4 - 10
        counts = {"train": (4 + count, 2), "test": (2, 2)}
        return Probe(classes=CLASSES, counts=counts, channels=1, size=(2, 2), digest="dots")

    def load(self) -> Splits:
        """Return images that may be broken."""
        images = np.frombuffer(self._bytes(), dtype=np.uint8).reshape(-1, 2, 2, 1)
        train, test = (4 + len(images) - 10, 2), (2, 2)
        return Splits(classes=CLASSES, train=_split("train", images[: sum(train)], train), test=_split("test", images[sum(train) :], test))

    def _bytes(self) -> bytes:
        file = self.path / "dots.raw"
        if not file.is_file():
            raise NotFetched(file, "dots")
        if len(content := file.read_bytes()) % 4:
            raise UnreadableData(file, "it ends within an image")
        return content


class _Images(list[Any]):
    def __getitem__(self, index: Any) -> Any:
        image = super().__getitem__(index)
        if (image == 7).any():
            raise UnreadableImage(f"dots {index}", "it is a seven")
        return image


def _split(name: str, images: Any, counts: tuple[int, int]) -> Split:
    labels = np.repeat(np.arange(2, dtype=np.int64), counts)
    return Split(images=_Images(images), labels=labels, ids=tuple(f"{name}/{index}" for index in range(len(labels))))
