"""What a worker of a cluster claims of its node, and what is said where there is no cluster."""

import socket

import pytest

from augbench.engine.executors.cluster import Claim, Cluster
from augbench.values.worker_errors import NoCluster, NoRoom, UnfitNode

CPU = Claim(share=0.0, resources={})


@pytest.mark.parametrize(
    ("claim", "node", "workers"),
    [
        (CPU, {"CPU": 4.0}, 4),
        (CPU, {"CPU": 0.0, "GPU": 8.0}, 0),
        (CPU, {}, 0),
        (Claim(share=1 / 3, resources={}), {"CPU": 16.0, "GPU": 1.0}, 3),
        (Claim(share=1 / 7, resources={}), {"CPU": 64.0, "GPU": 8.0}, 56),
        (Claim(share=0.5, resources={}), {"CPU": 3.0, "GPU": 4.0}, 3),
        (Claim(share=1.0, resources={}), {"CPU": 16.0}, 0),
        (Claim(share=0.0, resources={"big": 0.5}), {"CPU": 16.0, "big": 2.0}, 4),
        (Claim(share=0.0, resources={"big": 0.5}), {"CPU": 16.0}, 0),
    ],
)
def test_as_many_workers_fit_on_a_node_as_its_scarcest_resource_allows(claim, node, workers):
    assert claim.workers(node) == workers


def test_a_stage_of_several_threads_claims_as_many_cpus():
    assert CPU.of(3) == {"CPU": 3}
    assert CPU.workers({"CPU": 8.0}, threads=3) == 2


def test_an_address_where_nobody_listens_is_told_at_once():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        for address in (f"127.0.0.1:{nobody.getsockname()[1]}", f"ray://127.0.0.1:{nobody.getsockname()[1]}"):
            pytest.importorskip("ray")
            with pytest.raises(NoCluster) as refused:
                Cluster(address=address).join()
            assert str(refused.value) == (
                f"no Ray cluster at '{address}': ConnectionRefusedError: [Errno 111] Connection refused; "
                "start one ('ray start --head'), mend the address, or leave it out for a cluster of this machine alone; "
                "one that asks for a token needs RAY_AUTH_MODE=token"
            )


def test_what_is_claimed_and_what_there_is_are_told():
    nodes = [{"CPU": 1.0, "memory": 1e9}, {"CPU": 1.0, "memory": 2e9}, {"CPU": 8.0, "GPU": 2.0}]
    assert str(NoRoom({"CPU": 1, "GPU": 0.5, "big": 1}, nodes)) == (
        "no node of the Ray cluster has room for a stage, which claims CPU 1, GPU 0.5, big 1; "
        "there is: CPU 1, GPU 0, big 0; CPU 8, GPU 2, big 0; add a node, or claim less. What is finished is kept"
    )
    assert "there is: no node; add a node" in str(NoRoom({"CPU": 1}, []))


def test_an_unfit_node_is_told_with_the_reason():
    assert str(UnfitNode("node 10.0.0.5", "it is on fire")) == "no stage can run on node 10.0.0.5: it is on fire"
