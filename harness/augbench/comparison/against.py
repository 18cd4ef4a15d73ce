"""Each row of a data set against the control: paired, tested by the design, corrected for how many there are, judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from augbench.comparison import metrics
from augbench.comparison.design import recognised, share_generator, test_to_train
from augbench.comparison.gathered import LEVEL, Gathered
from augbench.comparison.judging import FEW_IMAGES, Rules, corrected, tested, verdict
from augbench.comparison.pairing import difference, pairs, unpaired
from augbench.comparison.protocol import as_published
from augbench.comparison.resampled import Resampled
from augbench.comparison.scoring import Scored
from augbench.values.evidence import AsPublished, Difference, Verdict, VerdictWord
from augbench.values.measuring import CountMetric

PROTOCOL = "rana-2022"
CLAIMS: tuple[VerdictWord, ...] = ("better", "worse", "equivalent")


@dataclass(frozen=True, kw_only=True)
class Paired:
    """A row beside the control, before it is tested."""

    matched: Sequence[tuple[Scored, Scored]] = ()
    difference: Difference | None = None
    as_published: AsPublished | None = None
    refused: str = ""
    settled: bool = True
    """Whether more trials cannot change a refusal: then it leaves the family."""
    unpaired: str = ""
    given: str = ""
    """On what else a claim hangs."""


@dataclass(frozen=True, kw_only=True)
class Against:
    """All rows of a data set against the control, by name."""

    rules: Rules
    paired: Mapping[str, Paired]
    differences: Mapping[str, Difference | None]
    """Tested and corrected."""
    family: int
    """Comparisons that the correction is for: settled refusals leave it, those to come do not."""

    def elsewhere(self, row: str) -> bool:
        """Tell whether a row was tested on other images than the control."""
        return row in self.paired and bool(self.paired[row].unpaired)

    def verdict(self, row: str) -> Verdict:
        """Judge a row."""
        each, found = self.paired[row], self.differences[row]
        if each.refused or found is None:
            return Verdict(word="refused", reason=each.refused)
        judged = verdict(found, self.rules, max(1, self.family))
        return replace(judged, reason=f"{judged.reason}; {each.given}") if each.given and judged.word in CLAIMS else judged


def against_control(data: Gathered) -> Against:
    """Compare every row of a data set with the control."""
    paired = {row.name: _paired(data, row.name) for row in data.others}
    rules = _rules(data, paired)
    family = sum(not (each.refused and each.settled) for each in paired.values())
    measured = corrected([_measured(each, rules, data.resampled) for each in paired.values()], family)
    return Against(rules=rules, paired=paired, differences=dict(zip(paired, measured, strict=True)), family=family)


def _paired(data: Gathered, row: str) -> Paired:
    report = data.declared.report
    own, control = data.done[row], data.done.get(data.control)
    if control is None:
        return Paired(refused="the control is not a row of this run")
    if not own:
        return Paired(refused=_nothing_done(data, row), settled=all(trial.status != "pending" for trial in data.trials[row]))
    if not control:
        return Paired(refused="no trial of the control is done", settled=False)
    matched = pairs(own, control)
    if not matched:
        return Paired(refused="no finished seed in common with the control", settled=False)
    if torn := unpaired(matched):
        return Paired(refused=f"not tested on the same images as the control ({torn})", unpaired=torn)
    theirs = data.unfair[data.control]
    return Paired(
        matched=matched,
        difference=difference(report.primary, data.declared.measure(report.primary), matched),
        as_published=as_published(own, control, report.alpha) if report.protocol == PROTOCOL else None,
        refused=data.unfair[row] or (theirs and f"the control is {theirs}"),
        given=_given(own, control),
    )


def _nothing_done(data: Gathered, row: str) -> str:
    names = {trial.trial for trial in data.trials[row]}
    return f"no trial is done: {next(each.reason for each in data.absent if each.trial in names)}"


def _given(own: Sequence[Scored], control: Sequence[Scored]) -> str:
    whose = [name for name, trials in (("its", own), ("the control's", control)) if share_generator(trials)]
    return f"given the one fitted generator that {' and '.join(whose)} seeds share" if whose else ""


def _rules(data: Gathered, paired: Mapping[str, Paired]) -> Rules:
    """Gather what comparisons are judged by; a declared test over seeds takes the place of the design's."""
    declared, report = data.declared, data.declared.report
    scopes = [declared.results.scopes[row.name] for row in data.rows if row.name in declared.results.scopes]
    control, any_paired = data.done.get(data.control, ()), any(each.matched for each in paired.values())
    design = recognised(control, any_paired, len(declared.results.seeds), scopes)
    return Rules(
        primary=report.primary,
        metric=declared.metrics[report.primary],
        measure=declared.measure(report.primary),
        chosen=declared.test,
        name=report.test,
        alpha=report.alpha,
        rope=report.rope,
        level=LEVEL,
        replicates=report.replicates,
        design=replace(design, test=report.test) if declared.test and design.word == "seeds" else design,
        ratio=test_to_train(_folds(data)) if design.word == "folds" else 0.0,
        narrow=_narrow(data),
    )


def _folds(data: Gathered) -> int:
    """Count the folds of a seed, done or not."""
    return len({trial.fold for trials in data.trials.values() for trial in trials})


def _narrow(data: Gathered) -> float:
    """Return what a few test images can move the primary metric by; 0 for one that counts are not enough for."""
    metric = data.declared.metrics[data.declared.report.primary]
    if data.first is None or not isinstance(metric, CountMetric):
        return 0.0
    return FEW_IMAGES * metrics.resolution(data.first.matrix, metric.of_counts)


def _measured(each: Paired, rules: Rules, resampled: Resampled) -> Difference | None:
    """Add intervals, and tests unless the comparison is refused."""
    if each.difference is None:
        return None
    found = each.difference if each.refused else tested(each.difference, each.matched, rules)
    over_images, over_both = resampled.differences(each.difference, each.matched)
    return replace(found, over_images=over_images, over_both=None if rules.design.word == "folds" else over_both)
