"""One ``bench run``: from a matrix file to a plan, and from the plan to a report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from augbench.config.single import component_from
from augbench.engine.asking import as_asked, default_store, recorded
from augbench.engine.describing import analysis, described
from augbench.engine.driver import Driver
from augbench.engine.events import Audience
from augbench.engine.executing import Executor, Pool, Watch, Workplace
from augbench.engine.forecast import Forecast
from augbench.engine.frontier import Frontier
from augbench.engine.listening import Ear
from augbench.engine.observing import ears, observed
from augbench.engine.recording import Recorder
from augbench.engine.rendering import render
from augbench.engine.request import Request
from augbench.engine.stopping import Stopping
from augbench.matrix import Matrix, check, load_matrix, look, registry_of
from augbench.matrix.smoke import smoke
from augbench.plan.cost import Cost, costs, ranks
from augbench.plan.keys import Key
from augbench.plan.plan import Plan, make_plan
from augbench.plan.summary import Summary
from augbench.registry.asking import by_name
from augbench.registry.collect import Registry
from augbench.registry.digest import code_digest
from augbench.store.analysis import declare
from augbench.store.opening import Store, open_store
from augbench.store.run_folder import RunFolder
from augbench.values.components import Component, components_in
from augbench.values.data import Probe
from augbench.values.numbers import many
from augbench.values.observing import Outcome
from augbench.values.results import Results
from augbench.values.run_errors import UnknownTrial


@dataclass(frozen=True, kw_only=True)
class Session:
    """A planned run."""

    request: Request
    registry: Registry
    matrix: Matrix
    probes: Mapping[str, Probe]
    plan: Plan
    store: Store
    folder: RunFolder
    executor: Executor
    ears: tuple[Ear, ...] = ()
    """Who hears of it: plugins, and the observers that were asked for."""

    @cached_property
    def summaries(self) -> Mapping[Key, Summary]:
        """Return what the store tells of the artefacts that were made last."""
        return self.store.summaries()

    @cached_property
    def costs(self) -> dict[Key, Cost]:
        """Return what each stage will probably take."""
        return costs((planned.stage for planned in self.plan.stages), self.summaries, self.probes.values())

    def run(self, audience: Audience) -> Outcome:
        """Run what is not done, then write the report; on an interruption, what is finished stays."""
        locked = self.folder.locked(smoke=self.request.smoke)
        with locked, observed(audience, self.ears, self.folder, self.registry) as everybody:
            outcome = self._run(everybody)
            everybody.run_finished(outcome)
        return outcome

    def _run(self, audience: Audience) -> Outcome:
        started = time.monotonic()
        keys = {trial.id: trial.stages.key for trial in self.plan.trials if trial.stages}
        if torn := self.folder.journal.torn():
            lines = many(torn, "torn line")
            audience.message(f"skipped {lines} of {self.folder.journal.path}: a run was killed while it wrote")
        driver = self._drive(audience, keys) if self._open() else None
        if driver is None:
            if not self.folder.describes(self._results(""), keys, self._asked()):
                self.folder.begin(self._results(self.request.device), keys, self._asked())
            self._declare()
            audience.run_started(self.plan, 0)
        reports = self._reports() if self.request.report and not self.request.smoke else ()
        statuses = Counter(trial.status for trial in self.plan.trials)
        executed, failed, settled = (driver.executed, driver.failed, driver.settled) if driver else (0, 0, 0)
        return Outcome(
            done=statuses["done"] + settled - failed,
            failed=failed,
            skipped=statuses["skipped"],
            pending=statuses["to run"] - settled,
            stages_run=executed,
            stages_reused=sum(stage.cached for stage in self.plan.stages),
            seconds=time.monotonic() - started,
            reports=reports,
        )

    def _reports(self) -> tuple[Path, ...]:
        formats = self.matrix.report.formats
        return self.folder.rendered(formats) or render(self.folder, self.registry, formats)

    def _open(self) -> bool:
        return any(trial.status == "to run" for trial in self.plan.trials)

    def _drive(self, audience: Audience, keys: Mapping[str, Key]) -> Driver:
        devices = self.executor.devices(self.request.device)
        self.store.check_writable()
        self.folder.begin(self._results(devices[0]), keys, self._asked())
        self._declare()
        stages = tuple(planned.stage for planned in self.plan.stages)
        stopping = Stopping()
        driver = Driver(
            plan=self.plan,
            store=self.store,
            leases=self.store.leases(),
            recorder=Recorder(store=self.store, folder=self.folder),
            open_pool=self._pool(devices),
            audience=audience,
            forecast=Forecast(costs=self.costs),
            frontier=Frontier(ranks=ranks(stages, self.costs), shared={planned.key: planned.shared for planned in self.plan.stages}),
            stopping=stopping,
            policy=self.request.policy,
            only=frozenset(self.request.trials),
        )
        driver.recorder.run_begun(self.request.engine)
        with stopping.listening():
            driver.run()
        return driver

    def _declare(self) -> None:
        """Note how results will be judged, before there are any more of them."""
        declare(self.folder.journal, analysis(self.matrix), [trial.id for trial in self.plan.trials], self.folder.finished())

    def _pool(self, devices: tuple[str, ...]) -> Callable[[Watch], Pool]:
        request = self.request

        def opened(watch: Watch) -> Pool:
            return self.executor.open(
                Workplace(
                    store=self.store.location,
                    devices=devices,
                    watch=watch,
                    jobs=request.jobs,
                    plugins=self.matrix.plugins,
                    folder=request.matrix.parent.resolve(),
                    preload=self._preload(),
                    modules=tuple(dict.fromkeys(type(component).__module__ for component in self._components)),
                    work=request.work,
                    debugger=request.debugger,
                )
            )

        return opened

    def _preload(self) -> tuple[str, ...]:
        """Name the modules that every worker will need, for the server that forks them.

        It outlives a run, so workers import a plugin's code themselves: between two runs of a notebook its author edits it.
        """
        heavy = (name for component in self._components for name in component.preload)
        entries = {kind: self.registry.entry_of(kind) for kind in map(type, self._components)}
        built_in = (kind.__module__ for kind, entry in entries.items() if entry and entry.origin.built_in)
        return tuple(dict.fromkeys([self.request.work.partition(":")[0], *heavy, *built_in]))

    @cached_property
    def _components(self) -> tuple[Component, ...]:
        return tuple(component for settings in self.matrix.cells.values() for component in components_in(settings))

    def _results(self, device: str) -> Results:
        about = self.matrix, self.probes, self.plan, self.registry
        return described(*about, out=self.folder.path, device=device, smoke=self.request.smoke)

    def _asked(self) -> dict[str, Any]:
        return as_asked(self.request, self.matrix.snapshot)


def open_session(request: Request) -> Session:
    """Read, check and plan; nothing is trained and nothing is written.

    Raise ``ConfigError`` with everything that is wrong in the matrix, ``DataError`` for unusable data.
    """
    registry = registry_of(request.matrix, request.disabled, request.snapshot)
    registry.recorded |= recorded(RunFolder(path=request.before or request.folder))
    with by_name(registry):
        return _planned(request, registry)


def _planned(request: Request, registry: Registry) -> Session:
    matrix = load_matrix(request.matrix, registry, sets=request.sets, only=request.only, skip=request.skip, snapshot=request.snapshot)
    if used := tuple(column for column in matrix.columns if any(column.name == name for _, name in matrix.cells)):
        # Data that nobody wants now need not be on this machine.
        matrix = replace(matrix, columns=used)
    probes = look(matrix, moved=request.snapshot is not None)
    check(matrix, probes)
    location = str(request.store or default_store())
    if request.smoke:
        matrix = smoke(matrix, probes)
        probes = look(matrix)
        location = f"{location.rstrip('/')}/smoke"
    executor = component_from(request.engine, "executor", "engine", registry)
    assert isinstance(executor, Executor)
    store = open_store(location)
    folder = RunFolder(path=request.folder)
    plan = make_plan(
        matrix, probes, code=cache(code_digest), name_of=cache(registry.name_of), store=store.keys(), finished=folder.finished()
    )
    known = {trial.id for trial in plan.trials}
    for unknown in (name for name in request.trials if name not in known):
        raise UnknownTrial(unknown, sorted(known))
    return Session(
        request=request,
        registry=registry,
        matrix=matrix,
        probes=probes,
        plan=plan,
        store=store,
        folder=folder,
        executor=executor,
        ears=ears(request.observers, registry),
    )
