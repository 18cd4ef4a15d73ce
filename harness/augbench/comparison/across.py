"""All rows over several data sets: ranks, Friedman's test, every row against the control, and who cannot be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp, inf, lgamma
from typing import TYPE_CHECKING

from augbench.comparison import tests
from augbench.comparison.effects import rank_biserial
from augbench.values import numbers
from augbench.values.evidence import Across, Ranked, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FEWEST = 6
"""Data sets below which the signed-rank test cannot reach 5 %."""


@dataclass(frozen=True, kw_only=True)
class RowMeans:
    """A row's primary metric on each data set."""

    label: str
    is_control: bool
    means: Mapping[str, float | None]
    """By data set, mean over seeds; absent or None where it has no result."""

    def on(self, dataset: str) -> float | None:
        """Return its mean, None where it has no result or one that is not a number."""
        mean = self.means.get(dataset)
        return mean if mean is not None and abs(mean) < inf else None


def across(datasets: Sequence[str], rows: Sequence[RowMeans], alpha: float, higher_is_better: bool) -> Across:
    """Rank rows over data sets and test them against the control, or say why nothing is tested.

    A data set counts where the control and at least half of the other rows have a result, a row where it has one on each of these.
    """
    kept = [dataset for dataset in datasets if _counts(dataset, rows)]
    complete = [bool(kept) and all(row.on(dataset) is not None for dataset in kept) for row in rows]
    inside = [row for row, whole in zip(rows, complete, strict=True) if whole]
    refused = _refusal(len(kept), len(inside), alpha)
    table = _table(kept, inside)
    ranks = mean_ranks(table if higher_is_better else -table)
    order = sorted(range(len(inside)), key=lambda place: ranks[place])
    table = table[:, order]
    found = Across(
        datasets=tuple(kept),
        rows=_judged(_ranked(kept, [inside[place] for place in order], table, ranks[order], not refused), alpha, higher_is_better),
        left_out=tuple(row.label for row, whole in zip(rows, complete, strict=True) if not whole),
        refused=refused,
        limit="" if refused else _limit(len(kept), len(inside) - 1, alpha),
    )
    return found if refused or len(inside) < 3 else _with_all_rows(found, table if higher_is_better else -table, alpha)


def _counts(dataset: str, rows: Sequence[RowMeans]) -> bool:
    others = [row.on(dataset) is not None for row in rows if not row.is_control]
    return any(row.on(dataset) is not None for row in rows if row.is_control) and 2 * sum(others) >= max(1, len(others))


def _table(datasets: Sequence[str], rows: Sequence[RowMeans]) -> Numbers:
    # Rounded here once: ranks of equal means are equal too.
    return tests.rounded([float(row.on(dataset) or 0.0) for dataset in datasets for row in rows]).reshape(len(datasets), len(rows))


def _refusal(datasets: int, rows: int, alpha: float) -> str:
    if rows < 2:
        return "Nothing can be compared across data sets: the control and another row must have a result on the same ones."
    if datasets == 1:
        return "One data set allows no claim across data sets."
    if datasets < FEWEST:
        needed = max(FEWEST, tests.pairs_needed(alpha, rows - 1))
        return (
            f"{numbers.many(datasets, 'data set')} allow no claim across data sets: should all of them agree, the signed-rank test gives "
            f"p = {numbers.bound(tests.smallest_p(datasets))} at best. {numbers.many(rows - 1, 'comparison')} at alpha = "
            f"{numbers.bound(alpha)} {'takes' if rows == 2 else 'take'} {needed} data sets; until then, each data set speaks for itself."
        )
    return ""


def _limit(datasets: int, comparisons: int, alpha: float) -> str:
    """Say that the signed-rank test of so few data sets cannot pass Holm's first step, or nothing."""
    smallest = tests.smallest_p(datasets)
    if smallest <= alpha / comparisons:
        return ""
    return (
        f"{numbers.many(datasets, 'data set')} cannot tell any row from the control: p is {numbers.bound(smallest)} at best, and "
        f"{numbers.many(comparisons, 'comparison')} at alpha = {numbers.bound(alpha)} {'takes' if comparisons == 1 else 'take'} "
        f"{tests.pairs_needed(alpha, comparisons)} data sets."
    )


def _ranked(datasets: Sequence[str], rows: Sequence[RowMeans], table: Numbers, ranks: Numbers, tested: bool) -> tuple[Ranked, ...]:
    control = next((place for place, row in enumerate(rows) if row.is_control), 0)
    differences = tests.rounded(table.T - table.T[control : control + 1])
    others = [tested and place != control for place in range(len(rows))]
    found = [tests.tested("signed-rank", each, "data set") if other else None for each, other in zip(differences, others, strict=True)]
    holm = tests.holm([each.p if each else None for each in found])
    return tuple(
        Ranked(
            row=row.label,
            is_control=row.is_control,
            rank=float(ranks[place]),
            means={dataset: float(mean) for dataset, mean in zip(datasets, table[:, place], strict=True)},
            difference=None if place == control else round(float(differences[place].mean()), 12),
            test=found[place],
            holm=holm[place],
        )
        for place, row in enumerate(rows)
    )


def _judged(rows: Sequence[Ranked], alpha: float, higher_is_better: bool) -> tuple[Ranked, ...]:
    return tuple(replace(row, verdict=_verdict(row, rows, alpha, higher_is_better)) if row.test else row for row in rows)


def _verdict(row: Ranked, rows: Sequence[Ranked], alpha: float, higher_is_better: bool) -> Verdict:
    """Judge a row by the signed-rank test over data sets: its direction is that of the ranks, which the mean may not share."""
    if row.holm is None or row.holm > alpha:
        return Verdict(word="no evidence", reason=f"Holm-adjusted p above {numbers.bound(alpha)}")
    control = next(each for each in rows if each.is_control)
    above = rank_biserial([row.means[dataset] - control.means[dataset] for dataset in row.means]) > 0
    if above != ((row.difference or 0) > 0):
        return Verdict(word="contradictory", reason="the ranks of the differences point one way, their mean the other")
    reason = f"Holm-adjusted p at most {numbers.bound(alpha)}, {numbers.many(len(row.means), 'data set')}"
    return Verdict(word="better" if above == higher_is_better else "worse", reason=reason)


def _with_all_rows(found: Across, table: Numbers, alpha: float) -> Across:
    datasets, rows = table.shape
    ranks = mean_ranks(table)
    chi2, p = friedman(table)
    f, f_p = iman_davenport(ranks, datasets)
    labels, differ = [row.row for row in found.rows], told_apart(table, alpha)
    return replace(
        found,
        friedman=chi2,
        friedman_p=p,
        iman_davenport=f,
        iman_davenport_p=f_p,
        critical_difference=bonferroni_dunn(rows, datasets, alpha),
        apart=tuple((labels[one], labels[other]) for one, other in combinations(range(rows), 2) if differ[one, other]),
        groups=tuple(tuple(labels[start:stop]) for start, stop in cliques(differ)),
    )


def mean_ranks(table: Numbers) -> Numbers:
    """Return the mean rank of each column of [data sets, rows]; the highest value ranks 1, equal ones share a rank."""
    import numpy as np
    from scipy.stats import rankdata

    return np.asarray(rankdata(-table, axis=1).sum(axis=0) / max(1, len(table)), dtype=np.float64)


def friedman(table: Numbers) -> tuple[float, float]:
    """Return Friedman's chi-squared of [data sets, rows], corrected for ties, and its p (scipy.stats.friedmanchisquare)."""
    from scipy.stats import friedmanchisquare

    if (table == table[:, :1]).all():
        return 0.0, 1.0  # the correction for ties would divide by 0
    result = friedmanchisquare(*table.T)
    return float(result.statistic), float(result.pvalue)


def iman_davenport(ranks: Numbers, datasets: int) -> tuple[float | None, float]:
    """Return F and p of Iman and Davenport (1980) from mean ranks, as Demsar (2006) has it: of the chi-squared without ties.

    F is None where all data sets rank the rows alike: it is infinite, and p is the chance of that, k!^(1 - N) (Conover 1999).
    """
    from scipy.stats import f

    rows = len(ranks)
    chi2 = 12 * datasets / (rows * (rows + 1)) * float(((ranks - (rows + 1) / 2) ** 2).sum())
    left = round(datasets * (rows - 1) - chi2, 9)
    if left <= 0:
        return None, exp((1 - datasets) * lgamma(rows + 1))
    statistic = (datasets - 1) * chi2 / left
    return statistic, float(f.sf(statistic, rows - 1, (rows - 1) * (datasets - 1)))


def rank_error(rows: int, datasets: int) -> float:
    """Return the standard error of the difference of two mean ranks where rows do not differ (Demsar 2006)."""
    return float((rows * (rows + 1) / (6 * datasets)) ** 0.5)


def bonferroni_dunn(rows: int, datasets: int, alpha: float) -> float:
    """Return the critical difference of mean ranks of every row against the control (Demsar 2006, section 3.2.2)."""
    from scipy.stats import norm

    return float(norm.isf(alpha / (2 * (rows - 1)))) * rank_error(rows, datasets)


def nemenyi(rows: int, datasets: int, alpha: float) -> float:
    """Return the critical difference of mean ranks of all pairs of rows (Nemenyi 1963)."""
    from scipy.stats import studentized_range

    return float(studentized_range.isf(alpha, rows, inf)) / 2**0.5 * rank_error(rows, datasets)


def told_apart(table: Numbers, alpha: float) -> NDArray[np.bool_]:
    """Tell which pairs of rows differ by the signed-rank test, Holm over all pairs.

    Not by mean ranks: there, whether two rows differ hangs on the other rows (Benavoli, Corani and Mangili 2016).
    """
    import numpy as np

    first, second = np.triu_indices(table.shape[1], 1)
    holm = tests.holm(_signed_rank_of_all(table.T[first] - table.T[second]))
    differ = np.zeros((table.shape[1],) * 2, dtype=bool)
    differ[first, second] = differ[second, first] = [p is not None and p <= alpha for p in holm]
    return differ


def _signed_rank_of_all(differences: Numbers) -> list[float]:
    """Do the signed-rank test for every line of [pairs, data sets]: hundreds of rows make 10,000 pairs, but few sums of ranks."""
    import numpy as np
    from scipy.stats import rankdata

    values = tests.rounded(differences)
    # Zeros are dropped: they hold the lowest ranks, so the others' move down by as many.
    ranks = np.sign(values) * (rankdata(np.abs(values), axis=1) - (values == 0).sum(axis=1, keepdims=True))
    known: dict[tuple[bytes, float], float] = {}
    found = []
    for sizes, line, total in zip(np.sort(np.abs(ranks)), ranks, np.abs(ranks.sum(axis=1)), strict=True):
        key = (sizes.tobytes(), float(total))
        found.append(known[key] if key in known else known.setdefault(key, tests.sign_flip(line)))
    return found


def cliques(differ: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (start, stop) of all longest runs of two and more neighbours in rank none of which differ.

    A bar over a run holds for every pair below it; two rows of one rank apart may be alike without a bar.
    """
    found: list[tuple[int, int]] = []
    stop = 0
    for start in range(len(differ)):
        longest = start + 1
        while longest < len(differ) and not differ[longest, start:longest].any():
            longest += 1
        if longest - start > 1 and longest > stop:
            found.append((start, longest))
            stop = longest
    return found
