"""How numbers are written wherever a person reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

ABSENT = "–"
PLUS_MINUS = " ± "
MINUS = "−"
_INITIALS = re.compile(r"\b(f1|mcc|auroc|ece)\b")
_BYTES = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
_TIMES = (("day", 86400), ("hour", 3600), ("minute", 60))


def metric(name: str) -> str:
    """Write a metric's name as in a sentence: ``macro-F1``, ``MCC``."""
    return _INITIALS.sub(lambda found: found[0].upper(), name)


def heading(name: str) -> str:
    """Write a metric's name as in a heading: ``Macro-F1``."""
    # What is named by where it is, my_scores:WorstRecall, keeps its letters.
    return metric(name)[:1].upper() + metric(name)[1:] if ":" not in name else name


def score(value: float | None) -> str:
    """Write a metric with three digits."""
    return ABSENT if value is None or math.isnan(value) else _minus(value, f"{abs(value):.3f}")


def spread(mean: float | None, sd: float | None) -> str:
    """Write mean ± standard deviation; the mean alone where there is no deviation to speak of."""
    return score(mean) if mean is None or sd is None else f"{score(mean)}{PLUS_MINUS}{score(sd)}"


def distance(value: float | None) -> str:
    """Write a number of any size, perhaps below zero, with three digits."""
    if value is None or math.isnan(value):
        return ABSENT
    size = f"{abs(value):.3f}" if abs(value) < 10 else f"{abs(value):.1f}" if abs(value) < 1000 else f"{abs(value):,.0f}"
    return _minus(value, size)


def signed(value: float | None) -> str:
    """Write a difference with its sign, and none before 0.000."""
    if value is None or math.isnan(value):
        return ABSENT
    return _signed(value, f"{abs(value):.3f}")


def _minus(value: float, size: str) -> str:
    """Write a sign before what is below zero also as it is written."""
    return f"{MINUS if value < 0 and size.strip('0.,') else ''}{size}"


def _signed(value: float, size: str) -> str:
    return f"+{size}" if value > 0 and size.strip("0.,") else _minus(value, size)


def against(difference: float, other: str = "control") -> str:
    """Write a difference and its direction in words: ``0.021 higher than control``."""
    return f"{direction(difference)} {'than' if difference else 'to'} {other}"


def direction(difference: float) -> str:
    """Write how far a number is above or below another: ``0.021 higher``."""
    if difference == 0:
        return "equal"
    size = f"{abs(difference):.3f}" if abs(difference) >= 0.0005 else "less than 0.001"
    return f"{size} {'higher' if difference > 0 else 'lower'}"


def interval(low: float, high: float) -> str:
    """Write where a number may lie: ``[−0.030, 0.069]``."""
    return f"[{distance(low)}, {distance(high)}]"


def points(value: float) -> str:
    """Write the difference of two shares in points: ``+1.2``."""
    return _signed(value, f"{abs(100 * value):.1f}")


def extra(value: float | None, written: Callable[[float], str]) -> str:
    """Write how much more something takes: ``+5.0 min``."""
    if value is None or math.isnan(value):
        return ABSENT
    size = written(abs(value))
    return size if size == written(0.0) else f"{'+' if value > 0 else MINUS}{size}"


def percent(value: float | None) -> str:
    """Write a share in hundredths: ``66.7%``."""
    return ABSENT if value is None or math.isnan(value) else f"{100 * value:.1f}%"


def effect(a12: float) -> str:
    """Name the size of an effect, |2 A12 - 1| (Cliff's delta), in the customary words (Romano et al. 2006)."""
    # Rounded: 2 A12 - 1 of an exact share lies a last bit beside it.
    size = round(abs(2 * a12 - 1), 12)
    return "negligible" if size < 0.147 else "small" if size < 0.33 else "medium" if size < 0.474 else "large"


def p_value(value: float | None) -> str:
    """Write a p-value with three digits, or a bound where a float underflows."""
    if value is None or math.isnan(value):
        return ABSENT
    if value < 1e-300:
        return "< 1e-300"
    if value >= 0.001:
        return f"{value:#.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def p_equals(value: float) -> str:
    """Write a p-value as in a sentence: ``p = 0.031``."""
    written = p_value(value)
    return f"p {written}" if written.startswith("<") else f"p = {written}"


def bound(value: float | None) -> str:
    """Write a probability that is chosen or follows from a design: alpha, a limit, the smallest p."""
    return ABSENT if value is None else f"{value:.3g}"


def count(value: int | None) -> str:
    """Write a whole number with its thousands apart."""
    return ABSENT if value is None else f"{value:,}"


def span(values: tuple[int, int] | None) -> str:
    """Write the smallest and largest of some whole numbers."""
    if values is None:
        return ABSENT
    low, high = values
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def seconds(value: float | None) -> str:
    """Write a duration."""
    if value is None or math.isnan(value):
        return ABSENT
    if value < 60:
        return f"{value:.1f} s"
    minutes = value / 60
    return f"{minutes:.1f} min" if minutes < 60 else f"{minutes / 60:.1f} h"


def memory(value: float | None) -> str:
    """Write megabytes, of 10^6 bytes."""
    if value is None or math.isnan(value):
        return ABSENT
    return f"{value:.0f} MB" if value < 1000 else f"{value / 1000:.1f} GB"


def size(value: int) -> str:
    """Write bytes in units of powers of 1000."""
    if value < 1000:
        return f"{value} B"
    amount, unit = next((value / power, name) for name, power in _BYTES if value >= power)
    return f"{amount:.3g} {unit}" if amount < 999.5 else f"{amount:,.0f} {unit}"


def ago(value: float) -> str:
    """Write how many seconds ago something was, roughly: ``2 days ago``."""
    found = next((many(int(value / length), unit) for unit, length in _TIMES if value >= length), "")
    return f"{found} ago" if found else "just now"


def energy(value: float | None) -> str:
    """Write joules."""
    if value is None or math.isnan(value):
        return ABSENT
    size, unit = (value, "J") if value < 1000 else (value / 1000, "kJ") if value < 1e6 else (value / 1e6, "MJ")
    return f"{size:.1f} {unit}"


def many(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: ``1 seed``, ``3 seeds``."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def by_area(sizes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort heights and widths, the smallest area first."""
    return sorted(sizes, key=lambda size: (size[0] * size[1], size))


def listing(names: list[str], most: int = 6) -> str:
    """Write names as a list in a sentence; beyond ``most``, how many more there are."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
