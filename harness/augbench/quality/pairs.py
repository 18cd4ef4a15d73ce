"""Pairs of images of a data set that show the same: equal, nearly equal, moved, mirrored or turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench.quality.duplicates import CLOSE, LOOSE, Fingerprints, Indices, Take, alike, candidates, common, turn, turned
from augbench.quality.pixels import moved, same

MOST = 20_000
"""Pairs of which at most the pixels are compared at many places; those of nearest thumbnails go first."""
HINTED = 50_000
"""Images up to which moved, mirrored and turned ones are looked for: it takes half a minute, and grows with the square."""
_CHECKS = 16
"""Pairs whose pixels are read in one go."""
_TURNS = [ways for ways in product((False, True), repeat=3) if any(ways)]
Said = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """A split whose images were looked at once."""

    take: Take
    prints: Fingerprints


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Indices [n, 2] over all images of all splits, one split after the other; the earlier image of each pair first."""

    equal: Indices
    """Each image with the first one of equal pixels."""
    near: Indices
    """Of equal images, the first one stands for all."""
    moved: Indices
    turned: Indices
    complete: bool = True
    """Whether, as far as that was asked for, all was looked at that may be moved, mirrored or turned."""


def find_pairs(splits: Sequence[Looked], scale: float, *, hints: bool, said: Said = lambda what: None) -> Pairs:
    """Compare all images with all; with ``hints`` also look for what was moved by a few pixels, mirrored or turned."""
    search = _Search(splits, scale)
    few = sum(len(split.prints.digests) for split in splits) <= HINTED
    said("comparing")
    close, loose = search.upright(LOOSE if hints and few else CLOSE)
    near = close[search.agree(close, same, scale)]
    if not hints or not few:
        return Pairs(equal=search.equal(), near=near, moved=_none(), turned=_none(), complete=few or not hints)
    said("looking for moved images")
    rest = _without(loose, near)
    shifted = rest[:MOST][search.agree(rest[:MOST], moved)]
    said("looking for mirrored images")
    mirrored = _without(search.turned(), near, shifted)
    return Pairs(equal=search.equal(), near=near, moved=shifted, turned=mirrored, complete=len(rest) <= MOST)


class _Search:
    """Looks at the images that differ from all before them."""

    def __init__(self, splits: Sequence[Looked], scale: float) -> None:
        self._splits, self._scale = splits, scale
        self._starts = np.cumsum([0, *(len(split.prints.digests) for split in splits)])
        self._numbers = np.concatenate(alike(*(split.prints for split in splits)))
        firsts = np.unique(self._numbers, return_index=True)[1]
        self._first = firsts[self._numbers]
        inside = [np.sort(firsts[(start <= firsts) & (firsts < end)]) for start, end in zip(self._starts, self._starts[1:], strict=False)]
        self._distinct = [every - start for every, start in zip(inside, self._starts, strict=False)]
        self._prints = [split.prints.chosen(some) for split, some in zip(splits, self._distinct, strict=True)]
        self._centre = common(self._prints)

    def equal(self) -> Indices:
        """Pair images with the first of equal pixels."""
        later = np.flatnonzero(self._first != np.arange(len(self._first)))
        return np.stack([self._first[later], later], axis=1)

    def upright(self, limit: float) -> tuple[Indices, Indices]:
        """Return the pairs whose thumbnails are close, and all up to a limit, the nearest first."""
        pairs, apart = self._paired(self._prints, limit)
        order = np.argsort(apart, kind="stable")
        return pairs[order][apart[order] < CLOSE], pairs[order]

    def turned(self) -> Indices:
        """Return the pairs of which one is the other, mirrored or turned by quarters."""
        found = [_none()]
        for ways in _TURNS:
            pairs, _ = self._paired([turned(prints, *ways) for prints in self._prints], CLOSE)
            # The later image is the one that was turned; of two in one split, the opposite turn finds the other way round.
            found.append(pairs[self.agree(pairs, lambda early, late, ways=ways: same(early, turn(late, *ways), self._scale))])
        return np.unique(np.concatenate(found), axis=0)

    def agree(self, pairs: Indices, judge: Callable[..., bool], *details: Any) -> NDArray[np.bool_]:
        """Tell of which pairs the pixels agree."""
        found = [judge(left, right, *details) for left, right in self._pixels(pairs)]
        return np.array(found, np.bool_)

    def _paired(self, lefts: Sequence[Fingerprints], limit: float) -> tuple[Indices, NDArray[np.float64]]:
        pairs, distances = [_none()], [np.zeros(0)]
        for first, second in combinations_with_replacement(range(len(lefts)), 2):
            # The later split asks: each of its images finds its nearest among the earlier ones.
            for block, apart in candidates(lefts[second], self._prints[first], self._centre, limit):
                known = np.stack([self._whole(first, block[:, 1]), self._whole(second, block[:, 0])], axis=1)
                pairs.append(np.sort(known, axis=1))
                distances.append(apart)
        every, where = np.unique(np.concatenate(pairs), axis=0, return_index=True)
        other = every[:, 0] != every[:, 1]
        return every[other], np.concatenate(distances)[where][other]

    def _whole(self, split: int, places: Indices) -> Indices:
        return np.asarray(self._distinct[split][places] + self._starts[split])

    def _pixels(self, pairs: Indices) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        for start in range(0, len(pairs), _CHECKS):
            part = pairs[start : start + _CHECKS]
            yield from zip(self._take(part[:, 0]), self._take(part[:, 1]), strict=True)

    def _take(self, indices: Indices) -> list[NDArray[Any]]:
        """Read images of several splits."""
        found: dict[int, NDArray[Any]] = {}
        of = np.searchsorted(self._starts, indices, side="right") - 1
        for split in np.unique(of).tolist():
            wanted = indices[of == split]
            found |= zip(wanted.tolist(), self._splits[split].take(wanted - self._starts[split]), strict=True)
        return [found[index] for index in indices.tolist()]


def _without(pairs: Indices, *others: Indices) -> Indices:
    known = {tuple(pair) for other in others for pair in other.tolist()}
    kept = [tuple(pair) not in known for pair in pairs.tolist()]
    return pairs[np.array(kept, np.bool_)]


def _none() -> Indices:
    return np.zeros((0, 2), np.int64)
