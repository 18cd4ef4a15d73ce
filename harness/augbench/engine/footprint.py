"""How much memory a call takes at its peak, beyond what was there before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

HOW = {
    "cuda": "what torch's allocator holds on the GPU at the peak of one call, beyond its inputs",
    "cpu": "what torch's allocator holds at the peak of one call, beyond its inputs; arrays of NumPy do not count",
}
"""What the number is, by type of device; others have none."""


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """Memory of one call."""

    bytes: int
    how: str


def footprint(call: Callable[[], object], device: torch.device) -> Footprint | None:
    """Measure one call; None where nothing tells: on other devices, and of code that asks torch for no memory."""
    how = HOW.get(device.type)
    if how is None:
        return None
    found = _on_gpu(call, device) if device.type == "cuda" else _on_host(call)
    return Footprint(bytes=found, how=how) if found else None


def _on_gpu(call: Callable[[], object], device: torch.device) -> int:
    import torch

    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    call()
    torch.cuda.synchronize(device)
    return int(torch.cuda.max_memory_allocated(device)) - before


def _on_host(call: Callable[[], object]) -> int:
    """Add up what torch's profiler hears of its allocator, which sees buffers within an operation, too."""
    from torch.profiler import ProfilerActivity, profile

    with _silent(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as heard:
        call()
    events = heard.profiler.kineto_results.events()
    return peak((event.start_ns(), event.nbytes()) for event in events if event.name() == "[memory]")


def peak(changes: Iterable[tuple[int, int]]) -> int:
    """Return the largest sum of bytes taken and given back, in the order of time."""
    held = most = 0
    for _, change in sorted(changes):
        held += change
        most = max(most, held)
    return most


@contextmanager
def _silent() -> Iterator[None]:
    """Let the profiler's library write to nowhere: it tells of GPUs that it does not find, past Python."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
