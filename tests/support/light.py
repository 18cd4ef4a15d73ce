"""A whole run without torch: components that only have parameters, and work that turns keys into bytes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from augbench import Backbone, Dataset, Generator, Loss, Optimizer, Probe, Sampler, Schedule, Split, Splits
from augbench.engine.driver import Policy
from augbench.engine.events import Audience, Silent
from augbench.engine.request import Request
from augbench.engine.session import open_session
from augbench.plan.tasks import Stage
from augbench.stages.contents import NOTES, TEST, VALIDATION, save_array
from augbench.stages.prepared import read_prepared, write_prepared
from augbench.store.files import write_json
from augbench.store.opening import Store
from augbench.values.failing import Halted
from augbench.values.observing import Outcome
from augbench.values.synthesis import Progress

MATRIX = """
[report]
control = "plain"
formats = ["json"]
[axes]
seed = [0, 1]
[datasets.dots]
use = "support.light:Numbers"
minority = ["b", "c"]
[base]
generator = "support.light:Nothing"
sampler = "support.light:Anything"
backbone = "support.light:NoNetwork"
batch = { size = 8, mix = { generated = 1, originals = 1 } }
bank.size = 6
quality.features = false
fit = { lr = 0.1, iterations = 3 }
[base.training]
length = { steps = 70 }
optimizer = "support.light:Still"
schedule = "support.light:Flat"
loss = "support.light:Zero"
lr = 0.05
[rows]
ours = {}
slow = { training.lr = 0.01 }
plain = { generator = false, batch.mix = { originals = 1 } }
"""
STEP = float(os.environ.get("LIGHT_STEP", "0.01"))
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True, kw_only=True)
class Numbers(Dataset):
    """Images of counted pixels."""

    def probe(self) -> Probe:
        counts = {"train": (6, 4, 3), "validation": (3, 2, 2), "test": (4, 3, 2)}
        return Probe(classes=("a", "b", "c"), counts=counts, channels=1, size=(4, 4), digest="numbers")

    def load(self) -> Splits:
        parts = {name: self._split(name, counts) for name, counts in self.probe().counts.items()}
        return Splits(classes=("a", "b", "c"), **parts)

    def _split(self, name: str, counts: tuple[int, ...]) -> Split:
        labels = np.repeat(np.arange(3), counts)
        images = [np.full((4, 4, 1), label * 80 + i, dtype=np.uint8) for i, label in enumerate(labels.tolist())]
        return Split(images=images, labels=labels, ids=tuple(f"{name}/{i}" for i in range(len(labels))))


@dataclass(frozen=True, kw_only=True)
class Nothing(Generator):
    """Its fits may go wrong in some way."""

    uses = ("lr", "iterations")
    does: str = ""

    def fit(self, view, rng, progress, resume=None): ...

    def sample(self, fitted, view, count, rng): ...


@dataclass(frozen=True, kw_only=True)
class Anything(Sampler):
    def compose(self, context): ...

    def originals_per_step(self, context): ...

    def pool(self, context): ...

    def prior(self, context, progress): ...


@dataclass(frozen=True, kw_only=True)
class NoNetwork(Backbone):
    def build(self, context): ...


@dataclass(frozen=True, kw_only=True)
class Still(Optimizer):
    def build(self, parameters, lr): ...


@dataclass(frozen=True, kw_only=True)
class Flat(Schedule):
    def factor(self, step, steps, steps_per_epoch): ...


@dataclass(frozen=True, kw_only=True)
class Zero(Loss):
    def loss(self, logits, targets, context): ...


def work(stage: Stage, store: Store, device: str, progress: Progress, halt: Callable[[], bool], *, alone: bool = False) -> dict[str, Any]:
    """Leave files whose bytes hang on the key and on every byte that was read, in several steps that can be resumed."""
    inputs = {role: store.open(key) for role, key in stage.inputs.items()}
    notes: dict[str, Any] = {"seconds": 0.1, "device": device}
    with store.write(stage, notes) as folder:
        if stage.kind == "prepare":
            write_prepared(stage.task.dataset.load(), None, folder, "numbers", progress)
            return notes
        if stage.kind == "fit-generator":
            _misbehave(stage.task.generator.does, stage, store)
        digest = _stepwise(stage, store, inputs, progress, halt)
        (folder / "bytes.bin").write_bytes(digest * 1000)
        _results(stage, inputs, folder, digest)
    if stage.kind == "fit-generator" and stage.task.generator.does == "die late":
        os.kill(os.getpid(), signal.SIGKILL)
    return notes


def _misbehave(how: str, stage: Stage, store: Store) -> None:
    if how == "raise":
        raise ValueError("no such luck")
    if how == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")
    if how == "hang":
        time.sleep(600)
    if how == "die" or (how == "die once" and not store.kept(stage.key)):
        with store.keep(stage) as folder:
            (folder / "at").write_text("0")
            (folder / "digest").write_bytes(stage.key.encode())
        os.kill(os.getpid(), signal.SIGKILL)


def _stepwise(stage: Stage, store: Store, inputs: dict[str, Path], progress: Progress, halt: Callable[[], bool]) -> bytes:
    kept = store.kept(stage.key)
    done, digest = (int((kept / "at").read_text()), (kept / "digest").read_bytes()) if kept else (0, stage.key.encode())
    for step in range(done + 1, 6):
        for folder in inputs.values():
            for path in sorted(folder.iterdir()):
                if path.name != "manifest.json":
                    digest = hashlib.sha256(digest + path.read_bytes()).digest()
        time.sleep(STEP)
        if stage.kind in ("fit-generator", "train") and (step in (2, 4) or halt()):
            with store.keep(stage) as folder:
                (folder / "at").write_text(str(step))
                (folder / "digest").write_bytes(digest)
            if halt():
                raise Halted
        progress(step, 5)
    return digest


def _results(stage: Stage, inputs: dict[str, Path], folder: Path, digest: bytes) -> None:
    if stage.kind not in ("train", "evaluate"):
        return
    prepared = read_prepared(inputs["prepared"])
    split, name = (prepared.validation, VALIDATION) if stage.kind == "train" else (prepared.test, TEST)
    drawn = np.random.default_rng(list(digest)).dirichlet(np.ones(3), len(split.labels))
    save_array(folder / name, drawn.astype(np.float32))
    if stage.kind == "train":
        write_json(folder / NOTES, {"curves": {"training loss": [[70, 0.5]]}, "steps": 70, "images": 560, "chosen": 70, "prior": [1, 0, 0]})


def asked(folder: Path, *, jobs: int = 2, engine: str = "local", matrix: str = MATRIX, out: str = "run", **policy: Any) -> Request:
    """Ask for a run of the matrix in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "light.toml").is_file() or (folder / "light.toml").read_text() != matrix:
        # Not anew: another run may be reading it.
        (folder / "light.toml").write_text(matrix)
    where = {"matrix": folder / "light.toml", "out": folder / out, "store": folder / "store"}
    return Request(**where, device="cpu", engine=engine, jobs=jobs, work="support.light:work", policy=Policy(**policy))


def run(folder: Path, audience: Audience | None = None, **how: Any) -> Outcome:
    """Run the matrix in a folder."""
    return open_session(asked(folder, **how)).run(audience or Silent())


def records(folder: Path, out: str = "run") -> list[dict[str, Any]]:
    """Return the records of a run."""
    return [json.loads(line) for line in (folder / out / "records.jsonl").read_text().splitlines()]


if __name__ == "__main__":
    run(Path(sys.argv[1]), retries=50, out=sys.argv[2] if len(sys.argv) > 2 else "run")
