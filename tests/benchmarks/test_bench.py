"""What ``bench plugins bench`` says is what a bare loop takes."""

from __future__ import annotations

import time
from statistics import median

import pytest
import torch

from augbench.engine.benching import bench_all
from augbench.engine.clocks import watch_for
from augbench.engine.noise import Bench
from augbench.engine.trying import Subject
from augbench.engine.workloads import workload
from augbench.registry.discovery import discover

pytestmark = pytest.mark.slow
TRIES = 4


@pytest.mark.parametrize("name", ["mixup", "noise"])
def test_images_a_second_are_those_of_a_bare_loop(name, capsys):
    component = discover().resolve("augmenter", name).component()
    stand, subject = Bench(device=torch.device("cpu"), limit=60), Subject(name=name, component=component)
    watch, _ = watch_for(stand.device, 1)
    for _ in range(TRIES):
        (speed,) = bench_all([subject], stand, 0.5, 1, watch, lambda done, total: None)
        found, bare = speed.rates[1].per_second.median, bare_loop(subject, stand)
        if abs(found / bare - 1) < 0.2:
            break
    with capsys.disabled():
        print(f"\n{name}: {found:,.0f} images/s measured, {bare:,.0f} in a bare loop")
    assert found == pytest.approx(bare, rel=0.2)


def bare_loop(subject: Subject, stand: Bench) -> float:
    """Return images a second of CPU time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    apply = workload(subject, stand, stand.material())[1].call
    taken = []
    for _ in range(20):
        started = time.process_time()
        for _ in range(20):
            apply()
        taken.append((time.process_time() - started) / 20)
    torch.set_num_threads(before)
    return stand.batch / median(taken)
