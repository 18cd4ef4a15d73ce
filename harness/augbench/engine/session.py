"""One ``bench run``: from a matrix file to a plan, and from the plan to a report."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from augbench.engine.devices import choose_device
from augbench.engine.driver import Driver
from augbench.engine.events import Observer
from augbench.engine.executors import InlineExecutor
from augbench.engine.provenance import provenance
from augbench.engine.recording import Recorder, planned_result
from augbench.matrix import Matrix, check, load_matrix, look, minority, plugins_of
from augbench.plan.plan import Plan, make_plan
from augbench.registry.collect import Registry
from augbench.registry.digest import code_digest
from augbench.registry.discovery import discover
from augbench.registry.local import load_local
from augbench.store.artefacts import Store
from augbench.store.run_folder import RunFolder
from augbench.values.data import Probe
from augbench.values.results import ColumnFacts, Results
from augbench.values.settings import Column

if TYPE_CHECKING:
    from augbench.values.comparing import Comparison, Report


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person asked for on the command line."""

    matrix: Path
    out: Path | None = None
    store: Path | None = None
    sets: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    device: str = "auto"
    disabled: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run came to."""

    done: int
    failed: int
    skipped: int
    stages_run: int
    stages_reused: int
    seconds: float
    reports: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class Session:
    """A planned run."""

    registry: Registry
    matrix: Matrix
    probes: Mapping[str, Probe]
    plan: Plan
    store: Store
    folder: RunFolder
    device: str

    def run(self, observer: Observer) -> Outcome:
        """Run what is not done, then write the report; on an interruption, what is finished stays."""
        started = time.monotonic()
        device = choose_device(self.device)
        self.store.check_writable()
        keys = {trial.id: trial.stages.key for trial in self.plan.trials if trial.stages}
        self.folder.begin(self._planned(str(device)), keys)
        observer.run_started(self.plan)
        if torn := self.folder.journal.read()[1]:
            observer.message(
                f"skipped {torn} torn line{'s' if torn > 1 else ''} of {self.folder.journal.path}: a run was killed while it wrote"
            )
        driver = Driver(
            plan=self.plan,
            store=self.store,
            recorder=Recorder(store=self.store, folder=self.folder),
            executor=InlineExecutor(store=self.store, device=device, observer=observer),
            observer=observer,
        )
        driver.run()
        statuses = [trial.status for trial in self.plan.trials]
        return Outcome(
            done=len(statuses) - statuses.count("skipped") - driver.failed,
            failed=driver.failed,
            skipped=statuses.count("skipped"),
            stages_run=driver.executed,
            stages_reused=sum(stage.cached for stage in self.plan.stages),
            seconds=time.monotonic() - started,
            reports=render(self.folder, self.registry, self.matrix.report.formats),
        )

    def _planned(self, device: str) -> Results:
        """Describe the run before anything has run."""
        return Results(
            title=self.matrix.title,
            report=self.matrix.report,
            rows=self.matrix.rows,
            columns=tuple(self._facts(column) for column in self.matrix.columns),
            seeds=self.matrix.seeds,
            trials=tuple(planned_result(trial) for trial in self.plan.trials),
            scopes=self._scopes(),
            matrix=self.matrix.text,
            provenance=provenance(self.registry, self.matrix.path, self.folder.path, device),
        )

    def _facts(self, column: Column) -> ColumnFacts:
        probe, card = self.probes[column.name], column.dataset.card()
        return ColumnFacts(
            name=column.name,
            label=column.label,
            classes=probe.classes,
            counts=probe.counts,
            minority=minority(column, probe),
            folds=column.folds,
            digest=probe.digest,
            licence=card.licence,
            source=card.source,
        )

    def _scopes(self) -> dict[str, str]:
        """Return the generator scope of each row that uses one."""
        return {row: settings.fit.scope for (row, _), settings in self.matrix.cells.items() if settings.reads_banks()}


def open_session(request: Request) -> Session:
    """Read, check and plan; nothing is trained and nothing is written.

    Raise ``ConfigError`` with everything that is wrong in the matrix, ``DataError`` for unusable data.
    """
    registry = discover(request.disabled)
    load_local(registry, plugins_of(request.matrix), request.matrix.parent)
    matrix = load_matrix(request.matrix, registry, sets=request.sets, only=request.only, skip=request.skip)
    probes = look(matrix)
    check(matrix, probes)
    store = Store(root=request.store or default_store())
    folder = RunFolder(path=request.out or Path("runs") / request.matrix.stem)
    plan = make_plan(matrix, probes, code=cache(code_digest), name_of=registry.name_of, store=store, finished=folder.finished())
    return Session(registry=registry, matrix=matrix, probes=probes, plan=plan, store=store, folder=folder, device=request.device)


def default_store() -> Path:
    """Return ``AUGBENCH_STORE``, or the user's cache folder."""
    if path := os.environ.get("AUGBENCH_STORE"):
        return Path(path)
    from platformdirs import user_cache_path

    return user_cache_path("augbench") / "store"


def write_reports(run: Path, formats: tuple[str, ...] | None = None) -> tuple[Path, ...]:
    """Write the report of a run folder, finished or not.  Raise ``MissingFile`` where there is none."""
    folder = RunFolder(path=run)
    return render(folder, discover(), formats)


def render(folder: RunFolder, registry: Registry, formats: tuple[str, ...] | None = None) -> tuple[Path, ...]:
    """Compare a run's results and render them in each format."""
    from augbench.comparison import compare

    results = folder.results()
    comparison: Comparison = compare(results)
    written: list[Path] = []
    for name in formats or results.report.formats:
        report = cast("type[Report]", registry.resolve("report", name).component)
        written += report().render(comparison, folder.path)
    return tuple(written)
