"""Where values stand on an axis, and which of them are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from augbench import numbers

Kind = Literal["linear", "log", "symlog"]
"""``log`` is for numbers above 0; ``symlog`` is about linear below its threshold and logarithmic beyond, in both directions."""

_FAR = 1e60
"""Where values end that can be drawn: beyond, a training has diverged."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps values from ``low`` to ``high`` to places from ``start`` to ``end``, which may run downwards."""

    low: float
    high: float
    start: float
    end: float
    kind: Kind = "linear"
    threshold: float = 0.01
    """Of a symlog scale."""

    def place(self, value: float) -> float:
        """Return where a value stands; not a number for one that cannot be drawn."""
        if not _usable(value, self.kind):
            return math.nan
        low, high, here = (_bent(each, self.kind, self.threshold) for each in (self.low, self.high, value))
        return self.start + (self.end - self.start) * (here - low) / (high - low)

    def ticks(self, most: int = 6) -> list[float]:
        """Return round values within the scale, about as many as wanted."""
        if self.kind == "linear":
            return _round_values(self.low, self.high, most)
        return [tick for tick in _powers(self, most) if self.low <= tick <= self.high and _usable(tick, self.kind)]

    def labels(self, ticks: list[float]) -> list[str]:
        """Write ticks, those of a linear scale with equally many decimals."""
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 0
        if self.kind == "linear" and step >= 1e-6 and max(map(abs, ticks)) < 1e6:
            decimals = next(count for count in range(12) if abs(round(step, count) - step) < step * 1e-3)
            return [_minus(f"{tick:,.{decimals}f}") for tick in ticks]
        return [_written(tick) for tick in ticks]


def scale_over(
    values: Iterable[float], start: float, end: float, *, kind: Kind = "linear", margin: float = 0.06, threshold: float = 0.01
) -> Scale:
    """Make a scale on which all finite values stand, with a margin at both ends as a share of its length."""
    usable = [value for value in values if _usable(value, kind)]
    low, high = (min(usable), max(usable)) if usable else (0.0, 1.0) if kind != "log" else (1.0, 10.0)
    if high - low <= max(1e-9 * max(abs(low), abs(high)), 1 / _FAR):
        # One value alone, or several that no tick could tell apart, stand in the middle of some room.
        size = max(abs(low), abs(high))
        room = 0.05 * (size if size > 1 / _FAR else 1)
        low, high = (low / 2, high * 2) if kind == "log" else (low - room, high + room)
    bent = [_bent(each, kind, threshold) for each in (low, high)]
    beside = margin * (bent[1] - bent[0])
    low, high = (_straight(each, kind, threshold) for each in (bent[0] - beside, bent[1] + beside))
    return Scale(low=low, high=high, start=start, end=end, kind=kind, threshold=threshold)


def _usable(value: float, kind: Kind) -> bool:
    return 1 / _FAR < value < _FAR if kind == "log" else -_FAR < value < _FAR


def _bent(value: float, kind: Kind, threshold: float) -> float:
    return math.log10(value) if kind == "log" else math.asinh(value / threshold) if kind == "symlog" else value


def _straight(value: float, kind: Kind, threshold: float) -> float:
    return 10.0**value if kind == "log" else math.sinh(value) * threshold if kind == "symlog" else value


def _round_values(low: float, high: float, most: int) -> list[float]:
    """Return the multiples of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next((power * factor for factor in (1, 2, 2.5, 5) if (high - low) / (power * factor) <= most), power * 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [_exact(step * count) for count in range(first, last + 1)]


def _powers(scale: Scale, most: int) -> list[float]:
    """Return powers of ten, and 0 where the scale has it; where there is much room or they are few also twice and five times as much."""
    largest = max(abs(scale.low), abs(scale.high))
    least = min(scale.threshold, largest) if scale.kind == "symlog" else scale.low
    exponents = range(math.ceil(math.log10(least) - 1e-9), math.floor(math.log10(largest) + 1e-9) + 1)
    sides = 2 if scale.kind == "symlog" and scale.low < 0 < scale.high and -scale.low > least else 1
    # From the last one back: the largest stays.
    wide = [10.0**exponent for exponent in exponents[:: -1 * -(-sides * len(exponents) // most) or -1]]
    near = [factor * 10.0**exponent for exponent in [exponents.start - 1, *exponents] for factor in (1, 2, 5)]
    beyond = [tick for tick in near if tick >= least]
    for powers, room in ((beyond, most // 2), (wide, most + 2), (near, most + 2)):
        found = [_exact(tick) for tick in sorted({*powers, 0.0, *(-power for power in powers)})]
        if 2 < sum(scale.low <= tick <= scale.high for tick in found) <= room:
            return found
    return _round_values(scale.low, scale.high, most)


def _exact(value: float) -> float:
    """Undo what multiplying did to the last digits."""
    return float(f"{value:.12g}")


def _written(value: float) -> str:
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return _minus(f"{value:,.6g}")
    mantissa, exponent = f"{value:.2e}".split("e")
    return _minus(f"{float(mantissa):g}e{int(exponent)}")


def _minus(text: str) -> str:
    return text.replace("-", numbers.MINUS)
