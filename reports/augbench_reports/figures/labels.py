"""Where names stand beside marks so that none covers another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from augbench_reports.figures.canvas import Anchor, Canvas, Place
from augbench_reports.figures.drawing import CONTROL, INK, MUTED
from augbench_reports.figures.lettering import LEADING, SMALL, shortened, text_width
from augbench_reports.figures.panels import Panel

LONGEST = 290.0
"""Room for a name."""
HEIGHT = LEADING * SMALL
NEAR = 9.0
"""From the middle of a mark to its name."""
AWAY = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
"""Lines of text that a name may stand above or below its mark."""
_BEFORE: dict[Anchor, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""Share of a text that stands before its anchor."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """Room that a mark or a name takes."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: Box) -> float:
        """Return how much room both take."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def inside(self, panel: Panel) -> bool:
        """Tell whether it is within a panel."""
        return panel.left <= self.left and self.right <= panel.right and panel.top <= self.top and self.bottom <= panel.bottom


def along(x1: float, y1: float, x2: float, y2: float) -> Box:
    """Return the room of an upright or level line."""
    return Box(left=min(x1, x2) - 1, top=min(y1, y2) - 1, right=max(x1, x2) + 1, bottom=max(y1, y2) + 1)


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name where it is written."""

    text: str
    x: float
    anchor: Anchor
    box: Box
    far: bool = False
    """Whether it needs a line to its mark."""

    @property
    def middle(self) -> float:
        """Return the height of its middle."""
        return (self.box.top + self.box.bottom) / 2


def labels_beside(names: Sequence[str], places: Sequence[Place], panel: Panel, others: Sequence[Box] = ()) -> dict[int, Label]:
    """Place a name beside each mark, the first names first, and leave out those for which there is no room.

    ``places`` are those of all marks, which may be more than there are names; ``others`` is what had better not be covered, too.
    """
    marks = [Box(left=x - 6, top=y - 6, right=x + 6, bottom=y + 6) for x, y in places if isfinite(x) and isfinite(y)]
    taken: list[Box] = []
    found: dict[int, Label] = {}
    for index, (name, place) in enumerate(zip(names, places, strict=False)):
        free = [label for label in _candidates(name, place) if label.box.inside(panel) and not any(map(label.box.shared, taken))]
        if free:
            # Candidates come from near to far: the first of those that cover least.
            found[index] = min(free, key=lambda label: sum(map(label.box.shared, (*marks, *others))))
            taken.append(found[index].box)
    return found


def _candidates(name: str, place: Place) -> Iterator[Label]:
    """Yield a label at the right and left of a mark, above and below it, and farther and farther away."""
    text = shortened(name, LONGEST, SMALL, bold=True)
    # As if bold: the control is, and the row that a reader points at.
    (x, y), width = place, text_width(text, SMALL, bold=True)
    for away in AWAY:
        starts: dict[Anchor, float] = {"start": x + NEAR + 4 * away, "end": x - NEAR - 4 * away, **({"middle": x} if away == 1 else {})}
        for down in dict.fromkeys((y - away * HEIGHT, y + away * HEIGHT)):
            for anchor, start in starts.items():
                left = start - width * _BEFORE[anchor]
                box = Box(left=left, top=down - HEIGHT / 2, right=left + width, bottom=down + HEIGHT / 2)
                yield Label(text=text, x=start, anchor=anchor, box=box, far=away > 1)


def draw_label(canvas: Canvas, label: Label, place: Place, *, control: bool) -> None:
    """Write a name, with a line to its mark where that is not beside it."""
    if label.far:
        x, y = place
        end = min(max(x, label.box.left), label.box.right), min(max(y, label.box.top), label.box.bottom)
        canvas.line(x, y, *end, stroke=MUTED, stroke_width=0.8)
    colour = CONTROL if control else INK
    canvas.text(label.x, label.middle, label.text, anchor=label.anchor, size=SMALL, middle=True, bold=control, fill=colour)
