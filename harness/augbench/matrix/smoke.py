"""Make a matrix so small that every cell of it can be tried in a minute: to see that it runs, never to learn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from augbench.matrix.check import minority
from augbench.matrix.model import Matrix
from augbench.values.data import Card, Dataset, Probe, Split, Splits
from augbench.values.settings import Bank, ClassSettings, Column, Length, Settings
from augbench.values.synthesis import Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEPS, _ITERATIONS, _BANK, _EACH = 2, 2, 8, 12


@dataclass(frozen=True, kw_only=True)
class Few(Dataset):
    """The first images of each class of another data set."""

    of: Dataset
    each: int
    """Images of a class in each split."""

    def card(self) -> Card:
        """Return the card of the whole."""
        return self.of.card()

    def probe(self) -> Probe:
        """Look at the whole, and count the first images."""
        whole = self.of.probe()
        counts = {split: tuple(min(count, self.each) for count in counted) for split, counted in whole.counts.items()}
        groups = None if whole.groups is None else tuple(min(count, self.each) for count in whole.groups)
        return replace(whole, counts=counts, groups=groups, digest=f"{whole.digest}, the first {self.each} of each class")

    def load(self) -> Splits:
        """Return the splits of the first images."""
        whole = self.of.load()
        validation = self._first(whole.validation) if whole.validation else None
        return Splits(classes=whole.classes, train=self._first(whole.train), validation=validation, test=self._first(whole.test))

    def _first(self, split: Split) -> Split:
        return split.only(_chosen(split.labels, split.groups, self.each))


def _chosen(labels: NDArray[np.int64], groups: Sequence[str] | None, each: int) -> list[int]:
    """Choose the first images of each class; where there are groups, one of each group before a second of any."""
    seen: dict[tuple[int, str], int] = {}
    ranked = []
    for place, label in enumerate(labels.tolist()):
        group = label, groups[place] if groups else ""
        seen[group] = seen.get(group, 0) + 1
        ranked.append((seen[group] if groups else 0, place, label))
    taken: dict[int, int] = {}
    chosen = []
    for _, place, label in sorted(ranked):
        taken[label] = taken.get(label, 0) + 1
        if taken[label] <= each:
            chosen.append(place)
    return sorted(chosen)


def smoke(matrix: Matrix, probes: Mapping[str, Probe]) -> Matrix:
    """Return the matrix with few images, steps and iterations in every cell; ``probes`` are those of the whole data sets."""
    return replace(
        matrix,
        columns=tuple(_column(column, probes[column.name]) for column in matrix.columns),
        cells={cell: _settings(settings) for cell, settings in matrix.cells.items()},
    )


def _column(column: Column, probe: Probe) -> Column:
    each = max(_EACH, 2 * (column.folds or 0))
    # Told apart while there still are few and many.
    return replace(column, dataset=Few(of=column.dataset, each=each), minority=minority(column, probe))


def _settings(settings: Settings) -> Settings:
    training = replace(settings.training, length=Length(steps=_STEPS), checks=min(1, settings.training.checks))
    quality = replace(settings.quality, checks=min(1, settings.quality.checks), images=min(_BANK, settings.quality.images))
    per_class = {name: _class_settings(own) for name, own in settings.per_class.items()}
    small: dict[str, Any] = {"fit": _fit(settings.fit), "bank": _bank(settings.bank), "quality": quality, "per_class": per_class}
    return replace(settings, training=training, **small)


def _class_settings(own: ClassSettings) -> ClassSettings:
    return replace(own, fit=_fit(own.fit), bank=_bank(own.bank))


def _fit(fit: Fit) -> Fit:
    iterations = None if fit.iterations is None else min(_ITERATIONS, fit.iterations)
    return replace(fit, iterations=iterations, pre_augment=min(_EACH, fit.pre_augment))


def _bank(bank: Bank) -> Bank:
    return replace(bank, size=min(_BANK, bank.size))
