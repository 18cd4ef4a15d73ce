"""Run a component's code with a time limit; whatever it does becomes one message with the place to mend."""

from __future__ import annotations

import inspect
import math
import signal
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, fields
from types import FrameType
from typing import TYPE_CHECKING, Any

from augbench.registry.entries import location
from augbench.registry.wording import in_toml
from augbench.values.components import Component, dashed
from augbench.values.trial_errors import ComponentHangs, ComponentRaises, OddResult

if TYPE_CHECKING:
    from torch import Tensor

    from augbench.values.augmenting import Mixed

LIMIT = 20.0
"""Seconds that a component may take to do what is done in milliseconds."""


class _Overrun(BaseException):
    """The time is over; no ``except Exception`` of a plugin may swallow it."""

    def __init__(self, frame: FrameType | None) -> None:
        self.frames = [(one.filename, one.lineno or 0) for one in traceback.extract_stack(frame)] if frame else []


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A component that is tried out, and what it was called."""

    name: str
    component: Component

    @property
    def kind(self) -> str:
        """Return its kind."""
        return self.component.kind

    @property
    def settings(self) -> str:
        """Write the parameters that are not as they are by default: ``low = 0.0, law = "beta"``."""
        own = {field: getattr(self.component, field.name) for field in fields(self.component)}  # type: ignore[arg-type]
        said = {dashed(field.name): value for field, value in own.items() if value != field.default and value != _made(field)}
        # A member of a family is called by its name already.
        return ", ".join(f"{key} = {in_toml(value)}" for key, value in said.items() if not self.name.endswith(f"/{value}"))

    @contextmanager
    def trial(self, seconds: float = LIMIT) -> Iterator[None]:
        """Let its code run in the block.  Raise ``ComponentRaises``, or ``ComponentHangs`` after so many seconds."""
        try:
            with _limited(seconds):
                yield
        except _Overrun as overrun:
            raise ComponentHangs(self.kind, self.name, seconds, self._place(overrun.frames)) from None
        except OddResult:
            raise
        # SystemExit: a script's end must not end the command.
        except (Exception, SystemExit) as error:
            frames = [(one.filename, one.lineno or 0) for one in traceback.extract_tb(error.__traceback__)]
            raise ComponentRaises(self.kind, self.name, error, self._place(frames) or location(error)) from error

    def require(self, kept: bool, found: str, expected: str, method: str) -> None:
        """Raise ``OddResult`` unless a result of one of its methods is what it should be."""
        if not kept:
            raise OddResult(self.kind, self.name, found, expected, self._definition(method))

    def _place(self, frames: Iterable[tuple[str, int]]) -> str:
        """Return file:line of its own code nearest to what happened; empty where none was running."""
        mine = _file(type(self.component))
        return next((f"{file}:{line}" for file, line in reversed(list(frames)) if file == mine), "")

    def _definition(self, method: str) -> str:
        function = getattr(type(self.component), method)
        try:
            return f"{inspect.getsourcefile(function)}:{inspect.getsourcelines(function)[1]}"
        except (OSError, TypeError):
            return ""


def check_mixed(subject: Subject, mixed: Mixed, count: int, shape: tuple[int, int, int], arity: int) -> None:
    """Raise ``OddResult`` for what is no batch of ``count`` images with weights of their sources."""
    _check_tensor(subject, "images", mixed.images, (count, *shape))
    _check_tensor(subject, "pixel weights", mixed.pixel_weights, (count, arity))
    weights = mixed.pixel_weights if mixed.label_weights is None else mixed.label_weights
    _check_tensor(subject, "label weights", weights, (count, arity))
    sums = weights.sum(1)
    worst = float(sums[(sums - 1).abs().argmax()]) if count else 1.0
    subject.require(math.isclose(worst, 1, abs_tol=1e-3), f"label weights that sum to {worst:.4g}", "to 1", "apply")


def _check_tensor(subject: Subject, what: str, found: Any, shape: tuple[int, ...]) -> None:
    import torch

    expected = f"{what} {list(shape)}"
    subject.require(isinstance(found, torch.Tensor), f"{what} that are {type(found).__name__}", f"a tensor {list(shape)}", "apply")
    subject.require(tuple(found.shape) == shape, f"{what} {list(found.shape)}", f"{list(shape)}", "apply")
    subject.require(found.is_floating_point(), f"{what} of {found.dtype}", "torch.float32", "apply")
    odd = _odd(found)
    subject.require(not odd, f"{expected} of which {odd} are not finite", "finite numbers", "apply")


def _odd(found: Tensor) -> int:
    return int((~found.isfinite()).sum())


def _made(field: Field[Any]) -> Any:
    return MISSING if field.default_factory is MISSING else field.default_factory()


def _file(component: type) -> str:
    try:
        return inspect.getsourcefile(component) or ""
    except (OSError, TypeError):
        return ""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Interrupt the block after some seconds, wherever Python is; not in other threads, which signals do not reach."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(number: int, frame: FrameType | None) -> None:
        raise _Overrun(frame)

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
