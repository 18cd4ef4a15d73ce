"""The figures of a report, by the place where they stand; a place without a drawing is left out."""

from __future__ import annotations

from augbench import comparing, evidence, numbers
from augbench_reports.document import Figure
from augbench_reports.figures.benefit import benefit_figure, benefit_note, benefit_rows
from augbench_reports.figures.calibration import calibration_figure, calibration_note
from augbench_reports.figures.classes import MOST, RARE, classes_figure, most_rows
from augbench_reports.figures.confusion import TOLD, confusion_figure, confusion_note, confusion_rows
from augbench_reports.figures.curves import curve_names, curves_figure, curves_note
from augbench_reports.figures.forest import forest_caption, forest_figure
from augbench_reports.figures.generators import CURVES, drawn_curves, generator_figure, generators_note
from augbench_reports.figures.ranks import ranks_caption, ranks_figure
from augbench_reports.figures.rows import shown_note
from augbench_reports.figures.scores import quoted_rows, scores_figure
from augbench_reports.figures.variance import variance_figure, variance_note
from augbench_reports.tables.scores import lower_is_better
from augbench_reports.words import plain, slugs


def forest(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw the differences to the control with their intervals; nothing without any."""
    if not any(row.difference for row in column.rows):
        return None
    lower = "" if comparison.higher_is_better.get(comparison.primary, True) else ": lower is better"
    caption = f"{numbers.heading(comparison.primary)} of each row minus the control's{lower}. {forest_caption(comparison, column)}"
    return Figure(slug=f"{slug}-forest", caption=caption, drawing=forest_figure(comparison, column))


def confusion(column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw the confusion matrices of a few rows; nothing where nothing is done."""
    if not confusion_rows(column):
        return None
    caption = "The share of each true class's test images by the class that was predicted, in percent"
    if any(row.confusion and row.confusion.against for row in column.rows):
        caption += f": that of the control, and how far every other row is above or below it, written from {100 * TOLD:g} points on"
    caption += f".{confusion_note(column)}"
    return Figure(slug=f"{slug}-confusion", caption=caption, drawing=confusion_figure(column))


def calibration(column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw accuracy against confidence for a few rows; nothing where nothing is done."""
    if not any(row.calibration for row in column.rows):
        return None
    caption = (
        "Marks are test images whose predicted class has about the same probability, the larger the more there are. Dotted: confidence "
        f"is accuracy; below it a row is too sure of itself. Dashed: the control.{calibration_note(column)}"
    )
    return Figure(slug=f"{slug}-calibration", caption=caption, drawing=calibration_figure(column))


def benefit(column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw gains against extra time; nothing where no time is known."""
    if not benefit_rows(column):
        return None
    caption = (
        "Filled: no other row gains as much in as little time; the line joins them. Thin lines: intervals of the gain over seeds and test "
        f"images, where there are several seeds. Dashed: the control.{benefit_note(column)}"
    )
    return Figure(slug=f"{slug}-benefit", caption=caption, drawing=benefit_figure(column))


def variance(column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw where the spread of each row's mean comes from; nothing where no row has two seeds."""
    if not any(row.variance for row in column.rows):
        return None
    caption = (
        "How far a row's mean would be off with other seeds and other test images: bars are as long as its standard deviation, and parted "
        f"by shares of the variance.{variance_note(column)}"
    )
    return Figure(slug=f"{slug}-variance", caption=caption, drawing=variance_figure(column))


def ranks(comparison: comparing.Comparison, across: evidence.Across) -> Figure | None:
    """Draw mean ranks over data sets; nothing where no row has a result everywhere."""
    if not across.rows:
        return None
    names = {row.label: row.name for column in comparison.columns for row in column.rows}
    return Figure(slug="across-ranks", caption=ranks_caption(across), drawing=ranks_figure(across, names))


def scores(comparison: comparing.Comparison, column: comparing.ColumnComparison, slug: str) -> Figure | None:
    """Draw every seed's scores."""
    if not any(row.done for row in column.rows):
        return None
    caption = "Each mark is a seed, the bar their mean; diamonds are the control's, the dashed line is its mean."
    if quoted_rows(column, comparison.metrics, comparison.published):
        caption += " Hatched squares: quoted results, never tested."
    if less := lower_is_better(comparison):
        caption += f" {less}"
    drawing = scores_figure(column, comparison.metrics, comparison.published)
    return Figure(slug=f"{slug}-scores", caption=caption + shown_note(column.rows), drawing=drawing)


def classes(column: comparing.ColumnComparison, slug: str) -> Figure:
    """Draw F1 of every class."""
    several = any(len(each.f1.seeds) > 1 for row in column.rows for each in row.classes)
    caption = "Bars are the mean F1 over seeds, marks the seeds." if several else "F1 of the one seed."
    if any(each.test is not None and each.test < RARE for each in column.classes):
        caption += f" Hatched: fewer than {RARE} test images."
    if len(column.classes) > MOST:
        caption += f" {MOST} of {len(column.classes)} classes, minority classes first; the table has all."
    caption += shown_note([row for row in column.rows if row.classes], most_rows(column))
    return Figure(slug=f"{slug}-classes", caption=caption, drawing=classes_figure(column))


def curves(column: comparing.ColumnComparison, slug: str) -> list[Figure]:
    """Draw the curves of training."""
    return [
        Figure(
            slug=f"{slug}-curve-{part}",
            caption=f"{numbers.heading(plain(name))}, mean over a row's trials{curves_note(column, name)}",
            drawing=curves_figure(column, name),
        )
        for name, part in zip(curve_names(column), slugs(curve_names(column)), strict=True)
    ]


def generators(column: comparing.ColumnComparison, slug: str) -> list[Figure]:
    """Draw how generators were fitted."""
    return [
        Figure(
            slug=f"{slug}-generators-{part}",
            caption=f"{CURVES[name]}, mean over fits; the dashed line is the kept iteration.{generators_note(column, name)}",
            drawing=generator_figure(column, name),
        )
        for name, part in zip(drawn_curves(column), slugs(drawn_curves(column)), strict=True)
    ]
