"""MedMNIST v2: medical pictures of one class each, in one file a set and size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from augbench import Card, Dataset, Download, NotFetched, Probe, Splits, data_folder
from augbench_datasets._array_errors import NotSingleLabel, WrongSet
from augbench_datasets._medmnist_sets import RECORD, SETS, SIZES

if TYPE_CHECKING:
    from augbench_datasets._labelled import Labelled

_CITATION = (
    "Yang, Shi, Wei et al.: MedMNIST v2 - A large-scale lightweight benchmark for 2D and 3D biomedical image classification. "
    "Scientific Data 10, 41, 2023; and the paper of the set's source"
)
_MULTI_LABEL = {"chestmnist": 14}
_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class MedMnist(Dataset):
    """A set of MedMNIST v2: ``medmnist/bloodmnist``, with MedMNIST's own training, validation and test split."""

    name: str
    """Its name in MedMNIST, such as bloodmnist."""
    size: Literal[28, 64, 128, 224] = 28
    """Pixels of a side, as published: nothing is resized here."""
    path: Path | None = None
    """The folder of NAME.npz, or NAME_64.npz and so on; unless given, where 'bench datasets fetch' puts it."""
    channels: Literal["rgb"] | None = None
    """"rgb" repeats the channel of grey pictures: for what needs colours, such as nonlinear-mixup."""

    def __post_init__(self) -> None:
        """Refuse sets with several labels a picture."""
        if self.name in _MULTI_LABEL:
            raise NotSingleLabel(f"medmnist/{self.name}", _MULTI_LABEL[self.name])

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return the 2-D sets, also those that are then refused with a reason."""
        return (*SETS, *_MULTI_LABEL)

    def card(self) -> Card:
        """Tell what is published."""
        published = SETS[self.name]
        counts = "/".join(f"{count:,}" for count in published.counts.values())
        colour = "colour" if published.channels == 3 else "grey"
        return Card(
            title=published.title,
            source=f"{RECORD.removesuffix('/files')} (MedMNIST v2): {published.about}",
            licence=published.licence,
            citation=_CITATION,
            images=f"{counts} {colour} images of {self.size} x {self.size} for {'/'.join(published.counts)}",
            traps=(
                "Groups (patients, slides) are not published: nobody can tell whether a split tears them apart.",
                "Pictures were cropped and scaled by the publishers, each size on its own: scores at two sizes are of two data sets.",
                *published.traps,
            ),
        )

    def probe(self) -> Probe:
        """Read headers and labels, and hash every pixel.

        Raise ``NotFetched``, ``UnreadableData``, or ``WrongSet`` where the file is of another set or size.
        """
        return self._read().probe("medmnist", _REVISION)

    def load(self) -> Splits:
        """Return the three splits, unpacked to a temporary file."""
        return self._read().splits()

    def downloads(self) -> tuple[Download, ...]:
        """Name the one file."""
        md5 = SETS[self.name].md5[SIZES.index(self.size)]
        return (Download(url=f"{RECORD}/{self._file().name}?download=1", to=self._file(), checksum=f"md5:{md5}"),)

    def _file(self) -> Path:
        folder = self.path or data_folder() / "medmnist"
        return folder / f"{self.name}{'' if self.size == 28 else f'_{self.size}'}.npz"

    def _read(self) -> Labelled:
        from augbench_datasets._named import read_arrays

        file, published = self._file(), SETS[self.name]
        if not file.is_file():
            raise NotFetched(file, f"medmnist/{self.name}")
        labelled = read_arrays(file, None, again="fetch it again")
        found = _described({name: len(part.labels) for name, part in labelled.parts.items()}, labelled.shape, len(labelled.classes))
        wanted = _described(published.counts, (self.size, self.size, published.channels), len(published.classes))
        if found != wanted:
            raise WrongSet(file, f"{published.title} at size {self.size}", found, wanted)
        named = replace(labelled, classes=published.classes)
        return named.in_colour() if self.channels else named


def _described(counts: Mapping[str, int], shape: tuple[int, int, int], classes: int) -> str:
    images = "/".join(f"{counts.get(split, 0):,}" for split in ("train", "validation", "test"))
    height, width, channels = shape
    return f"{images} images of {height} x {width} x {channels} in {classes} classes"
