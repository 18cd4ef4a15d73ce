"""Before anything has run, a plan says which p-value its seeds can give, and how many a claim would take."""

from __future__ import annotations

import pytest

from augbench.plan.attainable import Attainable, attainable, sentence
from augbench.plan.plan import PlannedTrial
from augbench.values.settings import ReportSettings, Trial
from augbench_plugins.tests.paired_t import PairedT
from support.toys import settings

SETTINGS = settings()


def trials(rows: int, seeds: int, column: str = "cells", folds: int | None = None, skipped: tuple[str, ...] = ()) -> list[PlannedTrial]:
    """Plan the control, called r0, and other rows."""
    return [
        PlannedTrial(
            trial=Trial(row=f"r{row}", column=column, seed=seed, fold=fold, settings=SETTINGS),
            status="skipped" if f"r{row}" in skipped else "to run",
        )
        for row in range(rows)
        for seed in range(seeds)
        for fold in (range(folds) if folds else (None,))
    ]


def judged(planned: list[PlannedTrial], alpha: float = 0.05, control: str = "r0") -> tuple[Attainable, ...]:
    return attainable(planned, ReportSettings(control=control, alpha=alpha))


def one(*arguments, **options) -> Attainable:
    (found,) = judged(*arguments, **options)
    return found


@pytest.mark.parametrize(
    ("rows", "alpha", "needed"),
    # Table 1.5 of the reference: paired seeds for one, three, seven and fifteen comparisons.
    [(2, 0.05, 6), (2, 0.01, 8), (4, 0.05, 7), (4, 0.01, 10), (8, 0.05, 9), (8, 0.01, 11), (16, 0.05, 10), (16, 0.01, 12)],
)
def test_the_seeds_that_are_needed_are_those_of_the_literature(rows: int, alpha: float, needed: int):
    assert one(trials(rows, needed), alpha).seeds_needed == needed
    assert one(trials(rows, needed), alpha).possible
    assert not one(trials(rows, needed - 1), alpha).possible


def test_too_few_seeds_are_told_with_the_number_that_it_takes():
    assert sentence(one(trials(8, 2))) == (
        "cells: no claim of significance is possible: 7 comparisons at alpha = 0.05 take p <= 0.05 / 7 = 0.00714, "
        "but 2 seeds can give p = 0.5 at best; 9 seeds are needed."
    )


def test_a_test_that_any_p_can_come_out_of_needs_three_seeds():
    (found,) = attainable(trials(8, 3), ReportSettings(control="r0"), PairedT().smallest_p)
    assert (found.smallest_p, found.seeds_needed, found.possible) == (0, 3, True)


def test_enough_seeds_are_told_too():
    assert sentence(one(trials(2, 6))) == (
        "cells: a claim of significance is possible: 1 comparison at alpha = 0.05 takes p <= 0.05, and 6 seeds can give p = 0.0312 at best."
    )


def test_folds_are_no_pairs():
    assert one(trials(2, 2, folds=5)).seeds == 2


def test_skipped_rows_are_no_comparisons():
    assert one(trials(4, 6, skipped=("r2", "r3"))).comparisons == 1


def test_a_control_that_is_skipped_or_left_out_leaves_nothing_to_test():
    expected = "cells: the control, r0, has no trial here: no difference can be tested."
    assert sentence(one(trials(3, 6, skipped=("r0",)))) == expected
    assert sentence(one([trial for trial in trials(3, 6) if trial.row != "r0"])) == expected
    assert not one(trials(3, 20, skipped=("r0",))).possible


def test_a_control_alone_is_not_tested():
    assert sentence(one(trials(1, 6))) == "cells: no row beside the control: nothing to test."


def test_data_sets_that_are_alike_are_told_together():
    planned = [*trials(3, 6, "a"), *trials(3, 6, "b"), *trials(2, 6, "c"), *trials(2, 1, "d", skipped=("r0", "r1"))]
    assert [each.columns for each in judged(planned)] == [("a", "b"), ("c",), ("d",)]
    assert sentence(judged(planned)[0]).startswith("a and b: ")


def test_rows_that_share_fewer_seeds_with_the_control_are_named():
    planned = [trial for trial in trials(3, 7) if (trial.row, trial.seed) != ("r2", 4)]
    assert (one(planned).seeds, one(planned).fewer) == (7, ("r2",))
    assert sentence(one(planned)).endswith(" Fewer seeds: r2.")


def test_however_large_alpha_three_seeds_are_the_least():
    assert sentence(one(trials(2, 2), 0.9)).endswith("3 seeds are needed (at least 3 in any case).")
