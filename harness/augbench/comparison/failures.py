"""Failed trials by kind, and the settings that they have in common and few others have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from augbench.values import numbers
from augbench.values.comparing import FailureGroup, Failures, InCommon
from augbench.values.failing import INFRASTRUCTURE
from augbench.values.results import Results, Setting, TrialResult

Trait = tuple[str, str]
"""(path, value): a setting of the trial's cell, or ``column``, ``row``, ``cell``, ``seed``, ``fold``."""
Trials = int
"""A set of trials: bit i stands for the i-th that ran.  There may be 100,000, with a hundred traits each."""
Splits = Mapping[Trials, tuple[Trait, ...]]
"""Every way in which traits part the trials that ran: who has them, and all the traits that part them so."""

MOST = 3
"""Findings a group: more would be read as noise."""
CHANCE = 0.1
"""In how many runs at most something would be said of failures that fall at random."""
LIFT = 2
"""How many times as frequent among the failures as among the others."""
LONGEST = 60
"""Letters of a setting that a sentence shows."""
MEANINGS: Mapping[str, str] = {
    "killed": "a process or machine was lost",
    "memory": "too little memory, on the host or the device",
    "timeout": "over the time that a stage may take",
    "disk": "no space left, or files that cannot be read",
    "diverged": "a loss is no longer a number",
    "data": "images or settings of which no result can be made",
    "error": "an exception in the code",
}
_IDENTITY = ("column", "row", "cell", "seed", "fold")


def failures(results: Results) -> Failures | None:
    """Group what failed, and say what it has in common; None where nothing failed."""
    ran = [trial for trial in results.trials if trial.status in ("done", "failed")]
    failed = [trial for trial in ran if trial.status == "failed"]
    if not failed:
        return None
    kinds: dict[tuple[str, str], list[TrialResult]] = defaultdict(list)
    for trial in failed:
        kinds[class_of(trial), trial.failure].append(trial)
    ordered = sorted(kinds.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    splits, places = _splits(results, ran), {trial.trial: place for place, trial in enumerate(ran)}

    def common(trials: Sequence[TrialResult]) -> tuple[InCommon, ...]:
        return in_common(_those(places[trial.trial] for trial in trials), len(ran), splits)

    return Failures(
        total=len(failed),
        ran=len(ran),
        # What a single group has in common is what all have.
        groups=tuple(_group(*kind, found, common(found) if len(kinds) > 1 else ()) for kind, found in ordered),
        common=common(failed),
    )


def class_of(trial: TrialResult) -> str:
    """Return the class of a trial's failure, or nothing where it did not fail; a record of an older run tells none."""
    return (trial.failure_class or "error") if trial.status == "failed" else ""


def _group(name: str, error: str, failed: Sequence[TrialResult], common: tuple[InCommon, ...]) -> FailureGroup:
    reasons = Counter(trial.reason for trial in failed)
    return FailureGroup(
        failure_class=name,
        meaning=MEANINGS.get(name, ""),
        machine=name in INFRASTRUCTURE,
        error=error,
        trials=tuple(trial.trial for trial in failed),
        stages=dict(Counter(trial.failed_stage for trial in failed if trial.failed_stage).most_common()),
        reason=reasons.most_common(1)[0][0],
        reasons=len(reasons),
        common=common,
        retry=f"bench retry RUN --failure {name}",
    )


def _those(places: Iterable[int]) -> Trials:
    trials = 0
    for place in places:
        trials |= 1 << place
    return trials


def _splits(results: Results, ran: Sequence[TrialResult]) -> Splits:
    holders: dict[Trait, Trials] = defaultdict(int)
    cells: dict[tuple[str, str], Trials] = defaultdict(int)
    for place, trial in enumerate(ran):
        cells[trial.column, trial.row] |= 1 << place
        holders["seed", str(trial.seed)] |= 1 << place
        if trial.fold is not None:
            holders["fold", str(trial.fold)] |= 1 << place
    for (column, row), trials in cells.items():
        for trait in _cell(column, row, results.settings.get(column, {}).get(row, {})):
            holders[trait] |= trials
    alike: dict[Trials, list[Trait]] = defaultdict(list)
    for trait, trials in holders.items():
        alike[trials].append(trait)
    return {trials: _ordered(traits) for trials, traits in alike.items()}


def _cell(column: str, row: str, settings: Mapping[str, Setting]) -> Iterable[Trait]:
    named = {path: _written(value) for path, value in settings.items()}
    return (named | {"column": column, "row": row, "cell": f"{column}/{row}"}).items()


def _written(value: Setting) -> str:
    """Write a value as in TOML, without quotation marks."""
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _ordered(traits: Sequence[Trait]) -> tuple[Trait, ...]:
    """Put the trial's place first, then components before their parts; a cell that is a whole row or column needs no name."""
    paths = {path for path, _ in traits}
    kept = [trait for trait in traits if trait[0] != "cell" or not paths & {"column", "row"}]
    return tuple(sorted(kept, key=lambda trait: (trait[0] not in _IDENTITY, trait[0].count("."), trait)))


def in_common(failed: Trials, ran: int, splits: Splits) -> tuple[InCommon, ...]:
    """Return what at least half of some failures have and others, which ran, seldom have: the most telling first, at most three.

    A split of the trials is told by the one-sided p of Fisher's exact test, corrected for all splits that were looked at.
    """
    count, everything = failed.bit_count(), (1 << ran) - 1
    if count < 2:
        return ()
    wide = [trials for trials in splits if 2 * trials.bit_count() >= count]
    limit = _limit(_chances([min(trials.bit_count(), count) for trials in wide], wide, count, ran))
    likely = [trials for trials in wide if 2 * (trials & failed).bit_count() >= count and _lifted(trials, failed, everything)]
    chances = dict(zip(likely, _chances([(trials & failed).bit_count() for trials in likely], likely, count, ran), strict=True))
    kept: list[Trials] = []
    # Of equal chances the more specific is nearer to the cause.
    for trials in sorted(likely, key=lambda trials: (chances[trials], trials.bit_count(), splits[trials])):
        if chances[trials] <= limit and all(_adds(trials, better, failed, everything, limit) for better in kept):
            kept.append(trials)
    return tuple(_said(splits[trials], trials, failed, everything) for trials in kept[:MOST])


def _chances(having: Sequence[int], splits: Sequence[Trials], failed: int, ran: int) -> list[float]:
    """Return how probable so many failures, or more, are among each split's trials if they fall at random."""
    import numpy as np
    from scipy.stats import hypergeom

    sizes = np.array([trials.bit_count() for trials in splits], dtype=int)
    return [float(chance) for chance in np.asarray(hypergeom.sf(np.array(having, dtype=int) - 1, ran, sizes, failed))]


def _limit(smallest: Sequence[float]) -> float:
    """Return CHANCE over the number of splits whose smallest possible p is within it (Tarone 1990, Biometrics 46)."""
    tests = 1
    while sum(p <= CHANCE / tests for p in smallest) > tests:
        tests += 1
    return CHANCE / tests


def _lifted(trials: Trials, failed: Trials, everything: Trials) -> bool:
    """Tell whether a trait is rare among the others; with many trials, p is small even where most have it."""
    others = everything & ~failed
    return (trials & failed).bit_count() * others.bit_count() >= LIFT * (trials & others).bit_count() * failed.bit_count()


def _adds(trials: Trials, better: Trials, failed: Trials, everything: Trials, limit: float) -> bool:
    """Tell whether a trait is still telling among the trials that have a better one, or among those that lack it."""
    for among in (better, everything & ~better):
        having, count = trials & among, (failed & among).bit_count()
        (chance,) = _chances([(having & failed).bit_count()], [having], count, among.bit_count())
        if chance <= limit:
            return True
    return False


def _said(traits: Sequence[Trait], trials: Trials, failed: Trials, everything: Trials) -> InCommon:
    settings = tuple(f"{path} = {value}" for path, value in traits)
    having, count = (trials & failed).bit_count(), failed.bit_count()
    others, of_others = (trials & ~failed).bit_count(), (everything & ~failed).bit_count()
    shown = numbers.listing([setting if len(setting) <= LONGEST else f"{setting[: LONGEST - 1]}…" for setting in settings])
    them = "them" if len(settings) > 1 else "it"
    rest = f"{numbers.count(others) if others else 'none'} {'have' if others > 1 else 'has'} {them}"
    sentence = (
        f"{numbers.count(having)} of {numbers.count(count)} failures have {shown}; of the {numbers.many(of_others, 'other trial')}, {rest}."
    )
    return InCommon(settings=settings, failures=having, of_failures=count, others=others, of_others=of_others, sentence=sentence)
