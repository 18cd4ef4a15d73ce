"""Prepare many made images and tell what it took: ``python -m support.streaming COUNT``."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from augbench import Split, Splits
from augbench.stages.prepared import write_prepared

CLASSES = 10


class Made(Sequence):
    """Images of 64 x 64 in eight blocks a side, made when asked for."""

    def __init__(self, count: int, seed: int) -> None:
        self._count, self._seed = count, seed

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> np.ndarray:
        blocks = np.random.default_rng([self._seed, index]).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        return blocks.repeat(8, 0).repeat(8, 1)

    def __iter__(self) -> Iterator[np.ndarray]:
        return map(self.__getitem__, range(self._count))


def split(name: str, count: int, seed: int) -> Split:
    return Split(images=Made(count, seed), labels=np.arange(count) % CLASSES, ids=tuple(f"{name}/{i:07d}.png" for i in range(count)))


def own_memory() -> float:
    """Return the MB of this process that no file stands behind."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def main(count: int) -> None:
    before, peak, done = own_memory(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, own_memory())

    test, validation = count // 5, count // 10
    parts = {"train": count - test - validation, "validation": validation, "test": test}
    splits = {name: split(name, size, seed) for seed, (name, size) in enumerate(parts.items())}
    watcher, started = threading.Thread(target=watch), time.monotonic()
    watcher.start()
    with tempfile.TemporaryDirectory() as folder:
        data = Splits(classes=tuple(map(str, range(CLASSES))), **splits)
        write_prepared(data, None, Path(folder), "made", lambda done, total, **numbers: None)
    done.set()
    watcher.join()
    print(json.dumps({"seconds": round(time.monotonic() - started, 1), "megabytes": round(peak - before)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
