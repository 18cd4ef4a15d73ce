"""Lay a comparison out as a document."""

from __future__ import annotations

from functools import lru_cache

from augbench import comparing, numbers
from augbench_reports.document import Block, Card, Code, Document, Figure, Flags, Picture, Section, Text
from augbench_reports.figures.classes import MOST, RARE, classes_figure
from augbench_reports.figures.curves import curve_names, curves_figure
from augbench_reports.figures.generators import CURVES, drawn_curves, generator_figure
from augbench_reports.figures.scores import scores_figure
from augbench_reports.tables.classes import class_tables
from augbench_reports.tables.costs import cost_table
from augbench_reports.tables.evidence import published_table, seeds_table
from augbench_reports.tables.failures import failures_table
from augbench_reports.tables.generators import generator_title, generators_table
from augbench_reports.tables.others import absent_table, data_table, images, provenance_table, quoted_table, unfair_table
from augbench_reports.tables.scores import budget_table, scores_table
from augbench_reports.words import plain, slugs

AS_PUBLISHED = (
    "This reproduces the protocol of Rana et al. (2022), so that numbers can be set beside theirs. It is no evidence about methods: "
    "it takes one trained model for the method, so that two seeds of one and the same method often differ by it, "
    "the more so the more test images there are. And the probability of the true class is not the metric: "
    "a change of temperature, which leaves every prediction as it is, is enough for a tiny p."
)

HINT = (
    "What failures have in common is a hint where to look, not a cause: settings that go together cannot be told apart, "
    "and trials that share a stage fail together."
)
TAKEN = ("content", "failures", "quoted", "provenance")
"""Anchors that no data set may have."""


# Drawing is most of the work, and the formats of one report follow each other.
@lru_cache(maxsize=1)
def document(comparison: comparing.Comparison) -> Document:
    """Lay out every section, drawing the figures."""
    names = slugs([*TAKEN, *(column.name for column in comparison.columns)])[len(TAKEN) :]
    sections = [section for slug, column in zip(names, comparison.columns, strict=True) for section in _column(comparison, column, slug)]
    return Document(
        title=plain(comparison.title, 200),
        summary=_summary(comparison),
        flags=comparison.flags,
        cards=tuple(_card(column, slug) for slug, column in zip(names, comparison.columns, strict=True)),
        sections=(*sections, *_appendix(comparison)),
    )


def _summary(comparison: comparing.Comparison) -> str:
    said = f"{comparison.summary} The primary metric is {numbers.metric(comparison.primary)}"
    if not any(row.is_control for column in comparison.columns for row in column.rows):
        return f"{said}."
    return f"{said}; every difference is measured from the control, {plain(comparison.control)}."


def _card(column: comparing.ColumnComparison, slug: str) -> Card:
    claim = column.claim
    facts = (
        ("paired seeds", f"{claim.seeds} of {claim.planned}"),
        ("comparisons", str(claim.comparisons)),
        ("smallest p they can give", numbers.bound(claim.smallest_p)),
        ("seeds needed", str(claim.seeds_needed)),
        ("one test image moves macro-F1 by up to", numbers.score(column.resolution)),
    )
    return Card(
        slug=slug,
        title=plain(column.label),
        headline=claim.headline,
        observed=claim.observed,
        claim=claim.sentence,
        facts=facts,
        settled=claim.comparisons > 0 and claim.seeds >= claim.seeds_needed,
    )


def _column(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> list[Section]:
    done = any(row.done for row in column.rows)
    folds = f" {column.folds} folds of the images that are not for testing." if column.folds else ""
    minority = numbers.listing([plain(each.name, 40) for each in column.classes if each.minority])
    facts = f"{numbers.many(len(column.classes), 'class', 'classes')}; images: {images(column)}.{folds}" + (
        f" Minority: {minority}." if minority else ""
    )
    top: list[Block] = [Text(text=facts)]
    if column.flags:
        top.append(Flags(flags=column.flags))
    parts = [Section(slug=slug, title=plain(column.label), level=2, blocks=tuple(top))]
    for name, title, blocks in _parts(comparison, column, slug, done):
        if blocks:
            parts.append(Section(slug=f"{slug}-{name}", title=title, level=3, blocks=tuple(blocks)))
    return parts


def _parts(
    comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str, done: bool
) -> list[tuple[str, str, list[Block]]]:
    found: list[tuple[str, str, list[Block | None]]] = [
        (
            "scores",
            "Scores",
            [scores_table(column, comparison.metrics, comparison.primary), _scores(comparison, column, slug) if done else None],
        ),
        ("seeds", "What the seeds say", [seeds_table(column, comparison.primary)]),
        ("published", "As published", _as_published(column)),
        ("classes", "Classes", [_classes(column, slug), *class_tables(column)] if done else []),
        ("generators", "Generators", _generators(column, slug)),
        ("training", "Training", [*_curves(column, slug), budget_table(column), cost_table(column)]),
        ("absent", "Without result", [unfair_table(column), absent_table(column)]),
    ]
    return [(name, title, [block for block in blocks if block]) for name, title, blocks in found]


def _scores(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> Figure:
    caption = "Each dot is a seed, the bar their mean; the dashed line is the control's mean."
    return Figure(slug=f"{slug}-scores", caption=caption, drawing=scores_figure(column, comparison.metrics))


def _as_published(column: comparing.ColumnComparison) -> list[Block | None]:
    table = published_table(column)
    return [Text(text=AS_PUBLISHED), table] if table else []


def _classes(column: comparing.ColumnComparison, slug: str) -> Figure:
    several = any(len(each.f1.seeds) > 1 for row in column.rows for each in row.classes)
    caption = "Bars are the mean F1 over seeds, dots the seeds." if several else "F1 of the one seed."
    if any(each.test is not None and each.test < RARE for each in column.classes):
        caption += f" Hatched: fewer than {RARE} test images."
    if len(column.classes) > MOST:
        caption += f" {MOST} of {len(column.classes)} classes, minority classes first; the table has all."
    return Figure(slug=f"{slug}-classes", caption=caption, drawing=classes_figure(column))


def _generators(column: comparing.ColumnComparison, slug: str) -> list[Block | None]:
    if not column.generators:
        return []
    features = numbers.listing(list(dict.fromkeys(plain(each.features) for each in column.generators)))
    said = f"Each bank's images against the real training images of its class, by features of {features}."
    figures = [
        Figure(
            slug=f"{slug}-generators-{part}",
            caption=f"{CURVES[name]}, mean over fits; the dashed line is the kept iteration.",
            drawing=generator_figure(column, name),
        )
        for name, part in zip(drawn_curves(column), slugs(drawn_curves(column)), strict=True)
    ]
    return [Text(text=said), generators_table(column), *(_sheet(each) for each in column.generators if each.sheet), *figures]


def _sheet(found: comparing.GeneratorComparison) -> Picture:
    rows = "real images, synthetic ones, and the real image nearest to each synthetic one"
    return Picture(
        path=found.sheet,
        alternative=f"Samples of {generator_title(found)}: a row each of {rows}.",
        caption=f"{generator_title(found)}: {rows}. The first of the bank, not picked.",
    )


def _curves(column: comparing.ColumnComparison, slug: str) -> list[Figure]:
    others = "; the other rows in grey behind it" if len(column.rows) > 1 else ""
    return [
        Figure(
            slug=f"{slug}-curve-{part}",
            caption=f"{numbers.heading(plain(name))}, mean over a row's trials{others}.",
            drawing=curves_figure(column, name),
        )
        for name, part in zip(curve_names(column), slugs(curve_names(column)), strict=True)
    ]


def _failures(found: comparing.Failures) -> Section:
    kinds = f", in {len(found.groups)} ways" if len(found.groups) > 1 else ""
    said = f"{numbers.count(found.total)} of the {numbers.many(found.ran, 'trial')} that ran failed{kinds}."
    hints = [Text(text=plain(each.sentence, 500)) for each in found.common]
    warning = [Text(text=HINT)] if hints or any(group.common for group in found.groups) else []
    return Section(slug="failures", title="Failures", level=2, blocks=(Text(text=said), *hints, *warning, failures_table(found)))


def _appendix(comparison: comparing.Comparison) -> list[Section]:
    sections = [_failures(comparison.failures)] if comparison.failures else []
    if quoted := quoted_table(comparison):
        said = Text(text="Quoted from elsewhere: other code, other seeds, perhaps other splits. Never tested against.")
        sections.append(Section(slug="quoted", title="Quoted results", level=2, blocks=(said, quoted)))
    blocks: list[Block | None] = [data_table(comparison) if comparison.columns else None, provenance_table(comparison)]
    if comparison.matrix:
        blocks.append(Code(text=comparison.matrix, summary="The matrix file"))
    kept = tuple(block for block in blocks if block)
    return [*sections, *([Section(slug="provenance", title="Provenance", level=2, blocks=kept)] if kept else [])]
