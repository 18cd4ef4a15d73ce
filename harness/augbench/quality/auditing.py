"""Look at all images of a data set once, and tell what would mislead who trains on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from augbench.quality import findings
from augbench.quality.duplicates import Indices, Take, fingerprints
from augbench.quality.pairs import Looked, Pairs, find_pairs
from augbench.quality.telling import BACKGROUND, COLOUR, Told, told
from augbench.values.auditing import FEW_TO_LEARN, RARE, VERY_RARE, Finding, Picture

TRAIN, VALIDATION, TEST = "train", "validation", "test"
Lot = tuple[Picture, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A split of a data set."""

    name: str
    """``train``, ``validation`` or ``test``."""
    take: Take
    labels: NDArray[np.int64]
    ids: Sequence[str]
    groups: Sequence[str] | None = None


def audit(
    parts: Sequence[Part],
    classes: Sequence[str],
    scale: float,
    *,
    hints: bool = False,
    seen: Callable[[int], None] = lambda count: None,
    said: Callable[[str], None] = lambda what: None,
) -> tuple[Finding, ...]:
    """Return what is found in the splits of a data set, given in the order train, validation, test; the grave first.

    ``hints`` looks also for images that were moved, mirrored or turned.  ``seen`` hears how many images were looked at, ``said``
    what comes next.
    """
    looked, before = [], 0
    for part in parts:
        prints = fingerprints(part.take, len(part.labels), scale, partial(_after, seen, before))
        looked.append(Looked(take=part.take, prints=prints))
        before += len(part.labels)
    pairs = find_pairs(looked, scale, hints=hints, said=said)
    found = _Found(parts, classes, looked, pairs)
    every = [finding for finding in found.all() if finding.count]
    return tuple(sorted(every, key=lambda finding: not finding.grave))


class _Found:
    """Turns what was seen into findings; images are numbered through all splits."""

    def __init__(self, parts: Sequence[Part], classes: Sequence[str], looked: Sequence[Looked], pairs: Pairs) -> None:
        self._parts, self._classes, self._looked, self._pairs = {part.name: part for part in parts}, classes, looked, pairs
        self._starts = np.cumsum([0, *(len(part.labels) for part in parts)])
        self._labels = np.concatenate([part.labels for part in parts])
        self._split = np.repeat(np.arange(len(parts)), [len(part.labels) for part in parts])
        self._test = list(self._parts).index(TEST)

    def all(self) -> Iterator[Finding]:
        """Yield what there may be to find, of which a count of 0 says that it was not."""
        yield from self._small()
        yield from self._groups()
        yield from self._repeated()
        yield from self._conflicts()
        yield findings.moved(self._shown(self._pairs.moved), self._across(self._pairs.moved))
        yield findings.turned(self._shown(self._pairs.turned), self._across(self._pairs.turned))
        yield from self._told()
        yield findings.blank([(self._picture(index),) for index in self._blank().tolist()])
        yield findings.incomplete(self._pairs.complete)

    def _small(self) -> Iterator[Finding]:
        train, test = (self._named_counts(name) for name in (TRAIN, TEST))
        for split, counts in ((TRAIN, train), (TEST, test)):
            yield findings.empty(split, [name for name, count in counts if count == 0])
        for low, high, grave in ((1, VERY_RARE, True), (VERY_RARE, RARE, False)):
            yield findings.rare([each for each in test if low <= each[1] < high], high, grave=grave)
        yield findings.few_to_learn([each for each in train if 1 <= each[1] < FEW_TO_LEARN])

    def _named_counts(self, split: str) -> list[tuple[str, int]]:
        counts = np.bincount(self._parts[split].labels, minlength=len(self._classes))
        return list(zip(self._classes, counts.tolist(), strict=True))

    def _groups(self) -> Iterator[Finding]:
        firsts = {name: self._first_of_groups(name) for name in self._parts}
        learnt = [firsts[name] for name in firsts if name != TEST]
        yield findings.groups(self._meeting(firsts[TEST], *learnt), grave=True)
        if VALIDATION in firsts:
            yield findings.groups(self._meeting(firsts[VALIDATION], firsts[TRAIN]), grave=False)

    def _first_of_groups(self, name: str) -> dict[str, int]:
        groups, start = self._parts[name].groups or (), int(self._starts[list(self._parts).index(name)])
        found: dict[str, int] = {}
        for place, group in enumerate(groups):
            found.setdefault(group, start + place)
        return found

    def _meeting(self, late: dict[str, int], *early: dict[str, int]) -> list[Lot]:
        first = {group: place for each in reversed(early) for group, place in each.items()}
        return [(self._picture(first[group]), self._picture(place)) for group, place in late.items() if group in first]

    def _repeated(self) -> Iterator[Finding]:
        equal = set(self._pairs.equal[:, 1].tolist())
        # What equals an image is not told of once more for being near to another.
        near = self._pairs.near[[late not in equal for late in self._pairs.near[:, 1].tolist()]]
        for nearly, pairs in ((False, self._pairs.equal), (True, near)):
            early, late = (self._split[pairs[:, side]] for side in (0, 1))
            into_test, inside = (late == self._test) & (early != self._test), early == late
            yield findings.repeated_in_test(self._shown(pairs[into_test]), _distinct(pairs[into_test]), nearly=nearly)
            between = ~into_test & ~inside
            yield findings.repeated_in_validation(self._shown(pairs[between]), _distinct(pairs[between]), nearly=nearly)
            for number, name in enumerate(self._parts):
                own = pairs[inside & (late == number)]
                yield findings.repeated_within(name, self._shown(own), _distinct(own), nearly=nearly)

    def _conflicts(self) -> Iterator[Finding]:
        for nearly, pairs in ((False, self._pairs.equal), (True, self._pairs.near)):
            torn = pairs[self._labels[pairs[:, 0]] != self._labels[pairs[:, 1]]]
            yield findings.conflicts(self._shown(torn), len(np.unique(torn)), nearly=nearly)

    def _told(self) -> Iterator[Finding]:
        names = list(self._parts)
        train, test = (self._looked[names.index(name)].prints for name in (TRAIN, TEST))
        if not len(train.digests) or not len(test.digests):
            return
        labels, truth = self._parts[TRAIN].labels, self._parts[TEST].labels
        for what, numbers, limit in ((findings.colour_alone, "colours", COLOUR), (findings.background_alone, "borders", BACKGROUND)):
            judged: list[Told] = told(getattr(train, numbers), labels, getattr(test, numbers), truth)
            yield what([(self._classes[each.label], each) for each in judged if each.least > limit])

    def _blank(self) -> Indices:
        contrasts = np.concatenate([each.prints.contrasts for each in self._looked])
        return np.flatnonzero(contrasts == 0)

    def _across(self, pairs: Indices) -> int:
        return int((self._split[pairs[:, 0]] != self._split[pairs[:, 1]]).sum())

    def _shown(self, pairs: Indices) -> list[Lot]:
        return [(self._picture(early), self._picture(late)) for early, late in pairs.tolist()]

    def _picture(self, index: int) -> Picture:
        number = int(self._split[index])
        part, place = list(self._parts.values())[number], index - int(self._starts[number])
        group = None if part.groups is None else part.groups[place]
        return Picture(split=part.name, label=self._classes[int(part.labels[place])], name=part.ids[place], group=group)


def _after(seen: Callable[[int], None], before: int, count: int) -> None:
    seen(before + count)


def _distinct(pairs: Indices) -> int:
    """Count the later images of pairs, each once."""
    return len(np.unique(pairs[:, 1]))
