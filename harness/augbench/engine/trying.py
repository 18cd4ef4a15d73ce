"""Run a component's code with a time limit; whatever it does becomes one message with the place to mend."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

from augbench.engine.limits import limited
from augbench.registry.places import Frame, definition, frames, innermost, location
from augbench.registry.wording import in_toml
from augbench.values.components import Component, Facts, Reason, class_address, dashed, default_of
from augbench.values.trial_errors import ComponentHangs, ComponentRaises, OddResult, TrialError

LIMIT = 20.0
"""Seconds that a component may take to do what is done in milliseconds."""


class _Overrun(BaseException):
    """The time is over; no ``except Exception`` of a plugin may swallow it."""

    def __init__(self, passed: Sequence[Frame]) -> None:
        self.passed = passed


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
        own = [(field, getattr(self.component, field.name)) for field in fields(self.component)]  # type: ignore[arg-type]
        said = {dashed(field.name): value for field, value in own if value != default_of(field)}
        # A member of a family is called by its name already.
        return ", ".join(f"{key} = {in_toml(value)}" for key, value in said.items() if not self.name.endswith(f"/{value}"))

    @property
    def summary(self) -> str:
        """Return the first paragraph of its docstring, as a sentence."""
        text = " ".join((inspect.getdoc(type(self.component)) or "").partition("\n\n")[0].replace("``", "'").split())
        return text if not text or text.endswith((".", "!", "?")) else f"{text}."

    def refusal(self, facts: Facts, seconds: float) -> Reason | None:
        """Return why it cannot serve such images, or None.  Raise what ``trial`` raises."""
        with self.trial(seconds):
            return self.component.supports(facts)

    @contextmanager
    def trial(self, seconds: float = LIMIT) -> Iterator[None]:
        """Let its code run in the block.  Raise ``ComponentRaises``, or ``ComponentHangs`` after so many seconds."""
        try:
            with limited(seconds, _Overrun):
                yield
        except _Overrun as overrun:
            raise ComponentHangs(self.kind, self.name, seconds, innermost(overrun.passed, type(self.component))) from None
        except TrialError as error:
            if error.name == class_address(type(self.component)):
                error.call(self.name)
            raise
        # SystemExit: a script's end must not end the command.
        except (Exception, SystemExit) as error:
            where = innermost(frames(error), type(self.component)) or location(error)
            raise ComponentRaises(self.kind, self.name, error, where) from error

    def require(self, kept: bool, found: str, expected: str, method: str) -> None:
        """Raise ``OddResult`` unless a result of one of its methods is what it should be."""
        if not kept:
            raise OddResult(self.kind, self.name, found, expected, definition(getattr(type(self.component), method)))
