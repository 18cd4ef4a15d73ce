"""What failed, by kind, and how to try it again."""

from __future__ import annotations

from augbench import comparing, numbers
from augbench_reports.document import Cell, Table
from augbench_reports.tables.cells import number
from augbench_reports.words import plain


def failures_table(found: comparing.Failures) -> Table:
    """Show each kind of failure with an example."""
    common = any(group.common for group in found.groups)
    headings = ("What failed", "Trials", "Stage", *(["In common"] if common else []), "Reason", "Try again")
    return Table(
        slug="failed",
        caption="Failed trials by kind",
        head=tuple(Cell(text=text, numeric=text == "Trials") for text in headings),
        rows=tuple(_row(group, common) for group in found.groups),
        note=(
            "What the machine did may go well on another try; anything else fails again until its cause is mended. "
            "RUN is this report's folder."
        ),
        sortable=True,
    )


def _row(group: comparing.FailureGroup, common: bool) -> tuple[Cell, ...]:
    said = Cell(text=" ".join(plain(each.sentence, 500) for each in group.common) or numbers.ABSENT)
    return (
        Cell(text=_kind(group), note=group.meaning),
        number(numbers.count(len(group.trials)), order=len(group.trials)),
        Cell(text=_stages(group) or numbers.ABSENT),
        *([said] if common else []),
        Cell(text=plain(group.reason, 500), note=_trials(group)),
        Cell(text=group.retry, note="the machine's doing" if group.machine else "after mending its cause"),
    )


def _kind(group: comparing.FailureGroup) -> str:
    return f"{group.failure_class}: {plain(group.error)}" if group.error else group.failure_class


def _stages(group: comparing.FailureGroup) -> str:
    """Name the kinds of stages; of several, with how many trials each took."""
    if len(group.stages) == 1:
        return plain(next(iter(group.stages)))
    return ", ".join(f"{plain(kind)} ({count})" for kind, count in group.stages.items())


def _trials(group: comparing.FailureGroup) -> str:
    others = f"; one of {group.reasons} reasons" if group.reasons > 1 else ""
    return f"in {numbers.listing([plain(trial) for trial in group.trials], 3)}{others}"
