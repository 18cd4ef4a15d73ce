"""What a run's generators learnt, and which of them are too poor to test a method with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from augbench.values import numbers
from augbench.values.comparing import Flag, GeneratorComparison, GeneratorWord, Spread
from augbench.values.results import GeneratorResult, Results, TrialResult
from augbench.values.synthesis import Curve

COLLAPSED = 0.1
"""Diversity below which images hardly differ from one another; sound fits of a few hundred iterations have 0.6 to 1."""
UNTRAINED = 0.95
"""Share of the kernel distance before the first iteration above which next to nothing was learnt."""
COPIES = 0.1
"""Nearest-real ratio below which images are real ones again; new images of the class have about 1."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a generator is not sound."""

    word: GeneratorWord
    sentence: str

    @property
    def unfair(self) -> bool:
        """Tell whether it keeps a method from being tested; copies are what some methods are."""
        return self.word in ("untrained", "collapsed")


def problem(found: GeneratorResult) -> Problem | None:
    """Judge one fit by its numbers; what was not measured is not held against it."""
    who = f"the generator {found.name} of class {found.class_name}, seed {found.seed}"
    who += "" if found.fold is None else f", fold {found.fold}"
    diversity, kid, ratio = (found.numbers.get(name) for name in ("diversity", "kid", "nearest-real-ratio"))
    before = before_training(found)
    if diversity is not None and diversity < COLLAPSED:
        said = f"{who}, has collapsed: its images differ by {numbers.score(diversity)} of what real ones differ by"
        return Problem(word="collapsed", sentence=said)
    if kid is not None and before is not None and before > 0 and kid > UNTRAINED * before:
        said = f"{who}, has learnt next to nothing: its KID is {numbers.score(kid)}, before the first iteration {numbers.score(before)}"
        return Problem(word="untrained", sentence=said)
    if ratio is not None and ratio < COPIES:
        return Problem(word="copies", sentence=f"{who}, repeats real images: its nearest-real ratio is {numbers.score(ratio)}")
    return None


def before_training(found: GeneratorResult) -> float | None:
    """Return the KID ahead of the first iteration, where a fit was judged then."""
    first = next(iter(found.curves.get("kid", ())), None)
    return first[1] if first and first[0] == 0 else None


def unfair_reason(results: Results, trials: Sequence[TrialResult]) -> str:
    """Return the first problem of the trials' generators that keeps their row from being tested."""
    for trial in trials:
        for key in trial.judged.values():
            found = problem(results.generators[key]) if key in results.generators else None
            if found and found.unfair:
                return found.sentence
    return ""


def compared(results: Results, trials: Sequence[TrialResult], classes: Sequence[str]) -> tuple[GeneratorComparison, ...]:
    """Gather the fits of a data set's trials: those that the same rows read, class by class."""
    keys: dict[tuple[str, str], dict[str, None]] = {}
    for trial in trials:
        for name, key in trial.judged.items():
            keys.setdefault((trial.row, name), {})[key] = None
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (row, name), found in keys.items():
        rows.setdefault((name, tuple(sorted(found))), []).append(row)
    ordered = sorted(rows.items(), key=lambda item: classes.index(item[0][0]))
    every = [(name, users, [results.generators[key] for key in chosen if key in results.generators]) for (name, chosen), users in ordered]
    return tuple(_compared(name, users, fits) for name, users, fits in every if fits)


def _compared(name: str, rows: Sequence[str], fits: Sequence[GeneratorResult]) -> GeneratorComparison:
    fits = sorted(fits, key=lambda fit: (fit.seed, fit.fold or 0))
    found = [each for fit in fits if (each := problem(fit))]
    # The gravest counts: those that keep a method from being tested.
    worst = next((each for each in found if each.unfair), found[0] if found else None)
    first = fits[0]
    return GeneratorComparison(
        name=first.name,
        class_name=name,
        rows=tuple(rows),
        fits=len(fits),
        numbers=_numbers(fits),
        chosen=(min(fit.chosen for fit in fits), max(fit.chosen for fit in fits)),
        curves=_mean_curves(fits),
        features=first.features,
        inception=first.inception,
        word=worst.word if worst else "sound",
        reason=worst.sentence if worst else "",
        sheet=f"generators/{first.sheet.name}" if first.sheet else "",
    )


def _numbers(fits: Sequence[GeneratorResult]) -> dict[str, Spread]:
    named: dict[str, list[float]] = {}
    for fit in fits:
        before = before_training(fit)
        for name, value in {**fit.numbers, **({} if before is None else {"kid-before": before})}.items():
            named.setdefault(name, []).append(value)
    return {name: Spread(mean=fmean(values), low=min(values), high=max(values)) for name, values in named.items()}


def _mean_curves(fits: Sequence[GeneratorResult]) -> Mapping[str, Curve]:
    """Average curves where all fits were read; one that ended early is averaged while it lasts."""
    curves = {}
    for name in dict.fromkeys(name for fit in fits for name in fit.curves):
        points: dict[int, list[float]] = {}
        for fit in fits:
            for at, value in fit.curves.get(name, ()):
                points.setdefault(at, []).append(value)
        curves[name] = tuple((at, fmean(values)) for at, values in sorted(points.items()))
    return curves


def generator_flags(results: Results, found: Sequence[GeneratorComparison], trials: Sequence[TrialResult]) -> list[Flag]:
    """Say which generators are not sound, and whether judgements may be set beside each other."""
    flags = []
    for code, words, said in (
        (
            "WEAK_GENERATOR",
            ("untrained", "collapsed"),
            "have collapsed or learnt next to nothing, so that their rows are not fairly tested",
        ),
        ("COPIES", ("copies",), "repeat real images"),
    ):
        if which := [f"{each.name} of {each.class_name}" for each in found if each.word in words]:
            flags.append(Flag(code=code, sentence=f"These generators {said}: {numbers.listing(which)}."))
    digests = {results.generators[key].digest for trial in trials for key in trial.judged.values() if key in results.generators}
    if len(digests) > 1:
        flags.append(
            Flag(
                code="MIXED_FEATURES",
                sentence="Generated images were judged by features of different networks: do not compare their numbers.",
            )
        )
    return flags
