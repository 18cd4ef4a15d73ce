"""What lies ahead of a plan: what it will cost, why it does what it does, what may be claimed in the end."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from augbench.comparison.tests import smallest_p
from augbench.plan.attainable import Attainable, attainable, sentence
from augbench.plan.cost import Cost, Estimate, needed, total, words
from augbench.plan.keys import Key
from augbench.plan.plan import Plan
from augbench.plan.summary import Summary
from augbench.plan.tasks import Stage
from augbench.plan.telling import Called, Reason, grouped, reason_words
from augbench.plan.why import reasons
from augbench.values.measuring import PairedTest
from augbench.values.settings import ReportSettings


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What lies ahead of a plan."""

    needed: tuple[Stage, ...]
    """The stages that a run would do."""
    costs: Mapping[Key, Cost]
    estimate: Estimate
    reasons: tuple[Reason, ...]
    attainable: tuple[Attainable, ...]

    def as_json(self, called: Called) -> dict[str, Any]:
        """Return the outlook for scripts."""
        return {
            "needed": {
                stage.key: {"seconds": cost.seconds, "bytes": cost.bytes, "basis": cost.basis}
                for stage in self.needed
                for cost in [self.costs[stage.key]]
            },
            "estimate": asdict(self.estimate) | {"words": words(self.estimate)},
            "reasons": [
                {
                    "kind": reason.kind,
                    "stages": [stage.key for stage in reason.stages],
                    "words": reason_words(reason, called),
                    **reason.why.as_json(),
                }
                for reason in self.reasons
            ],
            "attainable": [asdict(each) | {"possible": each.possible, "words": sentence(each)} for each in self.attainable],
        }


def outlook(
    plan: Plan,
    report: ReportSettings,
    test: PairedTest | None = None,
    *,
    costs: Mapping[Key, Cost],
    summaries: Mapping[Key, Summary],
    made: Container[Key] = (),
    slots: int,
) -> Outlook:
    """Look ahead; ``test`` is the declared one, ``summaries`` are the newest first, ``made`` the stages that the run folder knows of."""
    stages = (planned.stage for planned in plan.stages)
    stored = {planned.key for planned in plan.stages if planned.cached}
    run = needed(plan)
    return Outlook(
        needed=run,
        costs=costs,
        estimate=total(run, costs, slots),
        reasons=grouped(reasons(stages, summaries.values(), stored, made), run) if summaries else (),
        attainable=attainable(plan.trials, report, test.smallest_p if test else smallest_p),
    )
