"""A long tail made of any data set: most classes lose images, the test set stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Gt, Lt

from augbench import Card, Dataset, Probe, Split, Splits
from augbench_datasets._array_errors import OtherClasses, TooFewImages
from augbench_datasets._counting import groups_by_class
from augbench_datasets._wrapper import Wrapper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_REVISION = 1
_THINNED = ("train", "validation")


@dataclass(frozen=True, kw_only=True)
class LongTail(Wrapper):
    """Another data set, of whose training and validation images classes keep ever fewer; the test images stay as they are.

    With K classes, ``ratio`` r and n images of the largest class, class c = 0 ... K-1 keeps int(n r^(-c / (K-1))) images, or with
    ``profile = "step"`` the last half of the classes keeps n / r (Cui et al. 2019, Cao et al. 2019); never more than it has, and at
    least one.
    """

    of: Dataset
    """The data set that is thinned."""
    ratio: Annotated[float, Ge(1)] = 100.0
    """Images of the first class for each of the last."""
    profile: Literal["exponential", "step"] = "exponential"
    """From class to class ever fewer, or two kinds of classes."""
    rare: Annotated[float, Gt(0), Lt(1)] = 0.5
    """With profile = "step", the share of classes that is rare."""
    order: tuple[str, ...] | None = None
    """All classes, the largest first; in the data set's own order, unless given."""
    counts: Mapping[str, Annotated[int, Ge(1)]] = field(default_factory=dict)
    """Training images of some classes, instead of ratio and profile; the others keep all."""
    seed: Annotated[int, Ge(0)] = 0
    """Another seed keeps other images.  A higher ratio keeps some of those that a lower one keeps."""

    def card(self) -> Card:
        """Return the card of the whole, and say what is done to it."""
        whole = self.of.card()
        note = "Thinned to a long tail: only the test images are all there."
        images = f"some of {whole.images}" if whole.images else ""
        return replace(whole, title=f"{whole.title}, long-tailed", images=images, counts={}, notes=(*whole.notes, note))

    def probe(self) -> Probe:
        """Look at the whole, and count what stays.

        Raise ``OtherClasses`` or ``TooFewImages`` where order or counts do not suit it, and whatever it raises itself.
        """
        whole = self.of.probe()
        counts = self._counts(whole)
        return replace(
            whole,
            counts=counts,
            groups=None if whole.groups is None else self._groups(),
            digest=_digest(whole.digest, counts, self.seed),
            notes=(*whole.notes, _note(whole.classes, counts["train"], self.seed)),
        )

    def load(self) -> Splits:
        """Return the splits; images that do not stay are never asked for."""
        # Counted as loaded: a probe would hash every pixel once more.
        whole = self.of.load()
        counts = self._counts(whole)
        train = whole.train.only(_kept(whole.train, counts["train"], self.seed))
        validation = whole.validation and whole.validation.only(_kept(whole.validation, counts["validation"], self.seed))
        return replace(whole, train=train, validation=validation)

    def _counts(self, whole: Probe | Splits) -> dict[str, tuple[int, ...]]:
        """Count the images of each class that stay, by split: validation images in the ratio of training images."""
        there = whole.counts["train"]
        stay = self._given(whole) if self.counts else self._profile(whole)
        counts = dict(whole.counts)
        for split in _THINNED:
            if split in counts:
                parts = zip(counts[split], stay, there, strict=True)
                counts[split] = tuple(min(count, max(1, count * kept // most)) for count, kept, most in parts)
        return counts

    def _given(self, whole: Probe | Splits) -> tuple[int, ...]:
        if unknown := [name for name in self.counts if name not in whole.classes]:
            raise OtherClasses("counts", f"names {', '.join(map(repr, unknown))}", whole.classes)
        there = dict(zip(whole.classes, whole.counts["train"], strict=True))
        for name, wanted in self.counts.items():
            if wanted > there[name]:
                raise TooFewImages(name, wanted, there[name])
        return tuple(self.counts.get(name, count) for name, count in there.items())

    def _profile(self, whole: Probe | Splits) -> tuple[int, ...]:
        order = self.order or whole.classes
        if sorted(order) != sorted(whole.classes):
            raise OtherClasses("order", "does not name every class once", whole.classes)
        there = dict(zip(whole.classes, whole.counts["train"], strict=True))
        wanted = dict(zip(order, self._tail(max(there.values()), len(order)), strict=True))
        return tuple(min(count, max(1, wanted[name])) for name, count in there.items())

    def _tail(self, most: int, classes: int) -> list[int]:
        if self.profile == "step":
            large = int(classes * (1 - self.rare))
            return [most if number < large else int(most / self.ratio) for number in range(classes)]
        return [int(most * self.ratio ** (-number / max(1, classes - 1))) for number in range(classes)]

    def _groups(self) -> tuple[int, ...]:
        """Count the groups that stay; images are listed for it, but not decoded."""
        splits = self.load()
        learnt = [split for split in (splits.train, splits.validation) if split is not None]
        pairs = (pair for split in learnt for pair in zip(split.labels.tolist(), split.groups or (), strict=True))
        return groups_by_class(range(len(splits.classes)), pairs)


def _kept(split: Split, counts: Sequence[int], seed: int) -> list[int]:
    """Choose images of each class, ascending: those whose names come first once shuffled by the seed."""
    import numpy as np

    ranks = np.array([_rank(identity, seed) for identity in split.ids], dtype=np.uint64)
    chosen: list[NDArray[np.int64]] = []
    for label, count in enumerate(counts):
        members = np.flatnonzero(split.labels == label)
        chosen.append(members[np.argsort(ranks[members], kind="stable")][:count])
    return sorted(np.concatenate(chosen).tolist())


def _rank(identity: str, seed: int) -> int:
    import hashlib

    # By name alone: who stays does not change when images are added, or listed in another order.
    return int.from_bytes(hashlib.sha256(f"long-tail {seed} {identity}".encode()).digest()[:8], "big")


def _digest(whole: str, counts: Mapping[str, Sequence[int]], seed: int) -> str:
    import hashlib
    import json

    return hashlib.sha256(json.dumps(["long-tail", _REVISION, whole, counts, seed], sort_keys=True).encode()).hexdigest()


def _note(classes: Sequence[str], counts: Sequence[int], seed: int) -> str:
    listed = ", ".join(f"{name} {count}" for name, count in list(zip(classes, counts, strict=True))[:20])
    more = f", and {len(classes) - 20} more classes" if len(classes) > 20 else ""
    return f"thinned to a long tail (seed {seed}), training images: {listed}{more}; validation images likewise, test images all"
