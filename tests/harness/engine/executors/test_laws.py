"""Executors keep the laws of their kind, by which a plugin's are judged; ``test_conformance`` asks more of our own."""

from collections.abc import Iterator

import pytest

from augbench.engine.executors.inline import Inline
from augbench.engine.executors.local import Local
from augbench.engine.executors.ray import Ray
from augbench.testing import conformance


@conformance(Inline(), house=False)
def test_laws_of_executors(component, check):
    check(component)


@pytest.mark.slow
@conformance(Local(jobs=2), house=False)
def test_laws_of_local_workers(component, check):
    check(component)


@pytest.fixture(scope="module")
def one_cluster() -> Iterator[None]:
    """Start Ray once for all: an executor takes what its process has joined, and leaves it there."""
    pytest.importorskip("ray")
    from augbench.engine.executors.cluster import Cluster

    cluster = Cluster(address="local")
    cluster.join()
    yield
    cluster.leave()


# Half a minute of starting workers, for what ``test_conformance`` asks of them anyway.
@pytest.mark.long
@conformance(Ray(), house=False)
@pytest.mark.usefixtures("one_cluster")
def test_laws_of_a_cluster(component, check):
    check(component)
