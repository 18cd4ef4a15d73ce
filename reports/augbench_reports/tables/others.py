"""Trials without result, quoted results, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from augbench import comparing, numbers
from augbench_reports.choosing import MOST, chosen_rows, left_out
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import head, written
from augbench_reports.words import plain

SPLITS = ("train", "validation", "test")


def absent_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """List the trials without result and why, those that failed first where there are many; None where all are done."""
    if not column.absent:
        return None
    shown = column.absent
    if len(shown) > most:
        shown = tuple(sorted(shown, key=lambda each: ("failed", "skipped", "pending").index(each.status))[:most])
    more = f" {most} of {numbers.many(len(column.absent), 'trial')}; tables/absent.csv has all." if len(column.absent) > most else ""
    return Table(
        slug="absent",
        caption=f"Trials without result on {plain(column.label)}",
        head=(Cell(text="Trial"), Cell(text="Row"), Cell(text="State"), Cell(text="Reason")),
        rows=tuple(
            (
                Cell(text=plain(each.trial)),
                Cell(text=plain(each.row)),
                Cell(text=each.status, tone="bad" if each.status == "failed" else "refused", note=each.failure_class),
                Cell(text=plain(each.reason, 500)),
            )
            for each in shown
        ),
        note=f"'bench run' with the same matrix continues with whatever is not done.{more}",
        sortable=True,
    )


def unfair_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """List the rows that were not fairly tested; None where all were."""
    rows = [row for row in column.rows if row.unfair]
    if not rows:
        return None
    shown = chosen_rows(rows, most)
    return Table(
        slug="unfair",
        caption=f"Rows that are not fairly tested on {plain(column.label)}",
        head=(Cell(text="Row"), Cell(text="Why")),
        rows=tuple((Cell(text=plain(row.label)), Cell(text=plain(row.unfair.removeprefix("not fairly tested: "), 500))) for row in shown),
        note=(
            "A part of the method diverged, so that what is left of the row is a choice among its trials, or its generator is too poor to "
            "test the method with: no verdict is given, and none on any row where it is the control." + f" {left_out(rows, shown)}".rstrip()
        ),
    )


def quoted_table(comparison: comparing.Comparison) -> Table | None:
    """Show quoted results of data sets that this run does not have; None without any."""
    known = {name for column in comparison.columns for name in (column.name, column.label)}
    others = [each for each in comparison.published if each.dataset not in known]
    if not others:
        return None
    return Table(
        slug="quoted",
        caption="Results quoted from elsewhere",
        head=(
            *head("Method"),
            Cell(text="Data set"),
            Cell(text="Accuracy", numeric=True),
            Cell(text="Macro-F1", numeric=True),
            Cell(text="Source"),
        ),
        rows=tuple(
            (
                Cell(text=plain(each.label)),
                Cell(text=plain(each.dataset)),
                written(numbers.score, each.accuracy),
                written(numbers.score, each.macro_f1),
                Cell(text=plain(each.source, 200)),
            )
            for each in others
        ),
    )


def data_table(comparison: comparing.Comparison) -> Table:
    """Show where each data set comes from and what it holds."""
    return Table(
        slug="data",
        caption="Data sets",
        head=(Cell(text="Data set"), Cell(text="Images"), Cell(text="Source"), Cell(text="Licence"), Cell(text="Digest")),
        rows=tuple(
            (
                Cell(text=plain(column.label)),
                Cell(text=images(column), note=plain(column.images)),
                Cell(text=plain(column.source, 200) or numbers.ABSENT),
                Cell(text=plain(column.licence) or numbers.ABSENT),
                Cell(text=plain(column.digest[:16]) or numbers.ABSENT),
            )
            for column in comparison.columns
        ),
        note=" ".join(f"{plain(column.label)}: {plain(note, 500).rstrip('.')}." for column in comparison.columns for note in column.notes),
    )


def images(column: comparing.ColumnComparison) -> str:
    """Count a data set's images by split."""
    found = {split for each in column.classes for split in each.counts}
    splits = [*(split for split in SPLITS if split in found), *sorted(found.difference(SPLITS))]
    return ", ".join(f"{numbers.count(sum(each.counts[split] for each in column.classes))} {split}" for split in splits) or numbers.ABSENT


def provenance_table(comparison: comparing.Comparison) -> Table | None:
    """Show how the run was made; None where nothing is known."""
    if not comparison.provenance:
        return None
    return Table(
        slug="provenance",
        caption="How this run was made",
        head=(Cell(text="What"), Cell(text="Value")),
        rows=tuple((Cell(text=plain(name)), Cell(text=plain(value, 500))) for name, value in comparison.provenance.items()),
    )


def facts_table(note: comparing.ReportNote, caption: str, place: int) -> Table:
    """Show what a plugin has to say in names and values; ``place`` tells its table from those of others."""
    return Table(
        slug=f"facts-{place}",
        caption=caption,
        head=(Cell(text="What"), Cell(text="Value")),
        rows=tuple((Cell(text=plain(name)), Cell(text=plain(value, 500))) for name, value in note.facts.items()),
    )


def components_table(comparison: comparing.Comparison) -> Table | None:
    """Show which distribution, or file, each component comes from, and the rows that use it; None where nobody noted it."""
    if not comparison.components:
        return None
    labels = {row.name: row.label for column in comparison.columns for row in column.rows}
    return Table(
        slug="components",
        caption="Where the components come from",
        head=(Cell(text="Component"), Cell(text="Kind"), Cell(text="From"), Cell(text="Rows")),
        rows=tuple(
            (
                Cell(text=plain(each.name)),
                Cell(text=each.kind),
                Cell(text=plain(each.source), note=plain(each.file, 300)),
                Cell(text=_users(each.rows, labels)),
            )
            for each in comparison.components
        ),
        folded=True,
    )


def _users(rows: Sequence[str], labels: Mapping[str, str]) -> str:
    if not rows:
        return numbers.ABSENT
    return "every row" if set(rows) >= set(labels) else numbers.listing([plain(labels.get(row, row)) for row in rows])


def reproduce_table(column: comparing.ColumnComparison, most: int = MOST) -> Table | None:
    """Show the command that runs a trial of each row again and compares the bits; None where nothing is done."""
    rows = [row for row in column.rows if row.reproduce]
    if not rows:
        return None
    shown = chosen_rows(rows, most)
    return Table(
        slug="reproduce",
        caption=f"How to reproduce the numbers of {plain(column.label)}",
        head=(Cell(text="Row"), Cell(text="Command")),
        rows=tuple((Cell(text=plain(row.label), row=row.name), Cell(text=plain(row.reproduce, 500))) for row in shown),
        note=f"It runs the row's first finished trial again and says whether the bits are the same. {left_out(rows, shown)}".rstrip(),
        folded=True,
    )
