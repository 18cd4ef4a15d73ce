"""A cluster of several nodes, all on this machine: nodes are lost, and nothing else is."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from augbench.engine.events import Silent
from augbench.engine.executing import Job, StageOutcome, Workplace
from augbench.engine.executors.cluster import Cluster
from augbench.engine.executors.outpost import fitness
from augbench.engine.executors.ray import Ray
from augbench.engine.session import open_session
from augbench.store.opening import open_store
from augbench.values.worker_errors import NoCluster, NoRoom, NoSuchDevice, UnfitNode
from support import light
from support.left import artefacts, results
from support.runs import MATRIX
from support.works import WORK, stage

pytestmark = pytest.mark.slow
pytest.importorskip("ray")
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
TESTS = Path(__file__).parents[3]
PATH = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


def raylet(node: Any) -> subprocess.Popen:
    return node.all_processes["raylet"][0].process


class Nodes:
    """Three nodes; one that a test takes away comes back for the next."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self.cluster = Cluster(initialize_head=True, head_node_args=NODE)
        self.fill()

    @property
    def engine(self) -> str:
        return f'{{ use = "ray", address = "{self.cluster.address}" }}'

    def fill(self) -> None:
        for node in [node for node in self.cluster.worker_nodes if raylet(node).poll() is not None]:
            self.cluster.remove_node(node)
        while len(self.cluster.worker_nodes) < 2:
            self.cluster.add_node(**NODE)

    def remove(self) -> None:
        self.cluster.remove_node(next(iter(self.cluster.worker_nodes)), allow_graceful=False)

    def kill_raylet(self) -> None:
        raylet(next(iter(self.cluster.worker_nodes))).kill()


@pytest.fixture(scope="module")
def three_nodes() -> Iterator[Nodes]:
    before = dict(os.environ)
    os.environ["LIGHT_STEP"] = "0.2"  # of the toy stages on all nodes: there must be something to interrupt
    nodes = Nodes()
    yield nodes
    nodes.cluster.shutdown()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def nodes(three_nodes) -> Iterator[Nodes]:
    yield three_nodes
    three_nodes.fill()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    light.run(folder, engine="inline")
    return folder


class Saboteur(Silent):
    """Does something once every node has work."""

    def __init__(self, harm: Callable[[], None]) -> None:
        self.harm = harm
        self.done = False
        self.workers: set[str] = set()

    def stage_started(self, stage, worker) -> None:
        self.workers.add(worker.partition(" on ")[0])

    def stage_progress(self, stage, done, total, numbers) -> None:
        if len(self.workers) == 3 and not self.done:
            self.done = True
            self.harm()


@pytest.mark.parametrize("harm", ["nothing", "remove", "kill_raylet"])
def test_a_run_ends_with_the_same_bytes_whatever_becomes_of_nodes(tmp_path, nodes, undisturbed, harm):
    observer = Saboteur(getattr(nodes, harm, lambda: None))
    outcome = light.run(tmp_path, observer, engine=nodes.engine, jobs=3)
    assert (outcome.done, outcome.failed) == (6, 0)
    assert observer.done
    assert artefacts(tmp_path) == artefacts(undisturbed) != {}
    assert results(tmp_path) == results(undisturbed)


def test_nodes_need_no_common_disk_where_the_store_has_an_address(tmp_path, s3, undisturbed, monkeypatch):
    # Nodes know the server by their environment, as this process does: so they are started here.
    monkeypatch.setenv("LIGHT_STEP", "0.01")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mirror"))
    nodes = Nodes()
    try:
        asked = replace(light.asked(tmp_path, engine=nodes.engine, jobs=3), store=s3)
        outcome = open_session(asked).run(Saboteur(nodes.remove))
    finally:
        nodes.cluster.shutdown()
    assert (outcome.done, outcome.failed) == (6, 0)
    assert results(tmp_path) == results(undisturbed)


class Site:
    """The executor by itself."""

    def __init__(self, executor: Ray, where: Path, **workplace: Any) -> None:
        self.store = open_store(where / "store")
        self.begun: list[str] = []
        given = {"store": self.store.location, "devices": ("cpu",), "watch": self, "work": WORK, **workplace}
        self.pool = executor.open(Workplace(**given))

    def started(self, key, worker) -> None:
        self.begun.append(worker)

    def progress(self, key, done, total, numbers) -> None: ...

    def run(self, *stages, meanwhile: Callable[[], None] | None = None) -> list[StageOutcome]:
        begun = len(self.begun) + len(stages)
        for one in stages:
            assert self.pool.room(Job(stages=(one,)))
            self.pool.start(Job(stages=(one,)))
        outcomes: dict[str, StageOutcome] = {}
        until = time.monotonic() + 90
        while len(outcomes) < len(stages) and time.monotonic() < until:
            outcomes |= {outcome.key: outcome for outcome in self.pool.wait(0.2)}
            if meanwhile and len(self.begun) == begun:
                meanwhile()
                meanwhile = None
        return [outcomes[one.key] for one in stages]

    def said(self, one) -> str:
        return (self.store.open(one.key) / "said.txt").read_text()


@pytest.fixture
def site(nodes, tmp_path) -> Iterator[Site]:
    site = Site(Ray(address=nodes.cluster.address), tmp_path)
    yield site
    site.pool.stop()


def test_there_are_as_many_slots_as_cpus(site):
    assert site.pool.slots == 3


def test_a_node_that_goes_takes_one_attempt_of_what_ran_there(site, nodes):
    stages = [stage("times", f"6.{number}") for number in range(3)]
    outcomes = site.run(*stages, meanwhile=nodes.remove)
    assert sorted(outcome.status for outcome in outcomes) == ["done", "done", "failed"]
    [lost] = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert (lost.error_class, lost.failure) == ("WorkerLost", "killed")


def test_what_kills_even_the_actor_costs_one_attempt_and_no_more(site):
    lost, other = site.run(stage("orphan"), stage("times", 1.0))
    assert (lost.status, lost.error_class, lost.failure) == ("failed", "WorkerLost", "killed")
    assert re.match(r"worker \d on \S+ is gone; the stage is tried again", lost.error)
    assert "ray.exceptions" in lost.traceback
    assert other.status == "done"
    assert site.run(stage("write"))[0].status == "done"


def test_a_worker_that_is_lost_while_it_has_nothing_to_do_costs_no_attempt(site):
    asked = stage("host")
    site.run(asked)
    pid = int(site.said(asked))
    os.kill(pid, signal.SIGKILL)
    assert site.run(stage("write"))[0].status == "done"
    assert not list(Path(gettempdir()).glob(f"augbench-outpost-{pid}-*")), "what it left is cleared away"


def test_the_source_of_a_plugin_file_is_sent_along(nodes, tmp_path):
    (tmp_path / "sent_along.py").write_text(PLUGIN)
    site = Site(Ray(address=nodes.cluster.address), tmp_path, plugins=("./sent_along.py",), folder=tmp_path)
    (tmp_path / "sent_along.py").unlink()
    one = stage("import", "sent_along")
    try:
        assert site.run(one)[0].status == "done"
    finally:
        site.pool.stop()
    assert Path(site.said(one)).parent.parent.name.startswith("augbench-outpost-")


PLUGIN = """
from augbench import hookimpl
WORD = __file__
@hookimpl
def register(registry): ...
"""


def test_workers_without_work_give_back_what_they_hold(site, monkeypatch):
    import ray

    monkeypatch.setattr("augbench.engine.executors.ray_pool._IDLE", 0.3)
    site.run(*(stage("times", f"0.2{number}") for number in range(3)))
    until = time.monotonic() + 20
    while ray.available_resources().get("CPU", 0) < 3 and time.monotonic() < until:
        site.pool.wait(0.2)
    assert ray.available_resources()["CPU"] == 3
    assert site.run(stage("write"))[0].status == "done"


def test_halting_does_not_wait_for_what_has_no_place_yet(nodes, tmp_path):
    site = Site(Ray(address=nodes.cluster.address), tmp_path, jobs=9)
    many = [stage("wait", number) for number in range(9)]
    try:
        for one in many:
            site.pool.start(Job(stages=(one,)))
        until = time.monotonic() + 60
        while len(site.begun) < 3 and time.monotonic() < until:
            site.pool.wait(0.1)
        site.pool.halt()
        halted: list[StageOutcome] = []
        while len(halted) < 9 and time.monotonic() < until:
            halted += site.pool.wait(0.5)
    finally:
        site.pool.stop()
    assert {outcome.key for outcome in halted} == {one.key for one in many}
    assert {outcome.status for outcome in halted} == {"halted"}


def test_gpus_of_the_cluster_are_shared_out_as_jobs_say(nodes, tmp_path):
    ray = Ray(address=nodes.cluster.address)
    assert ray.devices("auto") == ray.devices("cpu") == ("cpu",)
    with pytest.raises(NoSuchDevice) as refused:
        ray.devices("cuda")
    assert str(refused.value) == "no device 'cuda' on the Ray cluster, which chooses among its GPUs itself; there is: cpu"
    node = nodes.cluster.add_node(**{**NODE, "num_cpus": 4, "num_gpus": 2})
    try:
        assert ray.devices("auto") == ray.devices("cuda") == ("cuda",)
        with pytest.raises(NoSuchDevice):
            ray.devices("cuda:1")
        site = Site(ray, tmp_path, devices=("cuda",), jobs=2)
        stages = [stage("device", f"2.{number}") for number in range(4)]
        outcomes = site.run(*stages)
        assert site.pool.slots == 4
        assert {outcome.notes["device"] for outcome in outcomes} == {"cuda:0"}
        assert sorted(map(site.said, stages)) == ["0", "0", "1", "1"]
        site.pool.stop()
    finally:
        nodes.cluster.remove_node(node)


def test_a_claim_that_no_node_can_meet_is_told_at_once(nodes, tmp_path):
    with pytest.raises(NoRoom) as refused:
        Site(Ray(address=nodes.cluster.address, resources={"big": 2}), tmp_path)
    assert str(refused.value) == (
        "no node of the Ray cluster has room for a stage, which claims CPU 1, big 2; there is: CPU 1, big 0; "
        "add a node, or claim less. What is finished is kept"
    )


def test_a_run_ends_when_all_that_could_do_it_is_gone(nodes, tmp_path, monkeypatch):
    monkeypatch.setattr("augbench.engine.executors.ray_pool._PATIENCE", 1.0)
    monkeypatch.setattr("augbench.engine.executors.ray_pool._LOOK", 0.2)
    node = nodes.cluster.add_node(**NODE, resources={"rare": 1})
    site = Site(Ray(address=nodes.cluster.address, resources={"rare": 1}), tmp_path)
    try:
        assert site.pool.slots == 1
        site.run(stage("write"))
        nodes.cluster.remove_node(node, allow_graceful=False)
        with pytest.raises(NoRoom):
            run_on(site)
    finally:
        site.pool.stop()


def run_on(site: Site) -> None:
    """Run stages, for processes outlive their node for a moment and do what they are given."""
    for number in range(200):
        site.run(stage("times", f"0.5{number}"))


def test_an_address_where_nothing_answers_is_told():
    with pytest.raises(NoCluster) as refused:
        Ray(address="127.0.0.1:1").devices("cpu")
    assert "no Ray cluster at '127.0.0.1:1': " in str(refused.value)
    assert "start one ('ray start --head'), mend the address" in str(refused.value)


def test_joining_and_leaving_draw_nothing_from_the_global_stream(nodes):
    cluster = Cluster(address=nodes.cluster.address)
    before = random.getstate()
    cluster.join()
    joined = random.getstate()
    cluster.leave()
    assert before == joined == random.getstate()


def test_a_node_that_does_not_see_the_store_is_told_before_anything_runs(nodes, tmp_path, monkeypatch):
    # What a node sees cannot be another thing on one machine; a lease that nobody holds is as good.
    monkeypatch.setattr("augbench.store.leases.Leases.acquire", lambda self, key, reads=(): True)
    with pytest.raises(UnfitNode) as refused:
        Site(Ray(address=nodes.cluster.address), tmp_path)
    assert "no stage can run on node " in str(refused.value)
    assert f"it does not see the store '{tmp_path}/store'; give --store a folder that all nodes share, or a remote address" in str(
        refused.value
    )


def test_a_node_with_other_code_is_told(site, tmp_path):
    orders = site.pool.orders
    assert fitness(orders) == ""
    other = replace(orders, luggage=replace(orders.luggage, version="0.0.7"))
    assert fitness(other).endswith("not 0.0.7; install the same there")
    other = replace(orders, luggage=replace(orders.luggage, code={"json": "0" * 64}))
    assert fitness(other) == "its code of json is missing or another; install the same there"


def test_a_node_that_came_later_and_is_unfit_fails_what_it_gets_as_a_lost_machine_would(site):
    site.pool.orders = replace(site.pool.orders, lease="0" * 64)
    lost, other = site.run(stage("write", 1), stage("write", 2))
    assert {lost.failure, other.failure} == {"killed"}
    assert {lost.error_class, other.error_class} == {"UnfitNode"}
    assert "it does not see the store" in lost.error


def test_bench_run_starts_a_cluster_of_its_own_and_says_nothing_of_it(tmp_path):
    (tmp_path / "dots.toml").write_text(MATRIX)
    where = ["-m", str(tmp_path / "dots.toml"), "--out", str(tmp_path / "run"), "--store", str(tmp_path / "store"), "--device", "cpu"]
    command = [sys.executable, "-m", "augbench", "run", *where, "--engine", "ray", "--only", "dots/plain", "--json"]
    environment = {**os.environ, "PYTHONPATH": PATH}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert ended.returncode == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (events[-1]["event"], events[-1]["done"]) == ("run-finished", 2)
    assert {event["worker"].partition(" on ")[0] for event in events if event["event"] == "stage-started"} <= {"worker 1", "worker 2"}
    assert "ray" not in ended.stderr.lower().replace("--engine ray", "")
