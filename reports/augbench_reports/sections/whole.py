"""What concerns all data sets together: the rows over all of them, what failed, quoted results, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from augbench import comparing, evidence, numbers
from augbench_reports.choosing import most_rows
from augbench_reports.document import Block, Code, Section, Text
from augbench_reports.sections import slots
from augbench_reports.sections.cards import ACROSS
from augbench_reports.sections.columns import named
from augbench_reports.tables.across import means_tables, ranks_table
from augbench_reports.tables.failures import failures_table
from augbench_reports.tables.others import components_table, data_table, facts_table, provenance_table, quoted_table, reproduce_table
from augbench_reports.words import plain

HINT = (
    "What failures have in common is a hint where to look, not a cause: settings that go together cannot be told apart, "
    "and trials that share a stage fail together."
)
TAKEN = ("content", ACROSS, "failures", "quoted", "notes", "provenance")
"""Anchors that no data set may have."""


def across_section(comparison: comparing.Comparison) -> list[Section]:
    """Compare rows over data sets, or say why that is not done; nothing with one data set."""
    if comparison.across is None:
        return []
    found = comparison.across
    blocks = [
        Text(text=_across(found)),
        slots.ranks(comparison, found),
        ranks_table(found, comparison.primary),
        *means_tables(found, comparison.primary),
    ]
    return [_section(ACROSS, "Across data sets", blocks)]


def _across(found: evidence.Across) -> str:
    if found.refused:
        return plain(found.refused, 1000)
    said = [f"{numbers.many(len(found.datasets), 'data set')}; the data set is the unit."]
    if found.limit:
        said.append(plain(found.limit, 500))
    if found.friedman is not None and found.friedman_p is not None:
        said.append(f"Friedman's test of all rows: chi-squared = {numbers.distance(found.friedman)}, {numbers.p_equals(found.friedman_p)}.")
    if found.iman_davenport_p is not None:
        size = f"F = {numbers.distance(found.iman_davenport)}, " if found.iman_davenport is not None else ""
        said.append(f"Iman and Davenport: {size}{numbers.p_equals(found.iman_davenport_p)}.")
    if found.critical_difference is not None:
        said.append(
            f"Bonferroni and Dunn's test tells mean ranks from the control's where they are {numbers.distance(found.critical_difference)} "
            "apart; the p-values of the rows are of the signed-rank test."
        )
    if found.groups:
        groups = "; ".join(numbers.listing([plain(label, 40) for label in group], 12) for group in found.groups)
        said.append(f"Neighbours in rank that cannot be told apart: {groups}.")
    return " ".join(said)


def closing_sections(comparison: comparing.Comparison) -> list[Section]:
    """Lay out failures, quoted results of other data sets, and provenance."""
    sections = [_failures(comparison.failures)] if comparison.failures else []
    if quoted := quoted_table(comparison):
        said = Text(text="Quoted from elsewhere: other code, other seeds, perhaps other splits. Never tested against.")
        sections.append(_section("quoted", "Quoted results", [said, quoted]))
    if comparison.notes:
        sections.append(_notes(comparison.notes))
    blocks: list[Block | None] = [data_table(comparison) if comparison.columns else None, provenance_table(comparison)]
    blocks.append(components_table(comparison))
    commands = (reproduce_table(column, most_rows(comparison)) for column in comparison.columns)
    blocks += [table and replace(table, slug=f"{table.slug}-{place}") for place, table in enumerate(commands, 1)]
    if comparison.matrix:
        blocks.append(Code(text=comparison.matrix, summary="The matrix file"))
    return [*sections, *([_section("provenance", "Provenance", blocks)] if any(blocks) else [])]


def _failures(found: comparing.Failures) -> Section:
    kinds = f", in {len(found.groups)} ways" if len(found.groups) > 1 else ""
    said = f"{numbers.count(found.total)} of the {numbers.many(found.ran, 'trial')} that ran failed{kinds}."
    hints = [Text(text=plain(each.sentence, 500)) for each in found.common]
    warning = [Text(text=HINT)] if hints or any(group.common for group in found.groups) else []
    return _section("failures", "Failures", [Text(text=said), *hints, *warning, failures_table(found)])


def _notes(notes: Sequence[comparing.ReportNote]) -> Section:
    """Print what plugins say, under who says so; nothing of it is more than text."""
    blocks: list[Block | None] = [Text(text="Plugins have added this; nothing above was changed by it.")]
    for place, note in enumerate(notes, 1):
        said = [paragraph for part in note.text.split("\n\n") if (paragraph := plain(part, 2000))]
        heading = f"{plain(note.title)}, from {plain(note.origin)}"
        first = f"{heading}: {said[0]}" if said else "" if note.facts else f"{heading}."
        blocks += [Text(text=text) for text in (first, *said[1:]) if text]
        if note.facts:
            blocks.append(facts_table(note, heading, place))
    return _section("notes", "Notes of plugins", blocks)


def _section(slug: str, title: str, blocks: Sequence[Block | None]) -> Section:
    return Section(slug=slug, title=title, level=2, blocks=tuple(named(block, slug) for block in blocks if block))
