"""Plans of toys and summaries of what they left, without a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from augbench.plan.graph import Cell, Graph
from augbench.plan.plan import Plan, PlannedStage, PlannedTrial
from augbench.plan.summary import Summary
from augbench.plan.tasks import Stage
from augbench.values.settings import Settings, Trial
from support.toys import column, settings


def plan_of(
    *cells: Settings,
    seeds: Iterable[int] = (0,),
    stored: Iterable[str] = (),
    done: Iterable[str] = (),
    minority: tuple[str, ...] = ("c",),
    code: Callable[[type], str] = lambda component: "code",
    **changes,
) -> Plan:
    """Plan rows of one data set; ``stored`` are kinds of stages, or keys, and ``done`` are rows."""
    graph = Graph(code=code, name_of=lambda component: component.__name__)
    chosen = column(**changes)
    cell = Cell(column=chosen, probe=chosen.dataset.probe(), minority=minority)
    trials = [
        Trial(row=f"r{number}", column="dots", seed=seed, fold=fold, settings=each)
        for seed in seeds
        for number, each in enumerate(cells or (settings(),))
        for fold in (range(chosen.folds) if chosen.folds else (None,))
    ]
    planned = [
        PlannedTrial(trial=trial, status="done" if trial.row in done else "to run", stages=graph.trial(trial, cell)) for trial in trials
    ]
    stages = [PlannedStage(stage=stage, cached=stage.kind in stored or stage.key in stored, shared=1) for stage in graph.stages.values()]
    return Plan(trials=tuple(planned), stages=tuple(stages), notes=())


def stages_of(plan: Plan, kind: str | None = None) -> list[Stage]:
    return [planned.stage for planned in plan.stages if kind in (None, planned.kind)]


def made(stages: Iterable[Stage], seconds: float = 1.0, size: int = 10) -> dict[str, Summary]:
    """Pretend that stages were made; ``seconds`` grow by one from each to the next."""
    return {
        stage.key: Summary(key=stage.key, kind=stage.kind, label=stage.label, identity=stage.identity, seconds=seconds + number, bytes=size)
        for number, stage in enumerate(stages)
    }
