"""What each setting does: its effect over rows that differ in it alone, and how effects hang together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, stdev

from augbench.comparison import tests
from augbench.values.evidence import BySeed, FactorEffect, Interaction, Interval
from augbench.values.results import Setting

Settings = Mapping[str, Setting]
FOLLOWING = {"generator": ("fit", "bank")}
"""Settings that another brings along: presets of a generator set how it is fitted, and without one nothing is."""
_NONE = "none"
MOST = 12
"""Interactions that are told, the largest first."""


@dataclass(frozen=True, kw_only=True)
class Effectful:
    """A row whose settings and scores are known."""

    name: str
    label: str
    settings: Settings
    seeds: Mapping[int, float]
    """Primary metric by seed."""


@dataclass(frozen=True, kw_only=True)
class _Step:
    """Two rows that differ in one factor alone."""

    factor: str
    before: str
    after: str
    rows: tuple[Effectful, Effectful]

    @property
    def words(self) -> str:
        return f"{self.factor}: {self.before} -> {self.after}"

    def by_seed(self) -> dict[int, float]:
        first, second = self.rows
        return {seed: second.seeds[seed] - value for seed, value in first.seeds.items() if seed in second.seeds}


def effects_of(rows: Sequence[Effectful], control: str, level: float) -> tuple[tuple[FactorEffect, ...], tuple[Interaction, ...]]:
    """Find rows that differ in one factor alone, and squares of rows that cross two; ``control`` names the row to begin from."""
    steps = _steps(rows, control)
    return _effects(steps, level), _interactions(steps, level)


def _steps(rows: Sequence[Effectful], control: str) -> list[_Step]:
    mine = next((row.settings for row in rows if row.name == control), {})
    found = []
    for factor in _factors(rows):
        groups: dict[str, list[Effectful]] = defaultdict(list)
        for row in rows:
            groups[_rest(row.settings, factor)].append(row)
        levels = _levels(rows, factor)
        for group in groups.values():
            found += _within(factor, group, mine, levels)
    return found


def _levels(rows: Sequence[Effectful], factor: str) -> dict[str, str]:
    """Say what each row has for a factor: a component with those of its parameters in which rows that have it differ."""
    own = {row.name: _brought(row.settings, factor) for row in rows}
    levels = {}
    for row in rows:
        value = _written(row.settings.get(factor))
        alike = [own[other.name] for other in rows if _written(other.settings.get(factor)) == value]
        told = [f"{key} = {_written(setting)}" for key, setting in own[row.name].items() if any(each.get(key) != setting for each in alike)]
        levels[row.name] = f"{value} ({', '.join(told)})" if told else value
    return levels


def _brought(settings: Settings, factor: str) -> dict[str, Setting]:
    """Return what a factor brings along: its parameters, and what it decides of others; nothing where there is none of it."""
    if _written(settings.get(factor)) == _NONE:
        return {}
    gone = (factor, *FOLLOWING.get(factor, ()))
    return {path.removeprefix(f"{factor}."): value for path, value in settings.items() if path != factor and _below(path, gone)}


def _factors(rows: Sequence[Effectful]) -> list[str]:
    """Return the settings in which any two rows differ, those within a component after its own."""
    values: dict[str, set[str]] = defaultdict(set)
    paths = sorted({path for row in rows for path in row.settings})
    for row in rows:
        for path in paths:
            values[path].add(_written(row.settings.get(path)))
    return [path for path in paths if len(values[path]) > 1]


def _rest(settings: Settings, factor: str) -> str:
    """Write down all settings but a factor's own and those that it brings along."""
    gone = (factor, *FOLLOWING.get(factor, ()))
    return json.dumps({path: value for path, value in sorted(settings.items()) if not _below(path, gone)}, sort_keys=True)


def _below(path: str, owners: Sequence[str]) -> bool:
    return any(path == owner or path.startswith(f"{owner}.") for owner in owners)


def _within(factor: str, group: Sequence[Effectful], control: Settings, levels: Mapping[str, str]) -> list[_Step]:
    """Pair the rows of a group with those that lack the factor, or else have the control's value."""
    named = [(row, _written(row.settings.get(factor))) for row in group]
    values = {value for _, value in named}
    first = next((value for value in (_NONE, _written(control.get(factor))) if value in values), None)
    return [
        _Step(factor=factor, before=levels[row.name], after=levels[another.name], rows=(row, another))
        for row, value in named
        for another, other in named
        if value == first != other
    ]


def _written(value: Setting) -> str:
    return _NONE if value is None or value is False else str(value).lower() if isinstance(value, bool) else str(value)


def _effects(steps: Sequence[_Step], level: float) -> tuple[FactorEffect, ...]:
    groups: dict[str, list[_Step]] = defaultdict(list)
    for step in steps:
        groups[step.words].append(step)
    found = [_effect(group, level) for group in groups.values()]
    return tuple(sorted((each for each in found if each), key=lambda effect: -abs(effect.mean)))


def _effect(steps: Sequence[_Step], level: float) -> FactorEffect | None:
    first, seeds = steps[0], _mean_by_seed([step.by_seed() for step in steps])
    if not seeds:
        return None
    mean, sd, over_seeds = _summary(seeds, level)
    return FactorEffect(
        factor=first.factor,
        before=first.before,
        after=first.after,
        pairs=tuple((step.rows[0].label, step.rows[1].label) for step in steps),
        seeds=seeds,
        mean=mean,
        sd=sd,
        over_seeds=over_seeds,
    )


def _interactions(steps: Sequence[_Step], level: float) -> tuple[Interaction, ...]:
    """Find squares: two steps from one row that lead to a fourth row by either way."""
    after = {(step.rows[0].name, step.words): step.rows[1] for step in steps}
    from_row: dict[str, list[_Step]] = defaultdict(list)
    for step in steps:
        from_row[step.rows[0].name].append(step)
    found = []
    for one, two in (pair for begun in from_row.values() for pair in combinations(begun, 2)):
        last = after.get((two.rows[1].name, one.words))
        if one.factor != two.factor and last and last is after.get((one.rows[1].name, two.words)):
            found.append(_interaction(one, two, last, level))
    return tuple(sorted((each for each in found if each), key=lambda each: -abs(each.mean))[:MOST])


def _interaction(one: _Step, two: _Step, both: Effectful, level: float) -> Interaction | None:
    neither, first, second = one.rows[0], one.rows[1], two.rows[1]
    common = [seed for seed in neither.seeds if all(seed in row.seeds for row in (first, second, both))]
    seeds = tuple(
        (seed, round(both.seeds[seed] - second.seeds[seed] - first.seeds[seed] + neither.seeds[seed], 12)) for seed in sorted(common)
    )
    if not seeds:
        return None
    mean, sd, over_seeds = _summary(seeds, level)
    return Interaction(
        factors=(one.words, two.words),
        rows=(neither.label, first.label, second.label, both.label),
        seeds=seeds,
        mean=mean,
        sd=sd,
        over_seeds=over_seeds,
    )


def _mean_by_seed(found: Sequence[Mapping[int, float]]) -> BySeed:
    """Average over pairs of rows at the seeds that all of them have."""
    common = sorted(set(found[0]).intersection(*found[1:]))
    return tuple((seed, round(fmean(each[seed] for each in found), 12)) for seed in common)


def _summary(seeds: BySeed, level: float) -> tuple[float, float | None, Interval | None]:
    values = [value for _, value in seeds]
    several = len(values) > 1
    return round(fmean(values), 12), stdev(values) if several else None, tests.t_interval(values, level) if several else None
