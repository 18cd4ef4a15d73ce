"""Choose the settings of a first experiment: from counts and sizes of images, and from the machine."""

from __future__ import annotations

import math
from dataclasses import dataclass

from augbench.comparison.tests import pairs_needed, smallest_p
from augbench.engine.surveying import Survey
from augbench.values.data import Probe

BELOW = 0.2
"""Share of the largest class below which one is rare, unless none is."""
BALANCED = 0.65
"""From this share of the largest class on, the smallest one is not rare by any measure."""
ALPHA = 0.05
_TRAINED = {"synthetic": 5, "mixed": 4, "plain": 3}
"""Rows that are trained, by the most that is done for minority classes."""
TINY = 10
"""Validation images of a class, below which they tell little."""
_SIDES = (32, 64, 128)
"""What the generators' networks make."""
PER_CLASS = 4
"""Images that a batch holds more for each minority class: two synthetic ones, two mixes."""
_MOST_FITTED = {False: 5, True: 10}
"""Minority classes, each with a network of its own, on CPUs and on GPUs."""
_MOST_SUPPLEMENTED = 20
_MINUTES = {False: 10.0, True: 120.0}
"""What the whole may take, on all cores or on each GPU."""
_MOST_CPUS = 8
# Of one core of 2025, with small networks: seconds for each million numbers of a training's images, and for an iteration of a fit at 32 px.
_TRAINING, _ITERATION = 0.2, 0.07
# Of one GPU of 2023, with networks of full width: seconds for a step of a training, and for an iteration of a fit.
_GPU_STEP, _GPU_ITERATION = 0.03, 0.04
_PASSES = 40


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What trials will run on."""

    cpus: int
    gpus: int


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """The numbers of a first matrix."""

    size: int
    share: float | None
    """Below which a class is a minority class; None where none is rare."""
    minority: tuple[str, ...]
    fitted: bool
    """Whether each minority class gets a network of its own."""
    supplement: bool
    """Whether a batch has room for a supplement of each minority class; otherwise it is composed by shares."""
    batch: int
    folds: int | None
    seeds: int
    seeds_needed: int
    smallest_p: float
    steps: int
    iterations: int
    passes: float
    """How often the training shows each original, under plain sampling."""


def decide(survey: Survey, machine: Machine) -> Decisions:
    """Choose; the same folder and machine give the same settings."""
    probe, gpu = survey.probe, machine.gpus > 0
    share = _share(probe)
    minority = _minority(probe, share)
    size, seeds, iterations = _size(survey, gpu), 8 if gpu else 3, 3000 if gpu else 200
    fitted = 0 < len(minority) <= _MOST_FITTED[gpu] and probe.channels <= 4
    supplement = 0 < len(minority) <= _MOST_SUPPLEMENTED
    batch = _batch(len(minority) if supplement else 0, gpu)
    work = _MINUTES[gpu] * 60 * (machine.gpus if gpu else min(machine.cpus, _MOST_CPUS))
    iteration = _GPU_ITERATION if gpu else _ITERATION * (size / 32) ** 2
    fits = len(minority) * seeds * iterations * iteration if fitted else 0.0
    folds = _affordable(_folds(probe, 5 if gpu else 3), fits, work / 2)
    trained = _TRAINED["synthetic" if supplement else "mixed" if minority else "plain"]
    repeats = seeds * (folds or 1)
    left = max(work / 2, work - fits * (folds or 1))
    step = _GPU_STEP if gpu else batch * probe.channels * size**2 / 1e6 * _TRAINING
    steps = _steps(probe, batch, left / (trained * repeats) / step, gpu)
    # Beside the control, and with the row that only corrects its predictions.
    comparisons = trained if minority else trained - 1
    return Decisions(
        size=size,
        share=share,
        minority=minority,
        fitted=fitted,
        supplement=supplement,
        batch=batch,
        folds=folds,
        seeds=seeds,
        seeds_needed=pairs_needed(ALPHA, comparisons),
        smallest_p=smallest_p(seeds),
        steps=steps,
        iterations=iterations,
        passes=steps * batch / sum(probe.counts["train"]),
    )


def _share(probe: Probe) -> float | None:
    counts = probe.counts["train"]
    smallest = min(counts) / max(counts)
    if smallest < BELOW:
        return BELOW
    # The next tenth above the smallest class.
    return math.floor(smallest * 10 + 1) / 10 if smallest < BALANCED else None


def _minority(probe: Probe, share: float | None) -> tuple[str, ...]:
    limit = (share or 0) * max(probe.counts["train"])
    return tuple(name for name, count in zip(probe.classes, probe.counts["train"], strict=True) if count < limit)


def _size(survey: Survey, gpu: bool) -> int:
    """Return the largest side that is not much larger than the images, and not too much work."""
    typical = max(survey.sizes[len(survey.sizes) // 2])
    fitting = [side for side in _SIDES if side <= typical * 1.1] or [_SIDES[0]]
    return min(fitting[-1], _SIDES[-1] if gpu else _SIDES[0])


def _batch(supplemented: int, gpu: bool) -> int:
    """Return the smallest batch of which originals keep three eighths."""
    needed = PER_CLASS * supplemented / 0.625
    return next(size for size in (64, 128) if size >= needed) if gpu or needed > 32 else 32


def _folds(probe: Probe, wanted: int) -> int | None:
    """Return how many folds to make where there are no validation images, or too few of some class to tell much."""
    folds = min(wanted, most_folds(probe))
    return folds if folds > 1 and least_validated(probe) < TINY else None


def _affordable(folds: int | None, each: float, work: float) -> int | None:
    """Return no more folds than there is time for; two, which learn from half of the images, are worth none."""
    if folds is None or folds * each <= work:
        return folds
    fewer = int(work / each)
    return fewer if fewer > 2 else None


def least_validated(probe: Probe) -> int:
    """Return the validation images of the class that has fewest."""
    return min(probe.counts["validation"]) if "validation" in probe.counts else 0


def most_folds(probe: Probe) -> int:
    """Return how many folds the smallest class allows."""
    return min(*probe.pooled(), *(probe.groups or ()))


def _steps(probe: Probe, batch: int, affordable: float, gpu: bool) -> int:
    """Return enough steps for some passes over the originals, where there is time for them."""
    least, most = (1000, 20000) if gpu else (300, 5000)
    steps = min(affordable, _PASSES * sum(probe.counts["train"]) / batch)
    return int(min(most, max(least, steps)) // 100 * 100)
