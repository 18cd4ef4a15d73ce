"""Lay a comparison out as a document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from augbench import comparing, numbers
from augbench_reports.document import Card, Document
from augbench_reports.sections.cards import across_card, card
from augbench_reports.sections.columns import column_sections
from augbench_reports.sections.whole import TAKEN, across_section, closing_sections
from augbench_reports.words import plain, slugs


# Drawing is most of the work, and the formats of one report follow each other.
@lru_cache(maxsize=1)
def document(comparison: comparing.Comparison) -> Document:
    """Lay out every section, drawing the figures."""
    columns = anchored(comparison)
    sections = [section for slug, column in columns for section in column_sections(comparison, column, slug)]
    return Document(
        title=plain(comparison.title, 200),
        summary=_summary(comparison),
        flags=tuple(sorted(comparison.flags, key=lambda flag: not flag.grave)),
        cards=tuple(_cards(comparison, columns)),
        sections=(*sections, *across_section(comparison), *closing_sections(comparison)),
    )


def anchored(comparison: comparing.Comparison) -> list[tuple[str, comparing.ColumnComparison]]:
    """Return every data set with the anchor that stands for it in addresses and names of files."""
    names = slugs([*TAKEN, *(column.name for column in comparison.columns)])[len(TAKEN) :]
    return list(zip(names, comparison.columns, strict=True))


def _cards(comparison: comparing.Comparison, columns: Sequence[tuple[str, comparing.ColumnComparison]]) -> list[Card]:
    """Say what can be claimed, over all data sets first where anything can."""
    cards = [card(comparison, column, slug) for slug, column in columns]
    if comparison.across is None:
        return cards
    across = across_card(comparison.across, comparison.primary)
    return [across, *cards] if across.settled else [*cards, across]


def _summary(comparison: comparing.Comparison) -> str:
    said = f"{comparison.summary} The primary metric is {numbers.metric(comparison.primary)}"
    if not any(row.is_control for column in comparison.columns for row in column.rows):
        return f"{said}."
    return f"{said}; every difference is measured from the control, {plain(comparison.control)}."
