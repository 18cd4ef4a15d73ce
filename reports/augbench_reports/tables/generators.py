"""What generators learnt: the quality of their images, class by class."""

from __future__ import annotations

from augbench import comparing, numbers
from augbench_reports.choosing import MOST
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import head, number
from augbench_reports.words import plain

TONES = {"sound": "good", "copies": "open", "untrained": "bad", "collapsed": "bad"}
PLAIN_SCORES = ("precision", "recall", "density", "coverage", "nearest-real-ratio", "diversity")
NOTE = (
    "KID is the measure for small classes: 0 in the mean for images of the class itself, so a little below 0 is possible. The Fréchet "
    "distance depends on the numbers of images: compare it at equal ones only. Nearest-real ratio and diversity are about 1 for new images "
    "of the class; a ratio near 0 means copies, a diversity near 0 images that are all alike. Of several fits: the mean, with the "
    "smallest and largest below."
)


def generators_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show every generator of every class, of many those that are not sound first; None where none was judged."""
    if not column.generators:
        return None
    shown = tuple(sorted(column.generators, key=lambda each: each.word == "sound")[:most])
    more = f" {most} of {numbers.count(len(column.generators))}, those that are not sound first; tables/generators.csv has all."
    distance = "FID" if all(each.inception for each in column.generators) else "Fréchet distance"
    columns = (("Images", "real, synthetic"), ("KID", "before the first iteration"), ("KID", "of the bank"), distance)
    named = ("Precision", "Recall", "Density", "Coverage", "Nearest-real ratio", "Diversity")
    return Table(
        slug="generators",
        caption=f"Quality of generated images on {plain(column.label)}",
        head=(Cell(text="Generator, class"), Cell(text="Verdict"), *head("", *columns, *named)[1:]),
        rows=tuple(_row(each) for each in (shown if len(column.generators) > most else column.generators)),
        note=NOTE + more * (len(column.generators) > most),
        sortable=True,
    )


def generator_title(found: comparing.GeneratorComparison) -> str:
    """Name a generator and its class."""
    return f"{plain(found.name, 40)}, {plain(found.class_name, 40)}"


def _row(found: comparing.GeneratorComparison) -> tuple[Cell, ...]:
    users = f"in {numbers.listing([plain(row, 40) for row in found.rows])}"
    kept = [f"kept at iteration {numbers.span(found.chosen)}"] if any(found.chosen) else []
    fits = [numbers.many(found.fits, "fit")] if found.fits > 1 else []
    return (
        Cell(text=generator_title(found), note="; ".join([users, *fits, *kept])),
        Cell(text=found.word, tone=TONES[found.word], note=plain(found.reason, 300)),
        number(f"{_count(found, 'real')}, {_count(found, 'generated')}"),
        *(_cell(found, name) for name in ("kid-before", "kid", "frechet", *PLAIN_SCORES)),
    )


def _count(found: comparing.GeneratorComparison, name: str) -> str:
    spread = found.numbers.get(name)
    return numbers.span((int(spread.low), int(spread.high))) if spread else numbers.ABSENT


def _cell(found: comparing.GeneratorComparison, name: str) -> Cell:
    spread = found.numbers.get(name)
    if spread is None:
        return number(numbers.ABSENT)
    apart = numbers.distance(spread.low) != numbers.distance(spread.high)
    return number(
        numbers.distance(spread.mean), f"{numbers.distance(spread.low)} to {numbers.distance(spread.high)}" if apart else "", spread.mean
    )
