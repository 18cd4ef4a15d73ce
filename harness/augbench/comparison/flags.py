"""What a reader must know before believing a number, as a code with a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from augbench.comparison.against import Against
from augbench.comparison.design import share_generator
from augbench.comparison.gathered import Gathered
from augbench.comparison.judging import FEW_IMAGES, Rules
from augbench.values import numbers
from augbench.values.auditing import RARE, VERY_RARE, Finding
from augbench.values.comparing import Absent, Claim, ClassFacts, Flag, RowComparison
from augbench.values.evidence import Design

_SCORED = ("RARE_CLASS", "EMPTY_CLASS")
SATURATED = 0.05
"""Share of probabilities of exactly 1 above which ranks mean little."""
MANY = 5
"""Comparisons from which on it is worth a word that there are many."""


def column_flags(
    data: Gathered,
    against: Against,
    claim: Claim,
    classes: Sequence[ClassFacts],
    rows: Sequence[RowComparison],
    resolution: float | None,
) -> tuple[Flag, ...]:
    """Collect the flags of one data set, the grave ones first."""
    flags: list[Flag | None] = [
        _unpaired(next((each.unpaired for each in against.paired.values() if each.unpaired), "")),
        *_audit(data.facts.audit),
        _seeds(claim, against.rules.design),
        *_rare(classes, resolution),
        _below_resolution(rows, resolution),
        _narrow(against.rules),
        _missing(data.absent, sum(row.expected for row in rows)),
        *_shared(data),
        _scope(data),
        _folds(rows, against.rules.design),
        _budgets(rows),
        _contradictory(rows),
        _confidence_alone(rows),
        _saturated(rows),
        _torn(rows),
        _multiplicity(claim),
    ]
    return tuple(sorted((flag for flag in flags if flag), key=lambda flag: not flag.grave))


def _names(labels: Iterable[str]) -> str:
    return numbers.listing(list(labels))


def _unpaired(trials: str) -> Flag | None:
    if not trials:
        return None
    return Flag(code="UNPAIRED_IDS", sentence=f"{trials} were not tested on the same images in the same order: they are not compared.")


def _audit(found: Iterable[Finding]) -> list[Flag]:
    """Flag what was found in the images; classes with hardly any test images are flagged with what was scored of them."""
    return [Flag(code=each.code, sentence=each.sentence, grave=each.grave) for each in found if each.code not in _SCORED]


def _seeds(claim: Claim, design: Design) -> Flag | None:
    if design.word == "folds":
        return None  # seeds are not what is repeated
    if claim.seeds == 1:
        sentence = "One paired seed: a difference may come from the seed as well as from the method."
        return Flag(code="SINGLE_RUN", sentence=sentence, grave=True)
    if not 0 < claim.seeds < claim.seeds_needed or claim.comparisons == 0:
        return None
    sentence = (
        f"{claim.seeds} paired seeds cannot separate any row from the control; "
        f"{claim.seeds_needed} could, with {numbers.many(claim.comparisons, 'comparison')} at alpha = {numbers.bound(claim.alpha)}."
    )
    return Flag(code="FEW_SEEDS", sentence=sentence)


def _rare(classes: Sequence[ClassFacts], resolution: float | None) -> list[Flag]:
    """Flag classes with hardly any test images, those with next to none apart."""
    step = f" One test image can move macro-F1 by {numbers.score(resolution)}." if resolution is not None else ""
    flags = []
    for low, high, grave, said in ((0, VERY_RARE, True, "is no measurement"), (VERY_RARE, RARE, False, "is hardly measured")):
        rare = [f"{each.name} ({each.test})" for each in classes if each.test is not None and low <= each.test < high]
        if rare:
            sentence = f"Fewer than {high} test images: {_names(rare)}. Their F1 {said}, and intervals of macro-F1 are too narrow.{step}"
            flags.append(Flag(code="RARE_CLASS", sentence=sentence, grave=grave))
    return flags


def _below_resolution(rows: Sequence[RowComparison], step: float | None) -> Flag | None:
    differences = [(row.label, row.difference) for row in rows if row.difference and row.difference.metric == "macro-f1"]
    small = [label for label, found in differences if step and 0 < abs(found.mean) < step]
    if not small:
        return None
    sentence = f"Differences to the control smaller than what one test image can move ({numbers.score(step)}): {_names(small)}."
    return Flag(code="BELOW_RESOLUTION", sentence=sentence)


def _narrow(rules: Rules) -> Flag | None:
    if rules.rope is None or rules.rope > rules.narrow:
        return None
    sentence = (
        f"{FEW_IMAGES} test images can move {numbers.metric(rules.primary)} by {numbers.score(rules.narrow)}, which is not below the "
        f"declared margin of ±{numbers.bound(rules.rope)}: no row can be shown to be equivalent."
    )
    return Flag(code="NARROW_MARGIN", sentence=sentence)


def _missing(absent: Sequence[Absent], expected: int) -> Flag | None:
    if not absent:
        return None
    states = Counter(each.status for each in absent)
    counted = ", ".join(f"{count} {status}" for status, count in sorted(states.items()))
    others = "; means are over the others" if len(absent) < expected else ""
    early = " Who stops here because of a verdict errs more often than alpha says." if states["pending"] and len(absent) < expected else ""
    sentence = f"{numbers.many(len(absent), 'trial')} of {expected} without result ({counted}){others}.{early}"
    return Flag(code="MISSING_CELLS", sentence=sentence)


def _shared(data: Gathered) -> list[Flag]:
    """Flag fitted generators that several rows, or several seeds of a row, read."""
    users: dict[str, set[str]] = defaultdict(set)
    for name, done in data.done.items():
        for each in done:
            for key in each.trial.generators.values():
                users[key].add(name)
    sharing = {row for found in users.values() if len(found) > 1 for row in found}
    repeating = [row.label for row in data.rows if share_generator(data.done[row.name])]
    flags = []
    if sharing:
        who = _names(row.label for row in data.rows if row.name in sharing)
        sentence = f"These rows use the same fitted generators: {who}. What they have in common is measured once, not {len(sharing)} times."
        flags.append(Flag(code="SHARED_GENERATOR", sentence=sentence))
    if repeating:
        sentence = f"The seeds of these rows share one fitted generator, so they are not independent repeats: {_names(repeating)}."
        flags.append(Flag(code="SHARED_GENERATOR", sentence=sentence, grave=True))
    return flags


def _scope(data: Gathered) -> Flag | None:
    leaking = [row.label for row in data.rows if data.declared.results.scopes.get(row.name) == "train"]
    # Without folds the whole training set is the only fold: nothing leaks.
    if not data.facts.folds or not leaking:
        return None
    sentence = f"The generators saw the validation folds too (scope = train): validation scores flatter {_names(leaking)}."
    return Flag(code="GENERATOR_SCOPE", sentence=sentence)


def _folds(rows: Sequence[RowComparison], design: Design) -> Flag | None:
    if design.word == "folds":
        sentence = (
            "Training images of folds overlap: their scores are not independent, and the corrected t-test allows for it only roughly."
        )
        return Flag(code="FOLDS_NOT_INDEPENDENT", sentence=sentence)
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


def _confidence_alone(rows: Sequence[RowComparison]) -> Flag | None:
    same = [row.label for row in rows if row.as_published and any(each.same_predictions and each.z for each in row.as_published.seeds)]
    if not same:
        return None
    sentence = (
        "In a seed or more, these rows predict just what the control predicts; there the published test sees a change of confidence alone: "
        f"{_names(same)}."
    )
    return Flag(code="CALIBRATION_ONLY", sentence=sentence)


def _saturated(rows: Sequence[RowComparison]) -> Flag | None:
    shares = [each.saturated for row in rows if row.as_published for each in row.as_published.seeds]
    if max(shares, default=0) <= SATURATED:
        return None
    sentence = (
        f"Up to {max(shares):.0%} of the probabilities of true classes are exactly 1: the published test, which does not correct for ties, "
        "cannot rank them."
    )
    return Flag(code="SATURATED", sentence=sentence)


def _torn(rows: Sequence[RowComparison]) -> Flag | None:
    torn = [row.label for row in rows if row.difference and row.difference.torn]
    if not torn:
        return None
    sentence = (
        "Interval and test do not say the same. The test has the right size; the interval is rough with few seeds or rare classes: "
        f"{_names(torn)}."
    )
    return Flag(code="CI_TEST_DISAGREE", sentence=sentence)


def _multiplicity(claim: Claim) -> Flag | None:
    if claim.comparisons < MANY:
        return None
    expected = claim.comparisons * claim.alpha
    sentence = (
        f"{claim.comparisons} comparisons with one control: without correction, chance alone would tell {expected:.1f} of them apart "
        f"at alpha = {numbers.bound(claim.alpha)}. Holm's correction allows for all of them."
    )
    return Flag(code="MULTIPLICITY", sentence=sentence)
