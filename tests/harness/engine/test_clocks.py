"""A device's own clock is read, and the host waits for it outside the time that is measured."""

from __future__ import annotations

import time

import pytest
import torch

from augbench.engine.clocks import CudaWatch, watch_for
from augbench.engine.rounds import HostWatch


def test_one_thread_is_measured_by_what_it_computes_and_several_by_the_time_that_passes():
    one, words = watch_for(torch.device("cpu"), 1)
    many, others = watch_for(torch.device("cpu"), 4)
    assert one.seconds(lambda: time.sleep(0.05), 1) < 0.04 < many.seconds(lambda: time.sleep(0.05), 1)
    assert words.startswith("CPU time")
    assert others == "the time that passes"
    assert isinstance(watch_for(torch.device("mps"), 1)[0], HostWatch)


def test_a_gpu_is_waited_for_before_and_after_and_not_between(monkeypatch):
    log: list[str] = []

    class Event:
        def __init__(self, enable_timing: bool) -> None:
            assert enable_timing

        def record(self, stream: str) -> None:
            log.append(f"record on {stream}")

        def elapsed_time(self, other: Event) -> float:
            return 1500.0

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: "the stream")
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: log.append("wait"))
    watch, words = watch_for(torch.device("cuda", 0), 1)
    assert watch.seconds(lambda: log.append("call"), 3) == 1.5
    assert log == ["wait", "record on the stream", "call", "call", "call", "record on the stream", "wait"]
    assert words == "the GPU's own time"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_takes_longer_for_more():
    device = torch.device("cuda")
    small, large = (torch.rand(side, side, device=device) for side in (512, 4096))
    watch = CudaWatch(device=device)
    for matrix in (small, large):
        watch.seconds(lambda matrix=matrix: matrix @ matrix, 3)
    assert watch.seconds(lambda: large @ large, 10) > 5 * watch.seconds(lambda: small @ small, 10)
