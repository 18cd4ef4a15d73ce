"""The losses of a fit: summed where they arise, read rarely, because each reading waits for the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from augbench import Diverged

if TYPE_CHECKING:
    from torch import Tensor


class Ledger:
    """Running sums and the curves that were read from them."""

    def __init__(self, what: str, hint: str) -> None:
        self._what, self._hint = what, hint
        self.sums: dict[str, Tensor] = {}
        """Losses since the last reading."""
        self.updates: dict[str, int] = {}
        """How many updates are in them."""
        self._points: dict[str, list[tuple[int, float]]] = {}

    def note(self, losses: Mapping[str, Tensor]) -> None:
        """Add the losses of one update, without waiting for the device."""
        for name, loss in losses.items():
            self.sums[name] = self.sums[name] + loss if name in self.sums else loss
            self.updates[name] = self.updates.get(name, 0) + 1

    def read(self, iteration: int) -> dict[str, float]:
        """Return the means since the last reading, by name; raise ``Diverged`` where one is no number."""
        import torch

        sums = torch.stack(list(self.sums.values())).tolist()
        means = {name: total / self.updates[name] for name, total in zip(self.sums, sums, strict=True)}
        self.sums.clear()
        self.updates.clear()
        self.demand(all(map(isfinite, means.values())), iteration)
        self.enter(iteration, means)
        return means

    def enter(self, iteration: int, numbers: Mapping[str, float]) -> None:
        """Add a point to each curve."""
        for name, number in numbers.items():
            self._points.setdefault(name, []).append((iteration, number))

    def values(self, name: str) -> list[float]:
        """Return all points of a curve."""
        return [value for _, value in self._points.get(name, [])]

    def resume(self, curves: Mapping[str, Sequence[tuple[int, float]]]) -> None:
        """Go on from curves that were read before."""
        self._points = {name: list(points) for name, points in curves.items()}

    def demand(self, finite: bool, iteration: int) -> None:
        """Raise ``Diverged`` unless all is finite."""
        if not finite:
            raise Diverged(self._what, iteration, self._hint)

    def curves(self) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return (iteration, mean) by name."""
        return {name: tuple(points) for name, points in self._points.items()}
