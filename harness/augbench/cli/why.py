"""``bench why TRIAL``: why each stage of a trial runs, or what it reuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.wording import examples
from augbench.values.numbers import seconds, size
from augbench.values.run_errors import UnknownTrial

if TYPE_CHECKING:
    from augbench.engine.session import Session
    from augbench.plan.plan import PlannedTrial
    from augbench.plan.tasks import Stage
    from augbench.plan.telling import Called
    from augbench.plan.why import Why

EPILOG = examples(
    ("bench why dots/ours/s0", "of ./ablation.toml"),
    ("bench why dots/ours/s0 --set training.lr=0.02", "what a change would make run again"),
)


@dataclass(frozen=True, kw_only=True)
class Reused:
    """A stored artefact."""

    place: str
    made: float
    """In seconds since the epoch."""
    seconds: float
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """A stage of the trial, and what will become of it."""

    label: str
    kind: str
    key: str
    state: Literal["reused", "runs", "damaged", "not needed"]
    reused: Reused | None = None
    why: Why | None = None


def why(
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="Such as [cyan]dots/ours/s0[/cyan]; 'bench plan --json' has all.")],
    matrix: options.Matrix = options.DEFAULT_MATRIX,
    sets: options.Sets = [],  # noqa: B006 - typer copies it
    disabled: options.NoPlugin = [],  # noqa: B006
    out: options.Out = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Tell of each stage of a trial what it reuses, or why it runs: the settings that differ from the nearest artefact."""
    with talk().status("Reading the matrix and the data sets"):
        from augbench.engine.request import Request
        from augbench.engine.session import open_session

        session = open_session(Request(matrix=matrix, out=out, store=store, sets=tuple(sets), disabled=tuple(disabled)))
        planned = find(session, trial)
        stages = tuple(told(session, planned))
    if as_json:
        print_json(
            {
                "trial": planned.id,
                "status": planned.status,
                "reason": planned.reason,
                "stages": [asdict(one) | {"why": _reason(one, session.registry.called)} for one in stages],
            }
        )
    else:
        console = data()
        for line in lines(session, planned, stages):
            console.print(line, markup=False, soft_wrap=True)


def _reason(stage: Told, called: Called) -> dict[str, Any] | None:
    from augbench.plan.telling import why_words

    return stage.why.as_json() | {"words": why_words(stage.why, called)} if stage.why else None


def find(session: Session, name: str) -> PlannedTrial:
    """Return a trial of a plan.  Raise ``UnknownTrial``."""
    found = next((trial for trial in session.plan.trials if trial.id == name), None)
    if found is None:
        raise UnknownTrial(name, [trial.id for trial in session.plan.trials])
    return found


def told(session: Session, trial: PlannedTrial) -> Iterator[Told]:
    """Say what will become of each stage of a trial."""
    from augbench.plan.cost import needed
    from augbench.plan.why import reasons

    if trial.stages is None:
        return
    run = {stage.key for stage in needed(session.plan)}
    stored = {planned.key for planned in session.plan.stages if planned.cached}
    known = reasons((each.stage for each in session.plan.stages), session.summaries.values(), stored, session.folder.made())
    times = {listed.key: listed.made for listed in session.store.listing()}
    for stage in trial.stages.every():
        if stage.key in stored:
            yield _stored(session, stage, times.get(stage.key, 0.0))
        elif stage.key in run:
            yield Told(label=stage.label, kind=stage.kind, key=stage.key, state="runs", why=known.why(stage))
        else:
            yield Told(label=stage.label, kind=stage.kind, key=stage.key, state="not needed")


def _stored(session: Session, stage: Stage, made: float) -> Told:
    from augbench.store.manifest import Unfit

    place = f"{session.store.location}/{stage.kind}/{stage.key}"
    try:
        summary = session.store.manifest(stage.key).summary()
    except (Unfit, KeyError):
        return Told(label=stage.label, kind=stage.kind, key=stage.key, state="damaged")
    reused = Reused(place=place, made=made, seconds=summary.seconds, bytes=summary.bytes)
    return Told(label=stage.label, kind=stage.kind, key=stage.key, state="reused", reused=reused)


def lines(session: Session, trial: PlannedTrial, stages: tuple[Told, ...]) -> Iterator[str]:
    """Say it to a person."""
    from augbench.plan.telling import nearest_words, why_lines

    yield f"{trial.id}: {trial.status}" + (f": {trial.reason}" if trial.reason else "")
    if trial.status == "done":
        yield f"  Its result is in {session.folder.path}, made by just these stages."
    for stage in stages:
        yield ""
        yield f"{stage.label}: {_WORDS[stage.state]}"
        yield f"  key {stage.key}"
        if stage.reused:
            yield f"  {_when(stage.reused)}"
            yield f"  {stage.reused.place}"
        if stage.why:
            yield from why_lines(stage.why, session.registry.called, "  ")
            if stage.why.nearest:
                yield f"  nearest: {nearest_words(stage.why.nearest)}, key {stage.why.nearest.key[:12]}"


_WORDS = {
    "reused": "reused",
    "runs": "runs",
    "damaged": "stored, but its manifest is damaged: a run sets it aside and makes it anew",
    "not needed": "not stored, and not needed: only what is stored would read it",
}


def _when(reused: Reused) -> str:
    made = f"{datetime.fromtimestamp(reused.made):%Y-%m-%d %H:%M} " if reused.made else ""
    return f"made {made}in {seconds(reused.seconds)}, {size(reused.bytes)}"
