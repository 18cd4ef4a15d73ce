"""Show a schedule: what the learning rate is multiplied by, from the first step to the last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from augbench.engine.trying import Subject
from augbench.values.learning import Schedule

if TYPE_CHECKING:
    from augbench.stages.curve_sheet import CurveSection

_STEPS, _EPOCHS = 2000, 100
_EVERY = 5
"""Steps between two points."""


def factors_of(subject: Subject, limit: float) -> tuple[float, ...]:
    """Ask a schedule for a training of 100 epochs.  Raise what ``Subject.trial`` raises."""
    schedule = cast("Schedule", subject.component)
    with subject.trial(limit):
        found = tuple(float(schedule.factor(step, _STEPS, _STEPS / _EPOCHS)) for step in range(0, _STEPS, _EVERY))
        odd = next((step for step, factor in enumerate(found) if not math.isfinite(factor) or factor < 0), None)
        if odd is not None:
            subject.require(False, f"the factor {found[odd]} at step {odd * _EVERY}", "a number of 0 or more", "factor")
        return found


def curve_section(subject: Subject, factors: tuple[float, ...], aside: str) -> CurveSection:
    """Draw a schedule."""
    from augbench.stages.curve_sheet import CurveSection

    end = f"epoch {_EPOCHS}"
    return CurveSection(name=subject.name, aside=aside, about=subject.summary, points=factors, start="epoch 0", end=end)


def curve_facts(factors: tuple[float, ...]) -> dict[str, Any]:
    """Return a schedule's factors by step, for scripts."""
    return {"factors": {number * _EVERY: round(factor, 6) for number, factor in enumerate(factors)}}
