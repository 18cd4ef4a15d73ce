"""Tell what is otherwise in a trial than when its run made it: settings, data or code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from augbench.engine.session import Session
from augbench.matrix.flat import flat_settings
from augbench.plan.plan import PlannedTrial
from augbench.store.manifest import Unfit
from augbench.store.opening import Store

_MOST = 6
"""Fields that are told."""


def changed(
    session: Session, trial: PlannedTrial | None, about: Mapping[str, Any], recorded: Mapping[str, Any], store: Store
) -> tuple[str, ...]:
    """Name the fields that differ between a trial as it is ``recorded`` in a run and as it is planned now; nothing for an equal one.

    ``about`` is what the run's run.json says, ``store`` the one that may still hold what the trial was made of.
    """
    if trial is None:
        return ("the matrix, or the folds of its data, have no such trial now",)
    if trial.stages is None:
        return (f"it would be skipped now: {trial.reason}",)
    if trial.stages.key == recorded["key"]:
        return ()
    told = tuple(_fields(session, trial, about)) or tuple(_code(session, trial, recorded, store))
    shown = told[:_MOST] + ((f"{len(told) - _MOST} more",) if len(told) > _MOST else ())
    return shown or ("the code of a plugin, or of augbench, is another; settings and data are the same",)


def _fields(session: Session, trial: PlannedTrial, about: Mapping[str, Any]) -> Iterator[str]:
    """Compare data and settings: these the run itself remembers."""
    from augbench.comparison.differences import setting_differences

    columns = {column["name"]: column for column in about["columns"]}
    before, after = columns[trial.column], session.probes[trial.column]
    if before["digest"] != after.digest:
        yield f"the data are others: digest {before['digest'][:12]} -> {after.digest[:12]}"
    settings = flat_settings(session.matrix.cells[trial.row, trial.column], session.registry.name_of)
    for path, (old, new) in setting_differences(about["settings"][trial.column][trial.row], settings).items():
        yield f"{path}: {_shown(old)} -> {_shown(new)}"


def _code(session: Session, trial: PlannedTrial, recorded: Mapping[str, Any], store: Store) -> Iterator[str]:
    """Compare the stages with their artefacts, as far as a store still has these: they know the code that made them."""
    from augbench.plan.telling import why_words
    from augbench.plan.why import reasons

    assert trial.stages is not None
    summaries = {}
    for stage in recorded["stages"]:
        with suppress(KeyError, Unfit):
            summaries[stage["key"]] = store.manifest(stage["key"]).summary()
    keys = {(stage["kind"], stage["label"]): stage["key"] for stage in recorded["stages"]}
    found = reasons(trial.stages.every(), summaries.values())
    told: dict[str, None] = {}
    for stage in reversed(trial.stages.every()):
        key = keys.get((stage.kind, stage.label), stage.key)
        if key in summaries and key != stage.key:
            roots = found.against(stage, found.known.by_key[key]).roots()
            told.update(dict.fromkeys(why_words(root, session.registry.called) for root in roots))
    yield from told


def _shown(value: Any) -> str:
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
