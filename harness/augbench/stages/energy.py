"""Measure the energy of a stage that has its device to itself: a GPU's by NVML, the CPUs' by RAPL."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import torch

POWERCAP = Path("/sys/class/powercap")
EVERY = 30.0
"""Seconds between readings: RAPL's counters begin anew after minutes at full load, and twice would not be noticed."""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A counter of microjoules that begins anew after ``end``."""

    read: Callable[[], int]
    end: int = 2**63


@contextmanager
def energy(device: torch.device, alone: bool) -> Iterator[Callable[[], Mapping[str, float | str]]]:
    """Hand out who tells the energy of the block so far; of a stage that shares its device, nobody knows it."""
    source, counters = "", list[Counter]()
    if alone and device.type == "cuda":
        source, counters = "nvml", gpu_counters(device)
    elif alone and device.type == "cpu":
        source, counters = "rapl", cpu_counters(POWERCAP)
    with metered(counters) as joules:
        yield lambda: {} if (told := joules()) is None else {"energy-joules": round(told, 3), "energy-source": source}


def cpu_counters(root: Path) -> list[Counter]:
    """Return a counter for each CPU package that Linux tells of; none where one of them may not be read."""
    found: dict[str, Counter] = {}
    try:
        for zone in sorted(root.iterdir()):
            # Parts of a package, such as its cores, are in its sum; the same package may be there by two ways.
            name = (zone / "name").read_text(encoding="ascii").strip() if (zone / "name").is_file() else ""
            if name.startswith("package"):
                found[name] = Counter(read=partial(_number, zone / "energy_uj"), end=_number(zone / "max_energy_range_uj"))
    except (OSError, ValueError):
        return []
    return list(found.values())


def gpu_counters(device: torch.device, library: Any = None) -> list[Counter]:
    """Return the counter of a GPU; none without the package nvidia-ml-py, or where the driver does not count."""
    try:
        nvml = library or importlib.import_module("pynvml")
        nvml.nvmlInit()
        # By its name: the number of a device is another one for NVML, which knows nothing of CUDA_VISIBLE_DEVICES.
        handle = nvml.nvmlDeviceGetHandleByUUID(f"GPU-{torch.cuda.get_device_properties(device).uuid}")
        nvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except Exception:  # no package, no driver, an old GPU, a part of one: each has an error of its own
        return []
    return [Counter(read=lambda: 1000 * int(nvml.nvmlDeviceGetTotalEnergyConsumption(handle)))]


@contextmanager
def metered(counters: Sequence[Counter], every: float = EVERY) -> Iterator[Callable[[], float | None]]:
    """Hand out who tells the joules of the block so far, or None where that is not known."""
    meter, over = _Meter(counters), Event()
    watch = Thread(target=_watch, args=(meter, over, every), daemon=True)
    if counters:
        watch.start()
    try:
        yield meter.joules
    finally:
        over.set()
        if counters:
            watch.join()


class _Meter:
    """Sums what counters have counted since it was made."""

    def __init__(self, counters: Sequence[Counter]) -> None:
        self._counters, self._lock = counters, Lock()
        self._spent, self._last = 0, self._read()

    def joules(self) -> float | None:
        with self._lock:
            now = self._read()
            if self._last is None or now is None:
                self._last = None  # a gap would not be noticed later
                return None
            self._spent += sum((at - last) % counter.end for counter, at, last in zip(self._counters, now, self._last, strict=True))
            self._last = now
            return self._spent / 1e6

    def _read(self) -> list[int] | None:
        try:
            return [counter.read() for counter in self._counters] or None
        except Exception:  # files have errors of their own, and so has NVML
            return None


def _watch(meter: _Meter, over: Event, every: float) -> None:
    while not over.wait(every):
        meter.joules()


def _number(file: Path) -> int:
    return int(file.read_text(encoding="ascii"))
