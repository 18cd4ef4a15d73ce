"""report.html: one file that needs nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Container
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from augbench import Comparison, Report, numbers
from augbench_reports.building import document
from augbench_reports.document import Cell, Document, Figure, Picture, Section, Table
from augbench_reports.pictures import WHOLE, addresses, embedded
from augbench_reports.words import lines, plain

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_INTERVAL = re.compile(r"\[[-−+\d., ]+\]")
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(e[-+]?\d+)?")


@dataclass(frozen=True, kw_only=True)
class Html(Report):
    """Write one HTML file that makes no network request, for light and dark screens, phones and paper.

    It is complete without JavaScript; with it, rows can be sorted, filtered, pinned and pointed at.
    """

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write report.html."""
        path = folder / "report.html"
        path.write_text(written(document(comparison), folder), encoding="utf-8", newline="\n")
        return (path,)


def written(page: Document, folder: Path) -> str:
    """Write a document as a page; pictures lie in the run's folder."""
    style, script = _part("style.css"), _part("report.js")
    render = partial(
        _environment().get_template("report.html.j2").render,
        page=page,
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
    )
    links = addresses(page, folder)
    bare = render(links=links, inside={})
    inside = embedded(page, folder, WHOLE - len(bare.encode()))
    return render(links=links, inside=inside) if inside else bare


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("augbench_reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # The same names and notes stand in many tables.
    environment.filters["plain"] = cache(_shown)
    environment.filters["lines"] = lines
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    environment.filters["drawn"] = _drawn
    environment.filters["attributes"] = _attributes
    environment.filters["rows"] = _rows
    environment.filters["outside"] = _outside
    environment.filters["many"] = numbers.many
    return environment


def _shown(text: str) -> str:
    """Return text that may be any name, its intervals on one line."""
    return _INTERVAL.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), plain(text, 2000))


def _part(name: str) -> Markup:
    """Return a file of ours that stands in the page as it is."""
    from markupsafe import Markup

    return Markup(files("augbench_reports").joinpath("templates", name).read_text("utf-8"))


def _hash(text: str) -> str:
    """Return what lets the browser apply or run this very text and no other."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode("ascii")


def _rows(page: Document) -> int:
    """Count the rows of all tables."""
    return sum(len(block.rows) for section in page.sections for block in section.blocks if isinstance(block, Table))


def _outside(section: Section, inside: Container[str]) -> list[Picture]:
    """Return the pictures of a section that stand beside the page."""
    return [block for block in section.blocks if isinstance(block, Picture) and block.path not in inside]


def _attributes(cell: Cell) -> Markup:
    """Write the attributes of a cell, as few as will do: a page has many thousands."""
    from markupsafe import Markup

    classes = " ".join(filter(None, ("" if cell.numeric else "words", cell.tone)))
    order = "" if cell.order is None or _tells(cell.text, cell.order) else f"{cell.order:.5g}"
    # Tones are words of ours, and numbers hold nothing to escape.
    return Markup((f' class="{classes}"' if classes else "") + (f' data-order="{order}"' if order else ""))


def _tells(text: str, order: float) -> bool:
    """Say whether the first number of a text is the order, rounded: what looks equal may be sorted as equal."""
    found = _NUMBER.search(text.replace(",", "").replace("−", "-"))
    return found is not None and abs(float(found[0]) - order) <= 0.0005 * max(1.0, abs(order))


def _drawn(figure: Figure) -> Markup:
    from markupsafe import Markup

    # The canvas escapes every text and attribute.
    return Markup(figure.drawing.inline(figure.slug))
