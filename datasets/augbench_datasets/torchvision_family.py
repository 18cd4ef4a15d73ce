"""The classification sets of torchvision, in the folders where torchvision keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from augbench import Card, Dataset, Download, Probe, Progress, Splits, data_folder
from augbench_datasets._array_errors import NeedlessKey
from augbench_datasets._torchvision_sets import EMNIST, SETS, Published

if TYPE_CHECKING:
    from augbench_datasets._labelled import Labelled

_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class TorchvisionSet(Dataset):
    """A set of torchvision: ``torchvision/CIFAR10``.  Its files are read without torchvision, and without unpickling anything."""

    name: str
    """Its class in torchvision.datasets."""
    path: Path | None = None
    """The folder that torchvision calls root; unless given, where 'bench datasets fetch' puts the files."""
    split: Literal["balanced", "byclass", "bymerge", "digits", "letters", "mnist"] | None = None
    """Which of EMNIST's six sets; balanced, unless given."""
    channels: Literal["rgb"] | None = None
    """"rgb" repeats the channel of grey pictures: for what needs colours, such as nonlinear-mixup."""

    def __post_init__(self) -> None:
        """Refuse ``split`` where there is nothing to choose."""
        if self.split is not None and self.name != "EMNIST":
            raise NeedlessKey("split", f"torchvision/{self.name}", "torchvision/EMNIST")

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return the sets that can be read."""
        return tuple(SETS)

    def card(self) -> Card:
        """Tell what is published."""
        published = SETS[self.name]
        return Card(
            title=f"EMNIST {self._split()}" if self.name == "EMNIST" else self.name,
            source=published.origin,
            licence=published.licence,
            citation=published.citation,
            images=published.images,
            traps=(*published.traps, "There is no validation split: set folds, or leave training.select = 'last'."),
        )

    def probe(self) -> Probe:
        """Read headers and labels, and hash every pixel.  Raise ``NotFetched`` or ``UnreadableData``."""
        labelled = self._read()
        return replace(labelled, notes=self._unlike(labelled)).probe("torchvision", self.name, _REVISION)

    def load(self) -> Splits:
        """Return the two splits."""
        return self._read().splits()

    def downloads(self) -> tuple[Download, ...]:
        """Name the files as published."""
        return tuple(
            Download(url=source.url, to=self._root() / source.to, checksum=f"md5:{source.md5}") for source in SETS[self.name].sources
        )

    def unpack(self, progress: Progress) -> None:
        """Unpack an archive beside itself."""
        from augbench_datasets._archives import unpack

        for source in SETS[self.name].sources:
            if source.to.name.endswith((".tar.gz", ".zip")):
                unpack(self._root() / source.to, self._unpacked(), progress=progress)

    def _root(self) -> Path:
        return self.path or data_folder() / "torchvision"

    def _unpacked(self) -> Path:
        return self._root() / self.name / "unpacked"

    def _split(self) -> str:
        return self.split or "balanced"

    def _read(self) -> Labelled:
        from augbench_datasets._torchvision_read import read

        labelled = read(self.name, self._root(), self._unpacked(), self._split())
        return labelled.in_colour() if self.channels else labelled

    def _unlike(self, labelled: Labelled) -> tuple[str, ...]:
        """Tell where there are more or fewer images than published."""
        published: Published = SETS[self.name]
        wanted = EMNIST[self._split()][1] if self.name == "EMNIST" else published.counts
        found = len(labelled.parts["train"].labels), len(labelled.parts["test"].labels)
        if found == wanted:
            return ()
        return (f"{found[0]:,} training and {found[1]:,} test images are here, and {wanted[0]:,} and {wanted[1]:,} were published",)
