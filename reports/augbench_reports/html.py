"""report.html: one file that needs nothing else."""

from __future__ import annotations

from base64 import b64encode
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
        path.write_text(written(document(comparison), folder), encoding="utf-8", newline="\n")
        return (path,)


def written(page: Document, folder: Path) -> str:
    """Write a document as a page; pictures lie in the run's folder."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("augbench_reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["plain"] = lambda text: plain(text, 2000)
    environment.filters["lines"] = lines
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    environment.filters["drawn"] = _drawn
    environment.filters["data"] = lambda picture: _data(folder / picture.path)
    return environment.get_template("report.html.j2").render(page=page)


def _data(path: Path) -> str:
    """Return a PNG as a data address, or nothing where it is not there."""
    return "data:image/png;base64," + b64encode(path.read_bytes()).decode("ascii") if path.is_file() else ""


def _drawn(figure: Figure) -> Markup:
    from markupsafe import Markup

    # matplotlib escapes what it writes; title and description are escaped where they are put in.
    return Markup(figure.drawing.inline(figure.slug))
