"""Choose the clock of a device: a GPU has its own, and a single CPU thread the time that it computes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from augbench.engine.rounds import Call, HostWatch, Watch

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True)
class CudaWatch:
    """Measures calls between two events of a device; the host waits before and after, and not while it is measured."""

    device: torch.device

    def seconds(self, call: Call, times: int) -> float:
        """Let the device note the time before and after."""
        import torch

        stream = torch.cuda.current_stream(self.device)
        begun, ended = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        torch.cuda.synchronize(self.device)
        begun.record(stream)
        for _ in range(times):
            call()
        ended.record(stream)
        torch.cuda.synchronize(self.device)
        return float(begun.elapsed_time(ended)) / 1000


CLOCKS = {"cuda": "the GPU's own time", "cpu": "CPU time, so that what else the machine does counts little; waiting does not count"}
"""What is measured, by type of device; else, and with several threads, it is the time that passes."""


def watch_for(device: torch.device, threads: int) -> tuple[Watch, str]:
    """Return the watch of a device, and what it measures."""
    if device.type == "cuda":
        return CudaWatch(device=device), CLOCKS["cuda"]
    if device.type == "cpu" and threads == 1:
        return HostWatch(clock=time.process_time), CLOCKS["cpu"]
    return HostWatch(), "the time that passes"
