"""The laws of every executor: in this process, in workers beside it, on a cluster."""

import ast
import inspect
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pytest

from augbench import Generator
from augbench.engine.executing import Executor, Job, StageOutcome, Workplace
from augbench.engine.executors.inline import Inline
from augbench.engine.executors.local import Local
from augbench.plan.tasks import Stage
from augbench.registry.digest import code_digest
from augbench.store.opening import open_store
from augbench.values.components import class_address
from support import works
from support.left import artefacts
from support.runs import MATRIX, run
from support.works import WORK, stage

GRACE = 0.3
SLACK = 6.0
"""Seconds that a busy machine may take for what should take none."""
INLINE, RAY = "inline", pytest.param("ray", marks=pytest.mark.slow)
LOCAL = tuple(pytest.param(name, marks=pytest.mark.slow) for name in ("local, one job", "local, two jobs"))


@dataclass
class Place:
    """An executor at work, and all that it tells."""

    executor: Executor
    folder: Path
    workplace: dict[str, object] = field(default_factory=dict)
    started_by: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, int, int, dict[str, float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = open_store(self.folder / "store")
        self.open()

    def open(self) -> None:
        given = {"store": self.store.location, "devices": ("cpu",), "watch": self, "work": WORK, **self.workplace}
        self.pool = self.executor.open(Workplace(**given))

    def started(self, key, worker):
        self.started_by[key] = worker

    def progress(self, key, done, total, numbers):
        self.told.append((key, done, total, numbers))

    def job(self, *stages: Stage, timeout: float | None = None) -> Job:
        return Job(stages=stages, timeout=timeout, logs={one.key: self.log(one) for one in stages})

    def log(self, one: Stage) -> Path:
        return self.folder / "logs" / f"{one.key[:8]}.log"

    def run(self, *stages: Stage, timeout: float | None = None) -> list[StageOutcome]:
        """Run stages, as many at a time as there is room for, and return their outcomes in their order."""
        outcomes: dict[str, StageOutcome] = {}
        waiting = list(stages)
        until = time.monotonic() + 60
        while len(outcomes) < len(stages):
            assert time.monotonic() < until, "a stage has no outcome"
            while waiting and self.pool.room(self.job(waiting[0])):
                self.pool.start(self.job(waiting.pop(0), timeout=timeout))
            self.take(outcomes)
        self.take(outcomes, 0.0)
        return [outcomes[one.key] for one in stages]

    def take(self, outcomes: dict[str, StageOutcome], seconds: float = 0.5) -> None:
        for outcome in self.pool.wait(seconds):
            assert outcome.key not in outcomes, "a stage has two outcomes"
            outcomes[outcome.key] = outcome

    def said(self, one: Stage) -> str:
        return (self.store.open(one.key) / "said.txt").read_text()


@pytest.fixture(scope="module")
def one_cluster() -> Iterator[None]:
    """Start Ray once for all: an executor takes what its process has joined, and leaves it there."""
    pytest.importorskip("ray")
    from augbench.engine.executors.cluster import Cluster

    cluster = Cluster(address="local")
    cluster.join()
    yield
    cluster.leave()


def executor(name: str, request: pytest.FixtureRequest) -> Executor:
    if name == "ray":
        request.getfixturevalue("one_cluster")
        from augbench.engine.executors.ray import Ray

        return Ray(grace=GRACE)
    return Inline() if name == INLINE else Local(jobs=1 if "one" in name else 2, grace=GRACE)


@pytest.fixture(params=[INLINE, *LOCAL, RAY])
def place(request, tmp_path) -> Iterator[Place]:
    """Return each executor in turn."""
    opened = Place(executor(request.param, request), tmp_path)
    yield opened
    opened.pool.stop()


@pytest.fixture(params=[*LOCAL, RAY])
def workers(request, tmp_path) -> Iterator[Place]:
    """Return each executor whose stages have processes of their own."""
    opened = Place(executor(request.param, request), tmp_path)
    yield opened
    opened.pool.stop()


def test_every_stage_has_one_outcome_and_what_is_done_has_an_artefact(place):
    fine = [stage("write", number) for number in range(8)]
    wrong = [stage("raise", "value"), stage("exit", 3)]
    outcomes = place.run(*fine[:4], *wrong, *fine[4:])
    assert [outcome.status for outcome in outcomes] == ["done"] * 4 + ["failed"] * 2 + ["done"] * 4
    assert [place.said(one) for one in fine] == list("01234567")
    assert [place.started_by[outcome.key] for outcome in outcomes] == [outcome.worker for outcome in outcomes]


@pytest.mark.parametrize(
    ("by", "name", "failure", "says"),
    [
        ("value", "ValueError", "error", "ValueError: no such luck"),
        ("memory", "MemoryError", "memory", "MemoryError: too large"),
        ("diverged", "Diverged", "diverged", "the toy diverged: its loss is not a number by step 7; play less"),
        ("full", "OSError", "disk", "OSError: [Errno 28] No space left on device"),
        ("group", "ExceptionGroup", "error", "ExceptionGroup: several (2 sub-exceptions)"),
        ("odd", "Odd", "error", "Odd: neither error nor exit"),
        ("mute", "Mute", "error", "Mute: its message cannot be read"),
        ("novel", "ValueError", "error", f"ValueError: {'chapter ' * 125} ... (6,999 more characters)"),
    ],
)
def test_an_exception_is_an_outcome_with_its_class_kind_and_traceback(place, by, name, failure, says):
    [outcome] = place.run(stage("raise", by))
    said, _, where = outcome.error.partition(" (/")
    assert (outcome.status, outcome.error_class, outcome.failure, said) == ("failed", name, failure, says)
    # Of an error in somebody's code the line is told, too.
    assert ("support/works.py:" in where) == (failure == "error")
    assert "works.py" in outcome.traceback
    assert "_raise" in outcome.traceback


def test_in_a_worker_an_interrupt_is_a_plugin_s_own(workers):
    before, raised, after = workers.run(stage("write", 1), stage("raise", "interrupt"), stage("write", 2))
    assert (before.status, raised.error_class, after.status) == ("done", "KeyboardInterrupt", "done")
    assert raised.error.startswith("KeyboardInterrupt: not by anybody (")


def test_a_stage_whose_code_is_another_than_its_key_s_is_refused(place):
    one = stage("write", "a")
    name = class_address(type(one.task.generator))
    codes = {"same": code_digest(type(one.task.generator)), "other": "0" * 64}
    planned = {which: replace(one, key=which, settings=json.dumps({"component": name, "code": code})) for which, code in codes.items()}
    same, other = place.run(planned["same"], planned["other"])
    assert same.status == "done"
    assert (other.status, other.error_class, other.failure) == ("failed", "ChangedCode", "error")
    assert other.error == f"the code of '{name}' has changed since the run was planned; run it again: the new code has other keys"


def test_an_exit_ends_a_stage_and_nothing_else(place):
    silent, loud = stage("exit"), stage("exit", "enough")
    outcomes = place.run(silent, loud, stage("write", "after"))
    assert [outcome.error_class for outcome in outcomes] == ["SystemExit", "SystemExit", ""]
    assert outcomes[1].error.startswith("SystemExit: enough (")


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (stage("kill"), "was killed (SIGKILL)"),
        (stage("crash"), "was killed by signal 11"),
        (stage("leave", 7), "ended with exit code 7"),
        (stage("leave", 0), "ended with exit code 0"),
    ],
    ids=lambda value: value.label if isinstance(value, Stage) else "",
)
def test_a_stage_that_ends_its_process_costs_one_outcome(workers, one, says):
    before, lost, after = workers.run(stage("write", 1), one, stage("write", 2))
    assert (before.status, after.status) == ("done", "done")
    assert (lost.status, lost.error_class, lost.failure) == ("failed", "WorkerLost", "killed")
    assert says in lost.error


def test_what_a_job_has_done_before_it_dies_is_kept_and_the_rest_is_lost(workers):
    stages = [stage("write", 1), stage("kill"), stage("write", 2)]
    workers.pool.start(workers.job(*stages))
    outcomes: dict[str, StageOutcome] = {}
    until = time.monotonic() + 60
    while len(outcomes) < 3 and time.monotonic() < until:
        workers.take(outcomes)
    assert [(outcomes[one.key].status, outcomes[one.key].failure) for one in stages] == [
        ("done", ""),
        ("failed", "killed"),
        ("failed", "killed"),
    ]


def _line(late: StageOutcome, one: Stage) -> int | None:
    """Return the line of its own code at which a stage was, if that was told."""
    told = re.fullmatch(r"it took longer than the 0\.3 s that a stage may take( \(.+/support/works\.py:(\d+)\))?; raise .*", late.error)
    assert told, late.error
    if told[2] is None:
        return None
    lines, first = inspect.getsourcelines(works.DOINGS[one.label.strip()])
    # On another machine the file lies elsewhere.
    assert first < int(told[2]) < first + len(lines)
    return int(told[2])


@pytest.mark.slow
@pytest.mark.parametrize("one", [stage("spin"), stage("sleep")], ids=lambda one: one.label)
def test_a_worker_that_has_the_time_says_where_it_is(tmp_path, one):
    place = Place(Local(jobs=1, grace=3.0), tmp_path)
    [late] = place.run(one, timeout=0.3)
    place.pool.stop()
    assert _line(late, one) is not None


@pytest.mark.parametrize("one", [stage("spin"), stage("sleep")], ids=lambda one: one.label)
def test_a_stage_that_takes_too_long_is_ended(place, one):
    began = time.monotonic()
    late, after = place.run(one, stage("write"), timeout=0.3)
    assert (late.status, late.error_class, late.failure) == ("failed", "TooSlow", "timeout")
    # A worker of a busy machine may not come to say where it is before it is ended.
    assert _line(late, one) is not None or place.executor != Inline()
    assert time.monotonic() - began < 0.3 + GRACE + SLACK
    assert after.status == "done"


def test_even_one_that_never_leaves_c(workers):
    began = time.monotonic()
    [late] = workers.run(stage("hold"), timeout=0.3)
    assert (late.error_class, late.failure) == ("TooSlow", "timeout")
    assert time.monotonic() - began < 0.3 + GRACE + SLACK


def test_a_stage_whose_time_is_up_may_keep_its_state(workers):
    one = stage("wait")
    [late] = workers.run(one, timeout=0.3)
    assert (late.error_class, late.failure) == ("TooSlow", "timeout")
    assert workers.store.kept(one.key) is not None


def test_a_halted_stage_keeps_its_state_and_goes_on_from_it(workers):
    one = stage("wait")
    workers.pool.start(workers.job(one))
    until = time.monotonic() + 30
    while not workers.told and time.monotonic() < until:
        assert not workers.pool.wait(0.1)
    workers.pool.halt()
    outcomes: dict[str, StageOutcome] = {}
    while not outcomes and time.monotonic() < until:
        workers.take(outcomes)
    assert outcomes[one.key].status == "halted"
    count = (workers.store.kept(one.key) / "count").read_text()
    assert int(count) > 0
    workers.pool.stop()
    workers.open()
    assert workers.run(one)[0].status == "done"
    assert workers.said(one) == count


def test_a_stage_that_is_halted_before_it_begins_does_not_run_to_its_end(place):
    one = stage("wait")
    place.pool.start(place.job(one))
    place.pool.halt()
    outcomes: dict[str, StageOutcome] = {}
    until = time.monotonic() + 30
    while not outcomes and time.monotonic() < until:
        place.take(outcomes)
    assert outcomes[one.key].status == "halted"


def test_what_keeps_no_state_runs_to_its_end(workers):
    one = stage("times", 0.5)
    workers.pool.start(workers.job(one))
    until = time.monotonic() + 30
    while one.key not in workers.started_by and time.monotonic() < until:
        workers.pool.wait(0.05)
    workers.pool.halt()
    outcomes: dict[str, StageOutcome] = {}
    while not outcomes and time.monotonic() < until:
        workers.take(outcomes)
    assert outcomes[one.key].status == "done"


def test_stopping_leaves_no_process_behind(workers):
    # What a worker is at does not matter: nor does that it would never hear of it.
    asked = stage("pid")
    workers.run(asked)
    pid = int(workers.said(asked))
    assert psutil.pid_exists(pid)
    workers.pool.start(workers.job(stage("hold")))
    workers.pool.wait(0.2)
    workers.pool.stop()
    workers.pool.stop()
    until = time.monotonic() + SLACK
    while psutil.pid_exists(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)


def test_progress_comes_in_order_and_its_last_always(place):
    one = stage("count", 400)
    place.run(one)
    numbers = [done for _, done, _, _ in place.told]
    assert len(numbers) > 1
    assert numbers == sorted(set(numbers))
    assert place.told[-1] == (one.key, 400, 401, {"half": 200.0})


def test_all_that_a_stage_prints_is_in_its_log_and_nothing_else_is(workers):
    one, silent = stage("print", "x"), stage("write")
    workers.run(one, silent)
    lines = workers.log(one).read_text().splitlines()
    assert sorted(lines) == sorted(["from Python x", "an error", "below Python", "an error below", "a child"])
    assert not workers.log(silent).exists()


def test_what_a_stage_printed_before_it_crashed_is_in_its_log(workers):
    one = stage("crash")
    workers.run(one)
    assert "Segmentation fault" in workers.log(one).read_text()


def test_a_component_that_cannot_be_sent_is_an_outcome(workers):
    class Hidden(Generator):
        def fit(self, view, rng, progress, resume=None): ...

        def sample(self, fitted, view, count, rng): ...

    lost, after = workers.run(stage("hidden", generator=Hidden()), stage("write"))
    assert (lost.status, lost.failure) == ("failed", "error")
    assert "Hidden" in lost.error
    assert after.status == "done"


def test_a_component_that_cannot_be_unpacked_is_an_outcome(workers):
    lost, after = workers.run(stage("parcel", generator=Elsewhere()), stage("write"))
    assert (lost.status, lost.error_class, lost.failure) == ("failed", "ModuleNotFoundError", "error")
    assert after.status == "done"


class Elsewhere(Generator):
    """Is nowhere to be found."""

    def fit(self, view, rng, progress, resume=None): ...

    def sample(self, fitted, view, count, rng): ...

    def __reduce__(self):
        return __import__, ("no_such_module",)


PLUGIN = """
from augbench import hookimpl
WORD = "plugged in"
@hookimpl
def register(registry): ...
"""


@pytest.mark.parametrize("executor_name", [*LOCAL, RAY])
def test_a_plugin_file_that_the_matrix_names_is_there_under_its_name(executor_name, request, tmp_path):
    (tmp_path / "word_for_workers.py").write_text(PLUGIN)
    given = {"plugins": ("./word_for_workers.py",), "folder": tmp_path}
    place = Place(executor(executor_name, request), tmp_path, given)
    one = stage("import", "word_for_workers")
    try:
        assert place.run(one)[0].status == "done"
        assert place.said(one) == "plugged in"
    finally:
        place.pool.stop()


@pytest.mark.parametrize("executor_name", ["local, two jobs", RAY])
def test_a_plugin_that_does_not_load_there_is_an_outcome(executor_name, request, tmp_path):
    (tmp_path / "sour_for_workers.py").write_text("1 / 0\n")
    given = {"plugins": ("./sour_for_workers.py",), "folder": tmp_path}
    place = Place(executor(executor_name, request), tmp_path, given)
    try:
        [outcome] = place.run(stage("write"))
    finally:
        place.pool.stop()
    assert (outcome.status, outcome.error_class, outcome.failure) == ("failed", "BrokenComponent", "error")


def test_a_stage_wider_than_the_executor_runs_alone(place):
    wide, narrow = stage("times", 0.2, threads=5), stage("times", 0.3)
    assert place.pool.room(place.job(wide))
    place.pool.start(place.job(wide))
    assert not place.pool.room(place.job(narrow))
    outcomes: dict[str, StageOutcome] = {}
    until = time.monotonic() + 30
    while not outcomes and time.monotonic() < until:
        place.take(outcomes)
    place.pool.start(place.job(narrow))
    assert not place.pool.room(place.job(wide))
    while len(outcomes) < 2 and time.monotonic() < until:
        place.take(outcomes)
    assert [outcomes[one.key].status for one in (wide, narrow)] == ["done", "done"]


def test_as_many_run_side_by_side_as_it_says(workers):
    stages = [stage("times", f"0.8{number}") for number in range(workers.pool.slots)]
    workers.run(*[stage("write", number) for number in range(workers.pool.slots)])
    for one in stages:
        assert workers.pool.room(workers.job(one))
        workers.pool.start(workers.job(one))
    assert not workers.pool.room(workers.job(stage("write", "one more")))
    outcomes: dict[str, StageOutcome] = {}
    until = time.monotonic() + 30
    while len(outcomes) < len(stages) and time.monotonic() < until:
        workers.take(outcomes)
    times = [ast.literal_eval(workers.said(one)) for one in stages]
    assert max(begin for begin, _ in times) < min(end for _, end in times)


SMALL = MATRIX.replace("steps = 70", "steps = 12").replace("seed = [0, 1]", "seed = [0]")


@pytest.mark.parametrize("executor_name", [pytest.param("local", id="local"), RAY])
@pytest.mark.slow
def test_results_are_the_same_bytes_wherever_they_were_made(executor_name, request, tmp_path):
    if executor_name == "ray":
        request.getfixturevalue("one_cluster")
    for engine in (INLINE, executor_name):
        outcome, _ = run(tmp_path, SMALL, out=engine, store=f"{engine}-store", engine=engine, jobs=2, only=("ours", "plain"))
        assert (outcome.done, outcome.failed) == (2, 0)
    assert artefacts(tmp_path, "inline-store") == artefacts(tmp_path, f"{executor_name}-store") != {}
