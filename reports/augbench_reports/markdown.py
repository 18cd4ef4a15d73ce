"""report.md: the report for GitHub and other readers of Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from augbench import Comparison, Report, comparing
from augbench_reports.building import document
from augbench_reports.document import Block, Card, Cell, Code, Document, Figure, Flags, Picture, Section, Table, Text
from augbench_reports.words import lines, plain

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$!])")
_NO_BREAK = "&#8288;"


@dataclass(frozen=True, kw_only=True)
class Markdown(Report):
    """Write report.md with its figures beside it, each in a light and a dark theme."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write report.md and figures/*.svg."""
        page = document(comparison)
        path = folder / "report.md"
        path.write_text(written(page), encoding="utf-8", newline="\n")
        return path, *_figures(page, folder / "figures")


def _figures(page: Document, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = []
    for figure in (block for section in page.sections for block in section.blocks if isinstance(block, Figure)):
        for theme in ("light", "dark"):
            path = folder / f"{figure.slug}-{theme}.svg"
            path.write_text(figure.drawing.file(dark=theme == "dark"), encoding="utf-8", newline="\n")
            paths.append(path)
    return paths


def escaped(text: str) -> str:
    """Write text so that Markdown, GitHub's mentions, references and links leave it alone, on one line."""
    text = _SPECIAL.sub(r"\\\1", plain(text, 2000).replace("&", "&amp;"))
    text = _unlinked(text)
    # A line may not begin a list or a heading.
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([-=+])", r"\\\1", text))


def _unlinked(text: str) -> str:
    # A backslash stops Markdown, not GitHub: only a character in between breaks @name, #1, GH-1 and links.
    text = re.sub(r"(@|#|\bGH-)(?=\w)", rf"\1{_NO_BREAK}", text)
    text = re.sub(r"(?i)(https?|ftp)://", rf"\1:{_NO_BREAK}//", text)
    return re.sub(r"(?i)\bwww\.", f"www{_NO_BREAK}.", text)


def _inside_html(text: str) -> str:
    """Write text for a line that begins with an element: there a backslash is no more than a backslash."""
    return _unlinked(escape(plain(text, 2000), quote=False))


def written(page: Document) -> str:
    """Write a document as GitHub-flavoured Markdown."""
    parts = [f"# {escaped(page.title)}", escaped(page.summary), *_flags(page.flags)]
    for card in page.cards:
        parts += _card(card)
    for section in page.sections:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _card(card: Card) -> list[str]:
    lines = [f"**{escaped(card.title)}: {escaped(card.headline)}.**", escaped(card.observed), escaped(card.claim), escaped(card.noise)]
    said = "\n".join(f"- {escaped(each.text)}: **{escaped(each.word)}**" for each in card.statements)
    facts = "; ".join(f"{escaped(name)}: {escaped(value)}" for name, value in card.facts)
    quoted = "\n>\n".join(f"> {line}" for line in [*lines, facts] if line)
    return [quoted, *([_folded(card.folded, said)] if card.folded else [said] if said else [])]


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{_inside_html(summary)}</summary>\n\n{text}\n\n</details>"


def _section(section: Section) -> list[str]:
    parts = [f"{'#' * section.level} {escaped(section.title)}"]
    for block in section.blocks:
        parts += _block(block)
    return parts


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            return [escaped(block.text)]
        case Flags():
            return _flags(block.flags)
        case Figure():
            return [_figure(block)]
        case Picture():
            return [f"![{escaped(block.alternative)}]({quote(block.path)})", escaped(block.caption)]
        case Code():
            return [_code(block)]
        case Table():
            return _table(block)


def _flags(flags: Sequence[comparing.Flag]) -> list[str]:
    return ["\n".join(f"- `{flag.code}`: {escaped(flag.sentence)}" for flag in flags)] if flags else []


def _figure(figure: Figure) -> str:
    base = f"figures/{figure.slug}"
    words = re.sub(r'["<>&]', "", figure.drawing.title)
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{base}-dark.svg">'
        f'<img alt="{words}" src="{base}-light.svg"></picture>\n\n{escaped(figure.caption)}'
    )


def _code(code: Code) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return _folded(code.summary, f"{fence}toml\n{lines(code.text)}\n{fence}")


def _table(table: Table) -> list[str]:
    lines = [_line(table.head), "|" + "|".join(" ---: " if cell.numeric else " --- " for cell in table.head) + "|"]
    lines += [_line(row, index in table.marked) for index, row in enumerate(table.rows)]
    parts = [f"**{escaped(table.caption)}**", "\n".join(lines), *([escaped(table.note)] if table.note else [])]
    return [_folded(table.caption, "\n\n".join(parts))] if table.folded else parts


def _line(cells: Sequence[Cell], marked: bool = False) -> str:
    first = [_cell(cells[0], marked)]
    return "| " + " | ".join(first + [_cell(cell) for cell in cells[1:]]) + " |"


def _cell(cell: Cell, marked: bool = False) -> str:
    text = f"**{escaped(cell.text)}**" if marked and cell.text else escaped(cell.text)
    return f"{text}<br>{escaped(cell.note)}" if cell.note else text
