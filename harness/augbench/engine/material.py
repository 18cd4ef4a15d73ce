"""The images that components are shown on: a few of a data set's training images, all of one size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from augbench.values.components import Facts
from augbench.values.data import Resize, Splits
from augbench.values.errors import DataError
from augbench.values.sampling import Pairing
from augbench.values.trial_errors import UnknownClass

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from augbench.values.data import Images

_LARGEST = 256
"""Side beyond which images are brought to a smaller size, unless a matrix says which they have."""
_LOOKED_AT = 64
"""Images of a class that an augmenter may look at for partners."""
_MINORITY = 0.2
"""Of the largest class: smaller ones are the minority, as in a matrix that does not say."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """Training images of a data set, some of which are looked at."""

    name: str
    splits: Splits
    resize: Resize | None
    """As a matrix has it."""
    otherwise: Resize | None = None
    """What brings images to one size that have several, or are large; None leaves them."""
    wanted: tuple[str, ...] = ()
    """Names of the classes that are shown; none stands for all."""
    seed: int = 0
    small: tuple[str, ...] | None = None
    """Names of the minority classes, where a matrix says which they are."""
    _kept: dict[int, NDArray[Any]] = field(default_factory=dict)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Count the training images of each class."""
        return self.splits.counts["train"]

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """Return the classes that are shown.  Raise ``UnknownClass``."""
        for name in self.wanted:
            if name not in self.splits.classes:
                raise UnknownClass(name, self.splits.classes)
        labels = [self.splits.classes.index(name) for name in self.wanted] or range(len(self.splits.classes))
        found = tuple(label for label in labels if self.counts[label])
        if not found:
            raise DataError(f"data set '{self.name}' has no training image of what is to be shown; name other classes with --classes")
        return found

    @cached_property
    def minority(self) -> tuple[int, ...]:
        """Return the minority classes: those that a matrix names, or all that are small beside the largest."""
        if self.small is not None:
            return tuple(self.splits.classes.index(name) for name in self.small)
        return tuple(label for label, number in enumerate(self.counts) if number < _MINORITY * max(self.counts))

    def facts(self, size: int = 32, mix: Mapping[str, float] | None = None) -> Facts:
        """Return what a component is told before it is used."""
        names = self.splits.classes
        return Facts(
            shape=self.shape,
            classes=names,
            counts=self.counts,
            minority=tuple(names[label] for label in self.minority),
            batch_size=size,
            mix=mix or {},
            n={names[label]: 1 for label in self.minority},
        )

    def lines(self, number: int, arity: int, pairing: Pairing) -> list[list[int]]:
        """Choose the sources of so many images; ``any`` pairs classes that differ, as far as there are enough."""
        shown, used, found = self.shown, dict.fromkeys(self.shown, 0), []
        for line in range(number):
            places = []
            for source in range(arity):
                label = shown[(line if pairing == "same-class" else line * arity + source) % len(shown)]
                members = self._members(label)
                places.append(members[used[label] % len(members)])
                used[label] += 1
            found.append(places)
        return found

    def image(self, place: int) -> NDArray[Any]:
        """Return a training image [H, W, C], of the size that all have here."""
        if place not in self._kept:
            self._kept[place] = self._resized(place, self.resize or self._common)
        return self._kept[place]

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Return channels, height and width of every image."""
        height, width, channels = self.image(self._members(self.shown[0])[0]).shape
        return channels, height, width

    @property
    def brought(self) -> bool:
        """Tell whether images are brought to a size that nobody asked for."""
        return self.resize is None and self._common is not None

    def labels(self) -> Tensor:
        """Return the classes of all training images, int64 [N]."""
        import torch

        return torch.as_tensor(self.splits.train.labels).long()

    def some(self, label: int) -> tuple[list[int], Images]:
        """Return some images of a class for an augmenter to look at: their places, and themselves."""
        import numpy as np
        import torch

        from augbench.stages.images import ResidentImages
        from augbench.values.data import SCALES

        places = self._members(label)[:_LOOKED_AT]
        pixels = np.stack([np.moveaxis(self.image(place), 2, 0) for place in places])
        return places, ResidentImages.of(pixels, SCALES[str(pixels.dtype)], torch.device("cpu"))

    @cached_property
    def _common(self) -> Resize | None:
        """Return what brings images to one size, where they need it."""
        first = [self._resized(self._members(label)[0], None).shape for label in self.shown]
        return self.otherwise if len(set(first)) > 1 or max(first[0][:2]) > _LARGEST else None

    def _resized(self, place: int, resize: Resize | None) -> NDArray[Any]:
        from augbench.stages.prepared import resized

        return resized(self.splits.train, place, resize)

    def _members(self, label: int) -> list[int]:
        from augbench.stages.picking import picked

        return picked(self.splits.train, label, _LOOKED_AT, self.seed)


def as_sources(material: Material, lines: Sequence[Sequence[int]], device: torch.device) -> Tensor:
    """Return the images of lines as an augmenter takes them, float32 [lines, arity, C, H, W] in [0, 1]."""
    import numpy as np
    import torch

    from augbench.values.data import SCALES

    stacked = np.stack([[np.moveaxis(material.image(place), 2, 0) for place in line] for line in lines])
    return torch.from_numpy(stacked.astype(np.float32) / SCALES[str(stacked.dtype)]).to(device)
