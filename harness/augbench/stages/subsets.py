"""Which prepared images a stage sees: the only place that turns folds into images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from augbench.plan.tasks import Resample
from augbench.stages.prepared import Prepared, PreparedSplit
from augbench.stages.splits import fold_indices
from augbench.values.data import Images
from augbench.values.streams import Streams

if TYPE_CHECKING:
    import torch

    from augbench.stages.images import Part


@dataclass(frozen=True, kw_only=True)
class Subset:
    """Some images of one or two prepared splits, in a fixed order."""

    parts: tuple[tuple[PreparedSplit, NDArray[np.int64]], ...]

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Return the class of each image."""
        return np.concatenate([split.labels[chosen] for split, chosen in self.parts])

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Return the name of each image."""
        return tuple(split.ids[i] for split, chosen in self.parts for i in chosen)

    def pixels(self) -> list[Part]:
        """Return where the images lie."""
        return [(split.pixels, chosen) for split, chosen in self.parts]

    def images(self, scale: float, device: torch.device) -> Images:
        """Return the images, on a device where they fit its memory."""
        from augbench.stages.images import images_of

        return images_of(self.pixels(), scale, device)


def subsets(prepared: Prepared, resample: Resample) -> tuple[Subset, Subset | None]:
    """Return what may be learnt from and what it is validated on, or None where there is nothing to validate on."""
    if resample.folds is None:
        return whole(prepared.train), whole(prepared.validation) if prepared.validation else None
    pooled = [split for split in (prepared.train, prepared.validation) if split is not None]
    everything = Subset(parts=tuple((split, np.arange(len(split.labels))) for split in pooled))
    if resample.fold is None:
        return everything, None
    # The partition belongs to the seed and the data alone: all folds of a seed must agree on it.
    seed = Streams.of(seed=resample.seed, data=resample.digest).seed("folds")
    groups = [split.groups for split in pooled if split.groups is not None]
    joined = sum(groups, ()) if len(groups) == len(pooled) else None
    learn, held_out = fold_indices(everything.labels, joined, resample.folds, resample.fold, seed, classes=prepared.classes)
    return _chosen(pooled, learn), _chosen(pooled, held_out)


def whole(split: PreparedSplit) -> Subset:
    """Return all images of a split."""
    return Subset(parts=((split, np.arange(len(split.labels))),))


def _chosen(pooled: list[PreparedSplit], indices: NDArray[np.int64]) -> Subset:
    parts, start = [], 0
    for split in pooled:
        stop = start + len(split.labels)
        parts.append((split, indices[(indices >= start) & (indices < stop)] - start))
        start = stop
    return Subset(parts=tuple(parts))
