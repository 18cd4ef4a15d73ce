"""Find the devices that stages run on."""

from __future__ import annotations

import sys
from pathlib import Path

from augbench.values.worker_errors import NoSuchDevice

_ACCELERATOR_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")


def choose_devices(name: str) -> tuple[str, ...]:
    """Turn ``auto`` (every GPU there is), ``cpu``, ``cuda`` (every one), ``cuda:N`` or ``mps`` into devices that exist."""
    # Importing torch takes seconds: where nothing but a CPU can be meant or found, nobody need ask it.
    if name == "cpu" or (name == "auto" and not _may_have_accelerator()):
        return ("cpu",)
    import torch

    gpus = tuple(f"cuda:{i}" for i in range(torch.cuda.device_count()))
    there = ("cpu", *gpus, *(("mps",) if torch.backends.mps.is_available() else ()))
    if name == "auto":
        return gpus or there[-1:]
    if name == "cuda" and gpus:
        return gpus
    if name not in there:
        raise NoSuchDevice(name, ", ".join(there))
    return (name,)


def _may_have_accelerator() -> bool:
    return sys.platform != "linux" or any(Path(file).exists() for file in _ACCELERATOR_FILES)
