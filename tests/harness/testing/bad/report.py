"""A report that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path

from augbench import Comparison, Component, Report


@dataclass(frozen=True, kw_only=True)
class Lines(Report):
    """A line for each row, as HTML and JSON."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        page, numbers = folder / "lines.html", folder / "lines.json"
        page.write_text("<ul>" + "".join(f"<li>{line}</li>" for line in self.lines(comparison)) + "</ul>", "utf-8")
        numbers.write_text(self.numbers(comparison), "utf-8")
        return page, numbers

    def lines(self, comparison: Comparison) -> list[str]:
        rows = comparison.columns[0].rows
        return [f"{html.escape(row.label)}: {row.scores[comparison.primary].mean or 'not yet'}" for row in rows]

    def numbers(self, comparison: Comparison) -> str:
        return json.dumps({row.label: row.scores[comparison.primary].mean for row in comparison.columns[0].rows})


class PageAlone(Lines):
    def render(self, comparison, folder):
        return super().render(comparison, folder)[:1]


class BesideItsFolder(Lines):
    def render(self, comparison, folder):
        (folder.parent / "latest.txt").write_text(str(folder))
        return super().render(comparison, folder)


class Rounds(Lines):
    def lines(self, comparison):
        return [f"{row.scores[comparison.primary].mean:.3f}" for row in comparison.columns[0].rows]


class Raw(Lines):
    def lines(self, comparison):
        return [row.label for row in comparison.columns[0].rows]


class ByHand(Lines):
    def numbers(self, comparison):
        return "[" + ", ".join(f'"{row.label}"' for row in comparison.columns[0].rows) + "]"


GOOD: tuple[Component, ...] = (Lines(),)
BAD: dict[str, Component] = {
    "tells-its-files": PageAlone(),
    "stays-in-its-folder": BesideItsFolder(),
    "half-done-runs": Rounds(),
    "names-are-no-code": Raw(),
    "files-stay-valid": ByHand(),
}
