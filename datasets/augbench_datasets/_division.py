"""How images without splits are divided into training, validation and test images."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Gt, Lt

from augbench import dividing
from augbench_datasets._errors import NoGroups, NothingToTrainOn, TooFewToDivide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Division:
    """Shares of each class that become test and validation images; the others are trained on."""

    test: Annotated[float, Gt(0), Lt(1)] = 0.2
    """Share of each class that is tested on; at least 2 images of each."""
    val: Annotated[float, Ge(0), Lt(1)] = 0.2
    """Share of each class that is validated on; 0 leaves validation to folds, or out."""
    by: Literal["group", "class"] | None = None
    """Keep groups whole ("group"), or look at classes alone ("class"); groups are kept whole where they are known, unless given."""
    seed: Annotated[int, Ge(0)] = 0
    """Another seed divides otherwise."""

    def __post_init__(self) -> None:
        """Refuse shares that leave nothing to train on."""
        if self.test + self.val >= 1:
            raise NothingToTrainOn(self.test, self.val)

    def divide(self, labels: Indices, groups: Sequence[str] | None, classes: Sequence[str], where: Path | str) -> dict[str, Indices]:
        """Return the ascending indices of ``train``, ``validation`` (where it has a share) and ``test``.

        ``labels`` [N] count from 0 and name ``classes``; ``where`` names the images in messages.
        Raise ``TooFewToDivide`` where a class has too few images, or groups, and ``NoGroups``.
        """
        import numpy as np

        weights = {"test": self.test, "validation": self.val, "train": 1 - self.test - self.val}
        named = [name for name, weight in weights.items() if weight > 0]
        shares = [weights[name] for name in named]
        rng = np.random.Generator(np.random.PCG64(self.seed))
        if groups is None and self.by == "group":
            raise NoGroups(where)
        if groups is None or self.by == "class":
            part, known = dividing.by_class(labels, shares, rng), None
        else:
            part, known = dividing.by_group(labels, groups, shares, rng, _least(named)), groups
        self._check(labels, part, named, known, classes, where)
        found = {name: np.flatnonzero(part == number) for number, name in enumerate(named)}
        return {name: found[name] for name in ("train", "validation", "test") if name in found}

    def note(self, groups: Sequence[str] | None = None) -> str:
        """Say how images are divided, for ``Probe.notes``; ``groups`` are those given to ``divide``."""
        whole = ", groups whole" if groups is not None and self.by != "class" else ""
        val = f" and {self.val:.3g} for validation" if self.val else ""
        return f"no splits are given: of each class a share of {self.test:.3g} is kept for testing{val} (seed {self.seed}{whole})"

    def told(self, parts: Mapping[str, Indices], labels: Indices, groups: Sequence[str] | None, classes: Sequence[str]) -> tuple[str, ...]:
        """Return ``note`` and the images, and groups, of each class in each part, as notes for the plan."""
        return (self.note(groups), _counted(parts, labels, groups, classes))

    def _check(
        self, labels: Indices, part: Indices, named: Sequence[str], groups: Sequence[str] | None, classes: Sequence[str], where: Path | str
    ) -> None:
        for label, number, found in dividing.lacking(labels, part, _least(named)):
            members = (labels == label).nonzero()[0].tolist()
            units = None if groups is None else len({groups[index] for index in members})
            hint = self._hint(named[number], len(members), units, len(named))
            raise TooFewToDivide(classes[label], where, named[number], found, len(members), units, hint)

    def _hint(self, part: str, count: int, groups: int | None, parts: int) -> str:
        """Say what would help a class of so many images and groups."""
        more = "add images of it, or remove the class"
        if groups is not None and groups < parts:
            return f'set split.by = "class" where groups may be torn apart, {more}'
        if count <= parts:
            return more
        if part == "validation":
            return f"set split.val = 0 and use folds, {more}"
        enough = math.ceil(200 / count) / 100
        if groups is None and part == "test" and enough + self.val < 1:
            return f"set split.test = {enough:g}, {more}"
        return f"{'raise' if part == 'test' else 'lower'} split.test, {'try another split.seed, ' if groups is not None else ''}{more}"


def _least(named: Sequence[str]) -> list[int]:
    """Return how many images of a class each part needs: one test image would make its class right or wrong as a whole."""
    return [2 if name == "test" else 1 for name in named]


def _counted(parts: Mapping[str, Indices], labels: Indices, groups: Sequence[str] | None, classes: Sequence[str]) -> str:
    listed = []
    for number, name in enumerate(classes[:_LISTED]):
        members = {part: indices[labels[indices] == number] for part, indices in parts.items()}
        images = "/".join(str(len(indices)) for indices in members.values())
        units = "" if groups is None else f" ({'/'.join(str(len({groups[i] for i in indices.tolist()})) for indices in members.values())})"
        listed.append(f"{name} {images}{units}")
    more = f", and {len(classes) - _LISTED} more classes" if len(classes) > _LISTED else ""
    what = "images" if groups is None else "images (groups)"
    return f"{what} for {'/'.join(parts)}: {', '.join(listed)}{more}"
