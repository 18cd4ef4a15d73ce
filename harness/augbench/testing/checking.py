"""Run checks on a component, and say what came of each."""

from __future__ import annotations

import inspect
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from functools import cached_property
from importlib import import_module
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Literal

from augbench.testing.blaming import blamed, stuck
from augbench.values.components import Component, dashed, default_of
from augbench.values.errors import AugbenchError, MissingExtra, NotFetched, reason, suggestion

if TYPE_CHECKING:
    from augbench.testing.apart import Lost

_PREFIX = "check_"
_LAWS = "augbench.testing.laws"
_EVERY = ("components", "house")
"""Modules of laws for components of every kind: what each does alone, and with all that is installed."""


class Broken(AssertionError):
    """A component breaks a law."""


class NotApplicable(Exception):
    """A law says nothing of this component, and why."""


class UnknownCheck(AugbenchError):
    """A name that no check of a kind has."""

    def __init__(self, name: str, kind: str, known: Collection[str]) -> None:
        super().__init__(f"{kind} has no check '{name}'; {suggestion(name, known)}")


NOT_HERE = (NotApplicable, MissingExtra, NotFetched)
"""Raised where a component cannot be judged: it makes no claim, or what it needs is not on this machine."""


def require(kept: bool, message: str) -> None:
    """Raise ``Broken`` unless a law is kept; unlike ``assert``, also where Python runs with -O."""
    if not kept:
        raise Broken(message)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One law, to be called with a component."""

    function: FunctionType

    def __call__(self, component: Component) -> None:
        """Raise ``Broken`` where a component breaks it, ``NotApplicable`` where it says nothing of it."""
        self.function(component)

    @property
    def name(self) -> str:
        """Return its name, dashed: ``same-draw-same-output``."""
        return dashed(self.function.__name__.removeprefix(_PREFIX))

    @cached_property
    def law(self) -> str:
        """Return the sentence: the first paragraph of its docstring."""
        text = inspect.cleandoc(self.function.__doc__ or "").partition("\n\n")[0]
        # Code stands in single quotes, as a terminal shows it elsewhere.
        return " ".join(text.split()).replace("``", "'")

    @property
    def house(self) -> bool:
        """Tell whether it tries the component with all that is installed, which takes seconds."""
        return self.function.__module__ == f"{_LAWS}.{_EVERY[1]}"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one check."""

    check: str
    """Its name, dashed."""
    law: str
    """The sentence."""
    status: Literal["kept", "broken", "expected", "unexpected", "not applicable"]
    """``expected``: broken, as its author says; ``unexpected``: kept although its author says that it is broken."""
    why: str = ""
    """What was seen, or why the law says nothing; empty where it is kept."""
    where: str = ""
    """file:line of the component's code that it is about."""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Tell whether all is as it should be."""
        return self.status not in ("broken", "unexpected")


def checks_of(kind: str) -> tuple[Check, ...]:
    """Return the checks of a kind, those of every kind first."""
    modules = [import_module(f"{_LAWS}.{name}") for name in (_EVERY[0], kind, _EVERY[1])]
    return tuple(check for module in modules for check in _checks_in(module))


def judge(
    component: Component, checks: Collection[Check] | None = None, expected_failures: Mapping[str, str] | None = None
) -> Iterator[Verdict]:
    """Run checks on a component, one after the other: all of its kind, unless some are chosen.

    ``expected_failures`` gives a reason for each check, by name, that the component is known to break; one that it keeps after
    all is a failure, too.  Raise ``UnknownCheck`` for a name that is none.
    """
    reasons = expected_failures or {}
    known(reasons, component.kind)
    for check in checks_of(component.kind) if checks is None else checks:
        yield _judged(check, component, reasons.get(check.name))


def taken(check: Check, component: Component, lost: Lost, expected: str | None = None) -> Verdict:
    """Return what became of a check that took its process along."""
    where = stuck(lost.dump, type(component))
    status: Any = "broken" if expected is None else "expected"
    return Verdict(check=check.name, law=check.law, status=status, why=expected or lost.why, where=where, seconds=lost.seconds)


def known(names: Collection[str], *kinds: str) -> None:
    """Raise ``UnknownCheck`` for a name that no check of the kinds has."""
    there = {check.name for kind in kinds for check in checks_of(kind)} if names else set()
    for name in names:
        if name not in there:
            raise UnknownCheck(name, " and ".join(kinds), there)


def seen(error: BaseException) -> str:
    """Say what a check saw."""
    if isinstance(error, Broken):
        return str(error)
    return f"it raises {f'{type(error).__name__}: {error}' if isinstance(error, AugbenchError) else reason(error)}"


def label(component: Component) -> str:
    """Write a component as its author would: ``FlipMix(low=0.3)``, without what is the default anyway."""
    given = [field for field in fields(component) if field.init]  # type: ignore[arg-type]
    own = [field for field in given if not _is_default(field, getattr(component, field.name))]
    return f"{type(component).__name__}({', '.join(f'{field.name}={_value(getattr(component, field.name))}' for field in own)})"


def _judged(check: Check, component: Component, expected: str | None) -> Verdict:
    began = time.perf_counter()

    def told(status: Any, why: str = "", where: str = "") -> Verdict:
        return Verdict(check=check.name, law=check.law, status=status, why=why, where=where, seconds=time.perf_counter() - began)

    try:
        check(component)
    except NOT_HERE as reserve:
        return told("not applicable", str(reserve))
    except KeyboardInterrupt:
        raise
    # Whatever a plugin raises, SystemExit too, is its own failure.
    except BaseException as error:
        if expected is not None:
            return told("expected", expected)
        return told("broken", seen(error), blamed(error, type(component), check.function))
    return told("kept") if expected is None else told("unexpected", f"it keeps the law, which it is expected to break: {expected}")


def _checks_in(module: ModuleType) -> Iterator[Check]:
    """Find the checks of a module, in the order in which they stand there."""
    for name, function in vars(module).items():
        if name.startswith(_PREFIX) and getattr(function, "__module__", "") == module.__name__:
            yield Check(function=function)


def _is_default(field: Field[Any], value: Any) -> bool:
    default = default_of(field)
    return type(default) is type(value) and repr(default) == repr(value)


def _value(value: Any) -> str:
    return label(value) if isinstance(value, Component) else repr(value)
