"""Stages that do what they are told, without torch: leave an artefact, raise, hang, crash or talk."""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from augbench import Diverged, Generator
from augbench.plan.tasks import FitTask, Stage
from augbench.store.opening import Store
from augbench.values.failing import Halted
from augbench.values.settings import Numerics
from augbench.values.synthesis import Fit, Progress

WORK = "support.works:work"


@dataclass(frozen=True, kw_only=True)
class Does(Generator):
    """Says what its stage is to do."""

    what: str
    by: str = ""

    def fit(self, view, rng, progress, resume=None): ...

    def sample(self, fitted, view, count, rng): ...


def stage(what: str, by: object = "", *, threads: int = 1, generator: Generator | None = None) -> Stage:
    """Return a stage that does something; no two that do it by another word have one key."""
    template = FitTask(
        generator=generator or Does(what=what, by=str(by)),
        settings=Fit(),
        target=None,
        quality=None,
        resample=None,  # type: ignore[arg-type]
        numerics=Numerics(threads=threads),
    )
    key = hashlib.sha256(f"{what} {by} {threads}".encode()).hexdigest()
    return Stage(kind="fit-generator", key=key, label=f"{what} {by}", settings="{}", template=template, resample=None, inputs={})


@dataclass(frozen=True)
class Hands:
    """What a stage may use."""

    stage: Stage
    store: Store
    progress: Progress
    halt: Callable[[], bool]


def work(
    stage: Stage, store: Store, device: str, progress: Progress, halt: Callable[[], bool], *, alone: bool = False
) -> Mapping[str, Any]:
    """Do what the stage says; leave what that returns as the artefact."""
    does = stage.task.generator
    said = DOINGS[does.what](Hands(stage, store, progress, halt), does.by)
    notes = {"seconds": 0.0, "device": device}
    with store.write(stage, notes) as folder:
        (folder / "said.txt").write_text(str(said))
    return notes


def _raise(hands: Hands, by: str) -> None:
    raise {
        "value": ValueError("no such luck"),
        "memory": MemoryError("too large"),
        "diverged": Diverged("the toy", 7, "play less"),
        "odd": Odd("neither error nor exit"),
        "mute": Mute(),
        "group": ExceptionGroup("several", [ValueError("one"), OSError("two")]),
        "full": OSError(28, "No space left on device"),
        "interrupt": KeyboardInterrupt("not by anybody"),
        "novel": ValueError("chapter " * 1000),
    }[by]


class Odd(BaseException):
    """Is no ``Exception``."""


class Mute(Exception):
    """Cannot be printed, nor sent anywhere."""

    def __init__(self) -> None:
        self.lock = open(os.devnull)  # noqa: SIM115

    def __str__(self) -> str:
        raise RuntimeError("not even this")


def _sleep(hands: Hands, by: str) -> None:
    time.sleep(float(by or 3600))


def _spin(hands: Hands, by: str) -> None:
    while True:
        pass


def _hold(hands: Hands, by: str) -> None:
    """Stay in C, with Python's lock: no other thread and no signal handler of the process ever runs."""
    ctypes.PyDLL(None).sleep(3600)


def _wait(hands: Hands, by: str) -> str:
    """Count until asked to stop, and keep the number; the second time, tell it."""
    if kept := hands.store.kept(hands.stage.key):
        return (kept / "count").read_text()
    count = 0
    while not hands.halt():
        count += 1
        hands.progress(count, 10_000)
        time.sleep(0.01)
    with hands.store.keep(hands.stage) as folder:
        (folder / "count").write_text(str(count))
    raise Halted


def _count(hands: Hands, by: str) -> None:
    last = int(by)
    for number in range(1, last + 1):
        hands.progress(number, last + 1, half=number / 2)
        time.sleep(0.002)


def _print(hands: Hands, by: str) -> None:
    print("from Python", by)
    print("an error", file=sys.stderr)
    os.write(1, b"below Python\n")
    os.write(2, b"an error below\n")
    subprocess.run(["echo", "a child"], check=True)


def _once(hands: Hands, by: str) -> str:
    """End the process the first time."""
    if hands.store.kept(hands.stage.key):
        return "the second time"
    with hands.store.keep(hands.stage) as folder:
        (folder / "began").write_text("")
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def _host(hands: Hands, by: str) -> int:
    """Return what looks after the process: on a cluster, the actor that the fork server belongs to."""
    import psutil

    return psutil.Process().parent().parent().pid


DOINGS: Mapping[str, Callable[[Hands, str], object]] = {
    "write": lambda hands, by: by,
    "raise": _raise,
    "exit": lambda hands, by: sys.exit(by or 0),
    "kill": lambda hands, by: os.kill(os.getpid(), signal.SIGKILL),
    "crash": lambda hands, by: ctypes.string_at(1),
    "leave": lambda hands, by: os._exit(int(by)),
    "once": _once,
    "sleep": _sleep,
    "spin": _spin,
    "hold": _hold,
    "wait": _wait,
    "count": _count,
    "print": _print,
    "import": lambda hands, by: importlib.import_module(by).WORD,
    "pid": lambda hands, by: os.getpid(),
    "host": _host,
    "orphan": lambda hands, by: (os.kill(_host(hands, by), signal.SIGKILL), time.sleep(60)),
    "device": lambda hands, by: (time.sleep(float(by)), os.environ.get("CUDA_VISIBLE_DEVICES"))[1],
    "times": lambda hands, by: (time.time(), time.sleep(float(by)), time.time())[::2],
}
