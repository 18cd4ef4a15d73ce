"""Choose the device that stages run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augbench.values.errors import NoSuchDevice

if TYPE_CHECKING:
    import torch


def choose_device(name: str) -> torch.device:
    """Turn ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps`` into a device that exists."""
    import torch

    there = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    there += ["mps"] if torch.backends.mps.is_available() else []
    if name == "auto":
        best = next((device for device in there if device != "cpu"), "cpu")
        return torch.device(best)
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in there:
        raise NoSuchDevice(name, ", ".join(there))
    return torch.device(wanted)
