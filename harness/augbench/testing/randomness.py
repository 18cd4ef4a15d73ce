"""Watch every global random state: Python's, NumPy's and those of torch on each device."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from augbench.testing.trees import difference

_SEED = 20_220_131


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One global source of random numbers."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], None]
    seed: Callable[[int], Any]


@contextmanager
def watched() -> Iterator[Callable[[], tuple[str, ...]]]:
    """Give a function that tells which streams have changed within the block; at its end all are as they were before it.

    Within the block they start from seeds that nobody else uses: code that seeds a stream first would otherwise leave it as it found it.
    """
    streams = _streams()
    kept = [stream.read() for stream in streams]
    try:
        for stream in streams:
            stream.seed(_SEED)
        begun = [stream.read() for stream in streams]
        yield lambda: tuple(stream.name for stream, state in zip(streams, begun, strict=True) if difference(state, stream.read()))
    finally:
        for stream, state in zip(streams, kept, strict=True):
            stream.write(state)


def _streams() -> tuple[Stream, ...]:
    import numpy as np
    import torch

    # The whole state of NumPy: its key alone stays the same over hundreds of draws.
    numpy = Stream(
        name="NumPy's", read=lambda: np.random.get_state(legacy=False), write=lambda state: np.random.set_state(state), seed=np.random.seed
    )
    cpu = Stream(
        name="torch's", read=torch.get_rng_state, write=torch.set_rng_state, seed=lambda seed: torch.default_generator.manual_seed(seed)
    )
    python = Stream(name="Python's", read=random.getstate, write=random.setstate, seed=random.seed)
    return python, numpy, cpu, *_accelerators()


def _accelerators() -> Iterator[Stream]:
    import torch

    if torch.cuda.is_available():
        cuda = torch.cuda
        yield Stream(name="CUDA's", read=cuda.get_rng_state_all, write=cuda.set_rng_state_all, seed=cuda.manual_seed_all)
    if torch.backends.mps.is_available():
        yield Stream(name="MPS's", read=torch.mps.get_rng_state, write=torch.mps.set_rng_state, seed=torch.mps.manual_seed)
