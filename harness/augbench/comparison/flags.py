"""What a reader must know before believing a number, as a code with a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from augbench.comparison.scoring import Scored
from augbench.values import numbers
from augbench.values.comparing import Absent, Claim, ClassFacts, Flag, RowComparison
from augbench.values.results import ColumnFacts

RARE = 10
"""Test images below which a class's F1 is hardly a measurement."""


def column_flags(
    facts: ColumnFacts,
    claim: Claim,
    classes: Sequence[ClassFacts],
    rows: Sequence[RowComparison],
    trials: Mapping[str, Sequence[Scored]],
    absent: Sequence[Absent],
    scopes: Mapping[str, str],
    unpaired: str,
    resolution: float | None,
) -> tuple[Flag, ...]:
    """Collect the flags of one data set, the gravest first."""
    found: list[Flag | None] = [
        _unpaired(unpaired),
        *_seeds(claim),
        _rare(classes, resolution),
        _missing(absent, sum(row.expected for row in rows)),
        *_shared(rows, trials),
        _scope(facts, rows, scopes),
        _folds(rows),
        _budgets(rows),
        _contradictory(rows),
    ]
    return tuple(flag for flag in found if flag)


def _names(labels: Iterable[str]) -> str:
    return numbers.listing(list(labels))


def _unpaired(trials: str) -> Flag | None:
    if not trials:
        return None
    return Flag(code="UNPAIRED_IDS", sentence=f"{trials} were not tested on the same images in the same order: they are not compared.")


def _seeds(claim: Claim) -> list[Flag]:
    if claim.seeds == 1:
        return [Flag(code="SINGLE_RUN", sentence="One paired seed: a difference may come from the seed as well as from the method.")]
    if not 0 < claim.seeds < claim.seeds_needed or claim.comparisons == 0:
        return []
    sentence = (
        f"{claim.seeds} paired seeds cannot separate any row from the control; "
        f"{claim.seeds_needed} could, with {numbers.many(claim.comparisons, 'comparison')} at alpha = {numbers.bound(claim.alpha)}."
    )
    return [Flag(code="FEW_SEEDS", sentence=sentence)]


def _rare(classes: Sequence[ClassFacts], resolution: float | None) -> Flag | None:
    rare = [f"{each.name} ({each.test})" for each in classes if each.test is not None and each.test < RARE]
    if not rare:
        return None
    step = f" One test image can move macro-F1 by {numbers.score(resolution)}." if resolution is not None else ""
    return Flag(code="RARE_CLASS", sentence=f"Fewer than {RARE} test images: {_names(rare)}. Their F1 is hardly measured.{step}")


def _missing(absent: Sequence[Absent], expected: int) -> Flag | None:
    if not absent:
        return None
    states = Counter(each.status for each in absent)
    counted = ", ".join(f"{count} {status}" for status, count in sorted(states.items()))
    others = "; means are over the others" if len(absent) < expected else ""
    sentence = f"{numbers.many(len(absent), 'trial')} of {expected} without result ({counted}){others}."
    return Flag(code="MISSING_CELLS", sentence=sentence)


def _shared(rows: Sequence[RowComparison], trials: Mapping[str, Sequence[Scored]]) -> list[Flag]:
    """Flag fitted generators that several rows, or several seeds of a row, read."""
    users: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for name, done in trials.items():
        for each in done:
            for key in each.trial.generators.values():
                users[key].add((name, each.trial.seed))
    labels = {row.name: row.label for row in rows}
    sharing = {row for found in users.values() if len({row for row, _ in found}) > 1 for row, _ in found}
    repeating = {row for found in users.values() for row, count in Counter(row for row, _ in found).items() if count > 1}
    flags = []
    if sharing:
        who = _names(label for name, label in labels.items() if name in sharing)
        flags.append(
            f"These rows use the same fitted generators: {who}. What they have in common is measured once, not {len(sharing)} times."
        )
    if repeating:
        who = _names(label for name, label in labels.items() if name in repeating)
        flags.append(f"The seeds of these rows share one fitted generator, so they are not independent repeats: {who}.")
    return [Flag(code="SHARED_GENERATOR", sentence=sentence) for sentence in flags]


def _scope(facts: ColumnFacts, rows: Sequence[RowComparison], scopes: Mapping[str, str]) -> Flag | None:
    leaking = [row.label for row in rows if scopes.get(row.name) == "train"]
    # Without folds the whole training set is the only fold: nothing leaks.
    if not facts.folds or not leaking:
        return None
    sentence = f"The generators saw the validation folds too (scope = train): validation scores flatter {_names(leaking)}."
    return Flag(code="GENERATOR_SCOPE", sentence=sentence)


def _folds(rows: Sequence[RowComparison]) -> Flag | None:
    if not any(score.best_fold is not None for row in rows for score in row.scores.values()):
        return None
    sentence = (
        "The best fold by validation macro-F1 is shown beside the mean: it is the best of several tries. "
        "Folds share the test set, so they count as one measurement of their seed."
    )
    return Flag(code="BEST_OF_K", sentence=sentence)


def _budgets(rows: Sequence[RowComparison]) -> Flag | None:
    differing = []
    for what in ("steps", "images"):
        spans = [(row.label, span) for row in rows if (span := getattr(row.budget, what)) is not None]
        if len({value for _, span in spans for value in span}) < 2:
            continue
        least, most = min(spans, key=lambda pair: pair[1][0]), max(spans, key=lambda pair: pair[1][1])
        differing.append(f"{what} from {numbers.count(least[1][0])} ({least[0]}) to {numbers.count(most[1][1])} ({most[0]})")
    if not differing:
        return None
    return Flag(code="UNEQUAL_BUDGET", sentence=f"Classifiers were not trained equally long: {numbers.listing(differing)}.")


def _contradictory(rows: Sequence[RowComparison]) -> Flag | None:
    against = [row.label for row in rows if row.as_published and row.as_published.contradictions]
    if not against:
        return None
    sentence = f"The published rank-sum test points against macro-F1 of the same two models, with p below alpha, in: {_names(against)}."
    return Flag(code="CONTRADICTORY", sentence=sentence)
