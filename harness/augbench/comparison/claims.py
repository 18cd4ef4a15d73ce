"""What a data set's comparisons allow to say, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from augbench.comparison import tests
from augbench.comparison.judging import Rules
from augbench.values import numbers
from augbench.values.comparing import Claim, RowComparison
from augbench.values.evidence import Direction, counted
from augbench.values.results import TrialResult


def claim(rows: Sequence[RowComparison], rules: Rules, planned: int, comparisons: int) -> Claim:
    """Say how many paired seeds there are and what that is enough for; ``comparisons`` leaves refused ones out."""
    seeds = max((len(row.difference.seeds) for row in rows if row.difference), default=0)
    needed = rules.seeds_needed(comparisons)
    settled = comparisons > 0 and seeds >= needed and rules.smallest_p(seeds) <= rules.alpha / comparisons
    return Claim(
        headline=_headline(rows, rules, seeds, comparisons, settled),
        sentence=_sentence(rows, rules, seeds, planned, comparisons, settled),
        observed=_observed(rows, rules.primary, rules.metric.higher_is_better, planned),
        seeds=seeds,
        planned=planned,
        comparisons=comparisons,
        alpha=rules.alpha,
        smallest_p=rules.smallest_p(seeds) if seeds else None,
        seeds_needed=needed,
        settled=settled,
    )


def _headline(rows: Sequence[RowComparison], rules: Rules, seeds: int, comparisons: int, settled: bool) -> str:
    if seeds == 0 or comparisons == 0:
        return "Nothing to compare"
    if not settled:
        few = seeds < tests.FEWEST
        if rules.design.unit != "seed":
            return "Too many rows to tell any from the control"
        alike = sum(bool(row.verdict and row.verdict.word == "equivalent") for row in rows)
        said = "No significance claim is possible" if few else "Too few seeds to tell rows apart"
        return f"{said}, but {alike} equivalent" if alike else said
    told = {row.verdict.word for row in rows if row.verdict}
    said = "no evidence of a difference" if told == {"no evidence"} else counted(row.verdict for row in rows)
    return f"One trained model a row: {said}, nothing about methods" if rules.design.word == "one run" else said.capitalize()


def _sentence(rows: Sequence[RowComparison], rules: Rules, seeds: int, planned: int, comparisons: int, settled: bool) -> str:
    if not rows:
        return "No trial on this data set is part of the run."
    if all(row.is_control for row in rows):
        return "There is no row beside the control: nothing to compare."
    if seeds == 0:
        return f"Nothing can be compared: {_why_nothing(rows)}."
    having = _having(rows, rules, seeds) + (f" of {planned} planned" if seeds < planned else "")
    if comparisons == 0:
        return f"{having}, but nothing to test: every comparison is refused."
    if rules.design.word == "one run":
        having += ": what a test over its images tells is about these trained models, not about the methods"
    if settled:
        family = f"{numbers.many(comparisons, 'comparison')} at alpha = {numbers.bound(rules.alpha)}"
        parted = ";" if rules.design.word == "one run" else ","
        return f"{having}{parted} {family} ({rules.design.test} test, Holm): {counted(row.verdict for row in rows)}."
    return having + _too_few(rules, seeds, comparisons)


def _having(rows: Sequence[RowComparison], rules: Rules, seeds: int) -> str:
    """Count the repeats of the design: folds that are test sets of their own, else seeds."""
    if rules.design.word != "folds":
        return numbers.many(seeds, "paired seed")
    folds = max((row.done for row in rows if row.difference), default=0)
    return f"{numbers.many(folds, 'paired fold')} of {numbers.many(seeds, 'seed')}"


def _too_few(rules: Rules, seeds: int, comparisons: int) -> str:
    limit, by_seed = rules.alpha / comparisons, rules.design.unit == "seed"
    threshold = f"{numbers.bound(rules.alpha)} / {comparisons} = {numbers.bound(limit)}" if comparisons > 1 else numbers.bound(rules.alpha)
    verdict = "no significance claim is possible" if by_seed and seeds < tests.FEWEST else "no row can be told from the control"
    one = " One seed tells about these trained models, not about the methods." if by_seed and seeds == 1 else ""
    if not rules.smallest_p(seeds):  # of a test that can give any p
        return f": {verdict}; that takes {numbers.many(rules.seeds_needed(comparisons), 'paired seed')}.{one}"
    giving = numbers.many(seeds, "seed") if by_seed else f"the {rules.design.test} test"
    return (
        f": {verdict}.{one} The smallest two-sided p that {giving} can give is "
        f"{numbers.bound(rules.smallest_p(seeds))}; with {numbers.many(comparisons, 'comparison')} the limit is {threshold}"
        f"{f', which takes {rules.seeds_needed(comparisons)} paired seeds' if by_seed else ''}."
    )


def _why_nothing(rows: Sequence[RowComparison]) -> str:
    control = next((row for row in rows if row.is_control), None)
    if control is None:
        return "the control is not a row of this run"
    if control.done == 0:
        return f"no trial of the control, {control.label}, is done"
    return "no row has a finished trial that pairs with the control's"


def _observed(rows: Sequence[RowComparison], primary: str, higher_is_better: bool, planned: int) -> str:
    means = [(row.scores[primary].mean, row) for row in rows]
    known = [(mean, row) for mean, row in means if mean is not None]
    if not known:
        return "No trial is done."
    mean, best = (max if higher_is_better else min)(known, key=lambda pair: pair[0])
    first = "Highest" if higher_is_better else "Lowest"
    words = f"{first} mean {numbers.metric(primary)}: {best.label}, {numbers.spread(mean, best.scores[primary].sd)}"
    if best.is_control:
        words += ", the control itself"
    elif best.difference:
        words += f", {numbers.against(best.difference.mean)}"
    if (seeds := len(best.scores[primary].seeds)) < planned:
        words += f", from {seeds} of {numbers.many(planned, 'seed')}"
    if best.unfair:
        words += ", not fairly tested"
    counts = Counter(row.difference.direction for row in rows if row.difference)
    sides: dict[Direction, str] = {"higher": "above", "lower": "below", "equal": "level with it"}
    said = [f"{numbers.many(counts[key], 'row')} {word}" for key, word in sides.items() if counts[key]]
    return f"{words}." + (f" Around the control: {numbers.listing(said)}." if said else "")


def summary(rows: int, columns: int, seeds: int, trials: Sequence[TrialResult]) -> str:
    """Say what was run, and how much of it is done."""
    states = Counter(trial.status for trial in trials)
    counted = ", ".join(f"{states[status]} {status}" for status in ("done", "failed", "skipped", "pending") if states[status])
    what = f"{numbers.many(rows, 'row')} on {numbers.many(columns, 'data set')}, {numbers.many(seeds, 'seed')}"
    return f"{what}: {numbers.many(len(trials), 'trial')}" + (f" ({counted})." if counted else ".")
