"""Measure what a stage costs; what cannot be measured is left out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from augbench.stages.energy import energy
from augbench.values.synthesis import Progress

Costs = Mapping[str, float | str]
"""By the names that manifests and records have."""
Reading = Callable[[], Costs]
"""Tells what was spent so far."""
SUMS = ("seconds", "cpu-seconds", "gpu-seconds", "energy-joules")
PEAKS = ("peak-memory-mb", "peak-device-memory-mb")
_MB = 2**20


@contextmanager
def measured(device: torch.device, alone: bool = False) -> Iterator[Reading]:
    """Measure what the block costs; ``alone`` says that nothing else uses the device."""
    with energy(device, alone) as joules:
        # The device first: its queue has to come to an end before the clock is read.
        readings = (_device_use(device), _wall_time(), _cpu_time(), host_memory(), joules)
        yield lambda: {name: cost for reading in readings for name, cost in reading().items()}


def added(first: Costs, second: Costs) -> Costs:
    """Add what two parts of a stage cost; what was not measured of both is left out."""
    both = [name for name in first if name in second]
    sums = {name: round(float(first[name]) + float(second[name]), 3) for name in SUMS if name in both}
    peaks = {name: max(float(first[name]), float(second[name])) for name in PEAKS if name in both}
    source = {"energy-source": second["energy-source"]} if "energy-joules" in sums else {}
    return sums | peaks | source


def _wall_time() -> Reading:
    started = time.perf_counter()
    return lambda: {"seconds": round(time.perf_counter() - started, 3)}


def _cpu_time() -> Reading:
    """Measure the time of all threads, and of children once they have ended."""

    def now() -> float:
        children = os.times()
        return time.process_time() + children.children_user + children.children_system

    started = now()
    return lambda: {"cpu-seconds": round(now() - started, 3)}


def host_memory(process: Path = Path("/proc/self")) -> Reading:
    """Measure the peak of this process's resident memory, which Linux counts anew when it is asked to (proc_pid_clear_refs)."""
    try:
        (process / "clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return _peak_of_the_process
    return lambda: _high_water_mark(process / "status")


def _high_water_mark(status: Path) -> Costs:
    try:
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return {"peak-memory-mb": round(int(lines["VmHWM"].removesuffix("kB")) / 1024, 1)}
    except (OSError, KeyError, ValueError):
        return _peak_of_the_process()


def _peak_of_the_process() -> Costs:
    try:
        import resource
    except ImportError:  # Windows
        return {}
    unit = 1 if sys.platform == "darwin" else 1024
    return {"peak-memory-mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _MB, 1)}


def _device_use(device: torch.device) -> Reading:
    """Measure a CUDA device's time and memory; a stage that puts nothing there tells neither."""
    if device.type != "cuda":
        return dict
    torch.cuda.init()
    torch.cuda.reset_peak_memory_stats(device)
    before, started = _allocations(device), _mark(device)

    def read() -> Costs:
        if _allocations(device) == before:
            return {}
        ended = _mark(device)
        ended.synchronize()
        peak = torch.cuda.max_memory_allocated(device)
        return {"gpu-seconds": round(started.elapsed_time(ended) / 1000, 3), "peak-device-memory-mb": round(peak / _MB, 1)}

    return read


def _allocations(device: torch.device) -> int:
    return int(torch.cuda.memory_stats(device).get("allocation.all.allocated", 0))


def _mark(device: torch.device) -> torch.cuda.Event:
    """Let the device note the time when it comes to what is queued next."""
    event = torch.cuda.Event(enable_timing=True)
    event.record(torch.cuda.current_stream(device))
    return event


@dataclass(kw_only=True)
class Pace:
    """Passes progress on, and remembers how fast it went between the first and the last time that it was told."""

    progress: Progress
    told: list[tuple[float, int, int]] = field(default_factory=list)
    """(clock, done, total): the first and the last."""

    def __call__(self, done: int, total: int, **numbers: float) -> None:
        """Pass it on."""
        self.told[1:] = [(time.perf_counter(), done, total)]
        self.progress(done, total, **numbers)

    def per_second(self, total: int | None) -> float | None:
        """Return how many of so many were done a second, or None where something else was counted, or only once."""
        if len(self.told) < 2 or self.told[0][2] != total:
            return None
        (began, first, _), (ended, last, _) = self.told
        return (last - first) / (ended - began)
