"""Draw a curve over the steps of a training."""

from __future__ import annotations

from dataclasses import dataclass

from augbench.stages.page import MUTED, RULE, Page
from augbench.stages.sections import COLOURS, SMALL, Section

_LEFT, _WIDE, _HIGH = 70, 960, 180
_FOOT = 36


@dataclass(frozen=True, kw_only=True)
class CurveSection(Section):
    """A schedule."""

    points: tuple[float, ...]
    """At even distances."""
    start: str
    """What stands below the first point."""
    end: str

    @property
    def size(self) -> tuple[int, int]:
        """Return the width and height of the chart."""
        return _LEFT + _WIDE, _HIGH + _FOOT

    def draw(self, page: Page, left: int, top: int) -> None:
        """Draw it over two lines, at nothing and at its largest value, or 1."""
        most, left = max(1.0, *self.points), left + _LEFT
        for value in (0.0, most):
            y = top + _HIGH - value / most * (_HIGH - 12)
            page.draw.line((left, y, left + _WIDE, y), fill=RULE, width=1)
            page.write((left - 12, y), f"{value:g}", SMALL, MUTED, anchor="rm")
        across = _WIDE / max(1, len(self.points) - 1)
        line = [(left + number * across, top + _HIGH - value / most * (_HIGH - 12)) for number, value in enumerate(self.points)]
        page.draw.line(line, fill=COLOURS[0], width=3, joint="curve")
        page.write((left, top + _HIGH + 26), self.start, SMALL, MUTED)
        page.write((left + _WIDE, top + _HIGH + 26), self.end, SMALL, MUTED, anchor="rs")
