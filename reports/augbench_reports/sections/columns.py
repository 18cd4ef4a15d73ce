"""The sections of one data set, in the order in which a reader needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from augbench import comparing, numbers
from augbench_reports.choosing import few_rows, most_rows
from augbench_reports.document import Block, Figure, Flags, Picture, Section, Table, Text
from augbench_reports.sections import slots
from augbench_reports.tables.benefit import benefit_table, variance_table
from augbench_reports.tables.calibration import calibration_table, reliability_table
from augbench_reports.tables.classes import class_tables
from augbench_reports.tables.confusion import confused_table, matrix_tables
from augbench_reports.tables.costs import cost_table
from augbench_reports.tables.evidence import effects_table, seeds_table
from augbench_reports.tables.factors import factors_table, interactions_table
from augbench_reports.tables.generators import generator_title, generators_table
from augbench_reports.tables.others import absent_table, images, unfair_table
from augbench_reports.tables.published import pairs_table, published_table
from augbench_reports.tables.scores import budget_table, metrics_tables, scores_table
from augbench_reports.words import plain

AS_PUBLISHED = (
    "This reproduces the protocol of Rana et al. (2022), so that numbers can be set beside theirs. It is no evidence about methods: "
    "it takes one trained model for the method, so that two seeds of one and the same method often differ by it, "
    "the more so the more test images there are. And the probability of the true class is not the metric: "
    "a change of temperature, which leaves every prediction as it is, is enough for a tiny p."
)


class _Part(NamedTuple):
    slug: str
    title: str
    blocks: Sequence[Block | None]


def column_sections(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> list[Section]:
    """Lay out one data set: what it is, what puts its results in doubt, and its parts as far as there is something to say."""
    grave = tuple(flag for flag in column.flags if flag.grave)
    said = _facts(column) + _left_out(column, most_rows(comparison))
    top: list[Block] = [Text(text=said), *([Flags(flags=grave)] if grave else [])]
    sections = [Section(slug=slug, title=plain(column.label), level=2, blocks=tuple(top))]
    for part in _parts(comparison, column, slug):
        if blocks := tuple(named(block, slug) for block in part.blocks if block):
            sections.append(Section(slug=f"{slug}-{part.slug}", title=part.title, level=3, blocks=blocks))
    return sections


def named(block: Block, slug: str) -> Block:
    """Give a table a name of its own in the document."""
    return replace(block, slug=f"{slug}-table-{block.slug}") if isinstance(block, Table) else block


def _facts(column: comparing.ColumnComparison) -> str:
    folds = f" {column.folds} folds of the images that are not for testing." if column.folds else ""
    minority = numbers.listing([plain(each.name, 40) for each in column.classes if each.minority])
    counted = numbers.many(len(column.classes), "class", "classes")
    return f"{counted}; images: {images(column)}.{folds}" + (f" Minority: {minority}." if minority else "")


def _left_out(column: comparing.ColumnComparison, most: int) -> str:
    if len(column.rows) <= most:
        return ""
    said = "the others, and figures, have the control and those that differ most from it"
    return f" The table of scores has all {numbers.count(len(column.rows))} rows; {said}."


def _parts(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> list[_Part]:
    primary, most = comparison.primary, most_rows(comparison)
    drawn, largest = few_rows(column, most), few_rows(column, most, 2)
    return [
        _Part(
            "scores",
            "Scores",
            [scores_table(comparison, column), _main_figure(comparison, drawn, slug), *metrics_tables(comparison, column, most)],
        ),
        _Part("classes", "Classes", _classes(column, drawn, slug, most)),
        _Part("confusion", "Confusion", [slots.confusion(largest, slug), confused_table(column, most), *matrix_tables(largest)]),
        _Part("seeds", "What the seeds say", _seeds(comparison, column, drawn, slug, most)),
        _Part("benefit", "Cost against benefit", [slots.benefit(drawn, slug), benefit_table(column, most)]),
        _Part("generators", "Generators", _generators(column, slug, most)),
        _Part(
            "calibration", "Calibration", [slots.calibration(largest, slug), calibration_table(column, most), reliability_table(largest)]
        ),
        _Part("factors", "What each part does", [factors_table(column, primary), interactions_table(column, primary)]),
        _Part("published", "As published", _as_published(column, most)),
        _Part("training", "Training", [*slots.curves(drawn, slug), budget_table(column, most), cost_table(column, most)]),
        _Part("flags", "What to know before believing a number", _flags(column)),
        _Part("absent", "Without result", [unfair_table(column, most), absent_table(column, most)]),
    ]


def _main_figure(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw differences to the control; where there are none, the scores themselves."""
    return slots.forest(comparison, column, slug) or slots.scores(comparison, column, slug)


def _seeds(
    comparison: comparing.Comparison, column: comparing.ColumnComparison, drawn: comparing.ColumnComparison, slug: str, most: int
) -> list[Block | None]:
    table = seeds_table(column, comparison.primary, most)
    # Without differences, the scores are drawn above.
    strip = slots.scores(comparison, drawn, slug) if table else None
    return [strip, table, effects_table(column, most), slots.variance(drawn, slug), variance_table(column, most)]


def _flags(column: comparing.ColumnComparison) -> list[Block]:
    """Show the flags that limit what can be said; those that put it in doubt stand on top."""
    others = tuple(flag for flag in column.flags if not flag.grave)
    return [Flags(flags=others)] if others else []


def _classes(column: comparing.ColumnComparison, drawn: comparing.ColumnComparison, slug: str, most: int) -> list[Block]:
    return [slots.classes(drawn, slug), *class_tables(column, most)] if any(row.done for row in column.rows) else []


def _as_published(column: comparing.ColumnComparison, most: int) -> list[Block | None]:
    table = published_table(column, most)
    return [Text(text=AS_PUBLISHED), table, pairs_table(column, most)] if table else []


def _generators(column: comparing.ColumnComparison, slug: str, most: int) -> list[Block | None]:
    if not column.generators:
        return []
    features = numbers.listing(list(dict.fromkeys(plain(each.features) for each in column.generators)))
    said = f"Each bank's images against the real training images of its class, by features of {features}."
    sheets = [_sheet(column, each) for each in column.generators if each.sheet]
    return [Text(text=said), generators_table(column, most), *slots.generators(column, slug), *sheets]


def _sheet(column: comparing.ColumnComparison, found: comparing.GeneratorComparison) -> Picture:
    rows = "real images, synthetic ones, and the real image nearest to each synthetic one"
    return Picture(
        path=found.sheet,
        alternative=f"Samples of {generator_title(found)}: a row each of {rows}.",
        caption=f"{generator_title(found)}: {rows}. The first of the bank, not picked.",
        need=_need(column, found),
    )


def _need(column: comparing.ColumnComparison, found: comparing.GeneratorComparison) -> int:
    """Rank what is to be seen: first generators that are not sound, then the control's minority classes, the others last."""
    if found.word != "sound":
        return 0
    minority = any(each.minority and each.name == found.class_name for each in column.classes)
    control = any(row.is_control and row.name in found.rows for row in column.rows)
    return 1 if minority and control else 2 if minority else 3
