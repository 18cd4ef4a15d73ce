"""What a stage costs is what independent measurements say; what cannot be measured is absent."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import count

import pytest
import torch

from augbench.plan.tasks import FitTask, Resample, Stage
from augbench.stages import costs
from augbench.stages.costs import Pace, added, host_memory, measured
from augbench.stages.run import execute
from augbench.values.settings import Length
from augbench.values.synthesis import Fit, Fitted
from support.toys import MeanNoise, settings
from support.trainings import CPU, PREPARE, STEPS, TRAINING, halted, silent, stage, store_at


def busy(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_seconds_are_those_of_the_clock_and_of_the_processor():
    with measured(CPU) as spent:
        time.sleep(0.3)
        busy(0.2)
    told = spent()
    assert told["cpu-seconds"] == pytest.approx(0.2, abs=0.1)
    assert told["seconds"] >= 0.5
    assert set(told) == {"seconds", "cpu-seconds", "peak-memory-mb"}


def test_threads_and_children_count():
    with measured(CPU) as spent:
        thread = threading.Thread(target=busy, args=(0.2,))
        thread.start()
        thread.join()
        subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"], check=True)
    assert spent()["cpu-seconds"] == pytest.approx(0.7, abs=0.15)


def test_costs_can_be_asked_for_on_the_way():
    with measured(CPU) as spent:
        first = spent()["seconds"]
        time.sleep(0.05)
        assert spent()["seconds"] >= first + 0.05


PEAKS = """
import numpy as np, torch
from augbench.stages.costs import measured
for megabytes in (1, 300, 1):
    with measured(torch.device("cpu")) as spent:
        np.ones(megabytes * 2**17)
    print(spent()["peak-memory-mb"])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts peaks anew")
def test_a_peak_is_that_of_its_own_stage():
    # In a process of its own: what others have allocated may be given back at any time.
    done = subprocess.run([sys.executable, "-c", PEAKS], check=True, capture_output=True, text=True)
    small, large, again = map(float, done.stdout.split())
    assert large - small == pytest.approx(299, abs=50)
    assert abs(again - small) < 50


def test_where_the_kernel_does_not_count_anew_the_peak_is_that_of_the_process(tmp_path):
    resource = pytest.importorskip("resource")
    unit = 1 if sys.platform == "darwin" else 1024
    expected = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    (tmp_path / "clear_refs").mkdir()
    assert host_memory(tmp_path)()["peak-memory-mb"] == pytest.approx(expected, abs=5)
    (tmp_path / "clear_refs").rmdir()
    (tmp_path / "status").write_text("Name: python\n")
    assert host_memory(tmp_path)()["peak-memory-mb"] == pytest.approx(expected, abs=5)


def test_the_high_water_mark_is_read_in_kilobytes(tmp_path):
    (tmp_path / "status").write_text("Name:\tpython\nVmPeak:\t  9999 kB\nVmHWM:\t  524288 kB\n")
    assert host_memory(tmp_path)() == {"peak-memory-mb": 512.0}
    assert (tmp_path / "clear_refs").read_text() == "5"


def test_parts_of_a_stage_are_added_and_what_one_does_not_know_is_left_out():
    first = {"seconds": 1.5, "cpu-seconds": 1.0, "peak-memory-mb": 700.0, "energy-joules": 5.0, "energy-source": "rapl"}
    second = {"seconds": 2.0, "cpu-seconds": 2.5, "peak-memory-mb": 500.0, "gpu-seconds": 1.0}
    assert added(first, second) == {"seconds": 3.5, "cpu-seconds": 3.5, "peak-memory-mb": 700.0}
    assert added(first, first)["energy-joules"] == 10.0
    assert added(first, first)["energy-source"] == "rapl"


def test_a_stage_tells_its_costs_in_its_manifest(tmp_path):
    store, ends = store_at(tmp_path), []
    told = execute(stage(), store, CPU, lambda done, total, **numbers: ends.append(time.perf_counter()))
    assert store.notes("train") == told
    assert set(told) == {"device", "torch", "seconds", "cpu-seconds", "peak-memory-mb", "images-per-second"}
    # The loop begins before the end of its first block, and after the stage.
    assert ends[-1] - ends[0] < 8 * STEPS / told["images-per-second"] < told["seconds"]


def test_costs_of_a_training_that_was_cut_short_are_those_of_all_its_parts(tmp_path, monkeypatch):
    seconds, store = count(10, 10), store_at(tmp_path)
    monkeypatch.setattr(costs, "_wall_time", lambda: lambda: {"seconds": next(seconds)})
    halted(tmp_path, stage(), 2)  # 10 to its checkpoint
    halted(tmp_path, stage(), 2)  # 20 more to the next
    assert execute(stage(), store, CPU, silent)["seconds"] == 10 + 20 + 30


@pytest.mark.slow
def test_a_resumed_training_shows_its_images_at_its_own_pace(tmp_path, monkeypatch):
    """Only what was shown since counts, against the time since."""
    store, long = store_at(tmp_path), stage(training=replace(TRAINING, length=Length(steps=640)))
    whole = execute(long, store, CPU, silent)["images-per-second"]
    store.forget("train")
    halted(tmp_path, long, 10)
    assert execute(long, store, CPU, silent)["images-per-second"] < 3 * whole


class Counted(MeanNoise):
    """Takes a hundredth of a second for an iteration, and tells of each."""

    uses = ("iterations", "batch_size", "n_critic")

    def fit(self, view, rng, progress, resume=None) -> Fitted:
        for done in range(1, view.settings.iterations + 1):
            time.sleep(0.01)
            progress(done, view.settings.iterations)
        return super().fit(view, rng, silent, resume)


class Once(Counted):
    uses = ("iterations",)


@pytest.mark.parametrize(("generator", "batches"), [(Counted(), 3), (Once(), None)], ids=["batches", "no batches"])
def test_a_fit_tells_how_many_real_images_it_saw_a_second(generator, batches, tmp_path):
    settings_of_fit = Fit(iterations=20, batch_size=4, n_critic=3)
    task = FitTask(
        generator=generator, settings=settings_of_fit, target="c", quality=None, resample=Resample(seed=0, digest="d"),
        numerics=settings().numerics,
    )  # fmt: skip
    fit = Stage(kind="fit-generator", key="fit", label="fit", settings="{}", template=task, resample=None, inputs={"prepared": "prepare"})
    told = execute(fit, store_at(tmp_path), CPU, silent)
    if batches is None:
        assert "images-per-second" not in told
    else:
        assert told["images-per-second"] == pytest.approx(4 * batches / 0.0102, rel=0.15)


def test_a_pace_is_known_only_of_what_was_counted():
    passed = []
    pace = Pace(progress=lambda done, total, **numbers: passed.append((done, numbers)))
    assert pace.per_second(10) is None
    pace(2, 10, loss=0.5)
    assert pace.per_second(10) is None
    time.sleep(0.1)
    pace(3, 10)
    time.sleep(0.1)
    pace(6, 10)
    assert pace.per_second(10) == pytest.approx(4 / 0.2, rel=0.1)
    assert pace.per_second(None) is None
    assert pace.per_second(11) is None
    assert passed == [(2, {"loss": 0.5}), (3, {}), (6, {})]


def test_a_stage_that_fails_tells_nothing_and_hides_nothing():
    with pytest.raises(ZeroDivisionError), measured(CPU, alone=True):
        raise ZeroDivisionError


def test_a_device_may_be_given_by_name(tmp_path):
    assert execute(PREPARE, store_at(tmp_path / "one"), "cpu", silent)["device"] == "cpu"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_is_timed_and_its_memory_counted_only_where_it_was_used():
    device = torch.device("cuda")
    with measured(device) as spent:
        pass
    assert not {"gpu-seconds", "peak-device-memory-mb"} & set(spent())
    torch.ones(300 * 2**18, device=device)
    started = time.perf_counter()
    with measured(device) as spent:
        held = torch.ones(100 * 2**18, device=device)
        for _ in range(200):
            held.mul_(1.0001)
        told = spent()
    assert told["peak-device-memory-mb"] == pytest.approx(100, abs=2)
    assert 0 < told["gpu-seconds"] <= time.perf_counter() - started
