"""report.html: one file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from augbench import Comparison, Report
from augbench_reports.building import document
from augbench_reports.document import Document, Figure
from augbench_reports.words import lines, plain

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Html(Report):
    """Write one HTML file without scripts or network requests, for light and dark screens, phones and paper."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write report.html."""
        path = folder / "report.html"
        path.write_text(written(document(comparison)), encoding="utf-8", newline="\n")
        return (path,)


def written(page: Document) -> str:
    """Write a document as a page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("augbench_reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["plain"] = lambda text: plain(text, 2000)
    environment.filters["lines"] = lines
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    environment.filters["drawn"] = _drawn
    return environment.get_template("report.html.j2").render(page=page)


def _drawn(figure: Figure) -> Markup:
    from markupsafe import Markup

    # matplotlib escapes what it writes; title and description are escaped where they are put in.
    return Markup(figure.drawing.inline(figure.slug))
