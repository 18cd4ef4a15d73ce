"""The losses of a fit: summed where they arise, read rarely, because each reading waits for the device."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING

from augbench import Diverged

if TYPE_CHECKING:
    from torch import Tensor


class Ledger:
    """Running sums and the curves that were read from them."""

    def __init__(self, what: str, hint: str) -> None:
        self._what, self._hint = what, hint
        self._sums: dict[str, Tensor] = {}
        self._updates: dict[str, int] = {}
        self._points: dict[str, list[tuple[int, float]]] = {}

    def note(self, losses: Mapping[str, Tensor]) -> None:
        """Add the losses of one update, without waiting for the device."""
        for name, loss in losses.items():
            self._sums[name] = self._sums[name] + loss if name in self._sums else loss
            self._updates[name] = self._updates.get(name, 0) + 1

    def read(self, iteration: int) -> dict[str, float]:
        """Return the means since the last reading, by name; raise ``Diverged`` where one is no number."""
        import torch

        sums = torch.stack(list(self._sums.values())).tolist()
        means = {name: total / self._updates[name] for name, total in zip(self._sums, sums, strict=True)}
        self._sums.clear()
        self._updates.clear()
        self.demand(all(map(isfinite, means.values())), iteration)
        for name, mean in means.items():
            self._points.setdefault(name, []).append((iteration, mean))
        return means

    def means(self, name: str) -> list[float]:
        """Return what was read of one loss."""
        return [mean for _, mean in self._points[name]]

    def demand(self, finite: bool, iteration: int) -> None:
        """Raise ``Diverged`` unless all is finite."""
        if not finite:
            raise Diverged(self._what, iteration, self._hint)

    def curves(self) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return (iteration, mean) by name."""
        return {name: tuple(points) for name, points in self._points.items()}
