"""What a component is: a named, parameterised part of an experiment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, Literal, get_args

Kind = Literal[
    "dataset",
    "resize",
    "generator",
    "augmenter",
    "sampler",
    "loss",
    "backbone",
    "optimizer",
    "schedule",
    "adjustment",
    "features",
    "metric",
    "test",
    "report",
    "executor",
    "observer",
]
KINDS: tuple[str, ...] = get_args(Kind)


def dashed(name: str) -> str:
    """Turn a field's name into its TOML key."""
    return name.replace("_", "-")


def class_address(component: type) -> str:
    """Return ``module:Class``, by which every slot may name a class."""
    return f"{component.__module__}:{component.__qualname__}"


def default_of(own: Field[Any]) -> Any:
    """Return what a field holds that nobody gives; ``MISSING`` of one that must be given."""
    return own.default if own.default_factory is MISSING else own.default_factory()


class Reason(str):
    """Why a component cannot serve a cell, as one sentence for the plan and the report."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a cell before anything is trained."""

    shape: tuple[int, int, int]
    """Channels, height and width of the prepared images."""
    classes: tuple[str, ...]
    """Names, in the order of the labels."""
    counts: tuple[int, ...]
    """Training images of each class (of the smallest fold, where there are folds)."""
    minority: tuple[str, ...]
    """For a generator of single classes, the one that it is asked about."""
    batch_size: int
    """Images of a classifier's batch."""
    mix: Mapping[str, float] = field(default_factory=dict)
    """Parts of a batch by source; only sources that exist."""
    n: Mapping[str, int] = field(default_factory=dict)
    """The paper's n of each minority class."""
    bank_size: Mapping[str, int] = field(default_factory=dict)
    """Synthetic images of each minority class."""
    judged: bool = True
    """Whether generated images are judged during a fit."""


class Component:
    """A part of an experiment: subclass it as a frozen, keyword-only dataclass.

    Fields are the TOML keys (dashed), ``annotated_types`` bounds validate them and the string below each field is its
    help.  A field typed with another kind's base class (``optimizer: Optimizer``) is a slot that nests a component.

    ``__post_init__`` may refuse what bounds cannot: it raises ``ValueError`` with a sentence, which is told with the place in the matrix.
    Modules of components are imported to validate a matrix: torch, NumPy and the like belong inside the methods.
    """

    kind: ClassVar[Kind]
    # Read by pydantic, from outside: neither this module nor a plugin imports it.
    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "strict": True,
        "use_attribute_docstrings": True,
        "alias_generator": dashed,
        "arbitrary_types_allowed": True,
        "allow_inf_nan": False,
    }
    preload: ClassVar[tuple[str, ...]] = ()
    """Heavy modules that its code imports when it runs: a server that forks workers imports them once for all."""
    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """Named parameter sets, written as in TOML: ``{"official": {"clip": 0.01}}``; a generator's may hold ``fit``."""

    def supports(self, facts: Facts) -> Reason | None:
        """Return a ``Reason``, one sentence, where this component cannot serve a cell, or None; asked before anything is trained."""
        return None

    def content(self) -> str | None:
        """Return a digest of what decides its results beside code and parameters, such as a folder's files, or None."""
        return None


def components_in(value: object) -> Iterator[Component]:
    """Find the components that settings are made of, those within components too."""
    if isinstance(value, Component):
        yield value
    if is_dataclass(value):
        for own in fields(value):
            yield from components_in(getattr(value, own.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from components_in(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from components_in(part)
