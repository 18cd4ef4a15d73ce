"""tables/*.csv: the comparison's numbers, one table a file, unrounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from augbench import Comparison, Report

Value = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class Csv(Report):
    """Write scores, comparisons, classes, generators, costs, absent trials and failures."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write the files below ``tables``."""
        (folder / "tables").mkdir(exist_ok=True)
        return tuple(_write(folder / "tables" / f"{name}.csv", rows) for name, rows in tables(comparison).items())


def tables(comparison: Comparison) -> dict[str, list[Sequence[Value]]]:
    """Return every table, its heading first."""
    return {
        "scores": [("dataset", "row", "label", "metric", "seed", "value"), *_scores(comparison)],
        "summary": [("dataset", "row", "label", "metric", "seeds", "mean", "sd", "best_fold"), *_summary(comparison)],
        "comparisons": [
            (
                "dataset",
                "row",
                "label",
                "seeds",
                "difference",
                "sd",
                "sign_flip_p",
                "signed_rank_p",
                "smallest_p",
                "holm_p",
                "verdict",
                "reason",
            ),
            *_comparisons(comparison),
        ],
        "as_published": [
            ("dataset", "row", "label", "seed", "fold", "control_fold", "n", "z", "p", "a12", "direction", "macro_f1_difference"),
            *_published(comparison),
        ],
        "classes": [
            ("dataset", "row", "label", "class", "minority", "test_images", "seed", "f1", "precision", "recall"),
            *_classes(comparison),
        ],
        "generators": [
            ("dataset", "generator", "class", "rows", "fits", "features", "number", "mean", "smallest", "largest", "verdict"),
            *_generators(comparison),
        ],
        "costs": [("dataset", "row", "label", "trials", "number", "mean"), *_costs(comparison)],
        "absent": [
            ("dataset", "trial", "label", "seed", "fold", "status", "reason", "failure_class", "error", "stage"),
            *_absent(comparison),
        ],
        "failures": [
            ("failure_class", "error", "failures", "settings", "failures_with", "others", "others_with"),
            *_failures(comparison),
        ],
    }


def _write(path: Path, rows: Iterable[Sequence[Value]]) -> Path:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([_guarded(value) for value in row] for row in rows)
    path.write_bytes(buffer.getvalue().encode("utf-8", "backslashreplace"))
    return path


def _guarded(value: Value) -> Value:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _scores(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for row in column.rows:
            for name, score in row.scores.items():
                for seed, value in score.seeds:
                    yield column.name, row.name, row.label, name, seed, value


def _summary(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for row in column.rows:
            for name, score in row.scores.items():
                yield column.name, row.name, row.label, name, len(score.seeds), score.mean, score.sd, score.best_fold


def _comparisons(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for row in column.rows:
            if not row.verdict:
                continue
            found = row.difference
            measured = (
                (len(found.seeds), found.mean, found.sd, found.sign_flip, found.signed_rank, found.smallest_p, found.holm)
                if found
                else (0, None, None, None, None, None, None)
            )
            yield column.name, row.name, row.label, *measured, row.verdict.word, row.verdict.reason


def _published(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for row in column.rows:
            for each in row.as_published.seeds if row.as_published else ():
                tested = (each.n, each.z, each.p, each.a12, each.direction, each.difference)
                yield column.name, row.name, row.label, each.seed, each.fold, each.control_fold, *tested


def _classes(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for row in column.rows:
            for facts, scores in zip(column.classes, row.classes, strict=False):
                for (seed, f1), (_, precision), (_, recall) in zip(
                    scores.f1.seeds, scores.precision.seeds, scores.recall.seeds, strict=True
                ):
                    yield column.name, row.name, row.label, facts.name, int(facts.minority), facts.test, seed, f1, precision, recall


def _generators(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for each in column.generators:
            for name, spread in each.numbers.items():
                known = (column.name, each.name, each.class_name, " ".join(each.rows), each.fits, each.features)
                yield *known, name, spread.mean, spread.low, spread.high, each.word


def _absent(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for each in column.absent:
            failure = (each.failure_class, each.error, each.stage)
            yield column.name, each.trial, each.row, each.seed, each.fold, each.status, each.reason, *failure


def _costs(comparison: Comparison) -> Iterable[Sequence[Value]]:
    for column in comparison.columns:
        for row in column.rows:
            for name, mean in row.budget.cost.items():
                yield column.name, row.name, row.label, row.done, name, mean


def _failures(comparison: Comparison) -> Iterable[Sequence[Value]]:
    """List what each kind of failure has in common, and all together."""
    if not (found := comparison.failures):
        return
    kinds = [("all", "", found.total, found.common), *((g.failure_class, g.error, len(g.trials), g.common) for g in found.groups)]
    for failure_class, error, count, common in kinds:
        if not common:
            yield failure_class, error, count, "", None, None, None
        for each in common:
            yield failure_class, error, count, "; ".join(each.settings), each.failures, each.of_others, each.others
