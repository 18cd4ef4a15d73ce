"""The user's own images as NumPy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from augbench import Card, Dataset, Probe, Splits
from augbench_datasets._array_errors import BadClassNames
from augbench_datasets._division import Division

if TYPE_CHECKING:
    from augbench_datasets._labelled import Labelled

_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class NumpyArrays(Dataset):
    """A .npz file, or a folder of .npy files: train_images, train_labels, test_images, test_labels and maybe val_images, val_labels;
    or images and labels, which are divided.  Groups come as train_groups, val_groups, test_groups, or groups.
    """

    path: Path
    """The .npz file, or the folder; .npy files are mapped, never read whole."""
    classes: tuple[str, ...] | None = None
    """Names of the classes 0, 1, ...; their numbers, unless given."""
    channels_first: bool = False
    """Whether images are [N, C, H, W] instead of [N, H, W, C]."""
    split: Division | None = None
    """How images without splits are divided: { test = 0.2, val = 0.2, by = "group" or "class", seed = 0 }."""

    def __post_init__(self) -> None:
        """Refuse names that tell no classes apart."""
        if self.classes is not None and (len(self.classes) < 2 or len(set(self.classes)) < len(self.classes) or "" in self.classes):
            raise BadClassNames(self.classes)

    def card(self) -> Card:
        """Name the file."""
        name = self.path.resolve().name
        return Card(title=name, source=f"arrays of {name}")

    def probe(self) -> Probe:
        """Read headers and labels, and hash every pixel.

        Raise ``NoArrays``, ``NoArray``, ``BadArray``, ``UnreadableData``, ``EmptyClass``, or what a ``Division`` raises.
        """
        return self._read().probe("numpy", _REVISION, self.channels_first)

    def load(self) -> Splits:
        """Return splits whose pixels are mapped; those of a .npz file are unpacked to a temporary file first."""
        return self._read().splits()

    def _read(self) -> Labelled:
        from augbench_datasets._named import read_arrays

        return read_arrays(self.path, self.classes, channels_first=self.channels_first, division=self.split)
