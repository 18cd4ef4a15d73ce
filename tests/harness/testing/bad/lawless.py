"""A generator that keeps the laws of every kind, and others that break one each; this module imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Ge, Le

from augbench import Facts, Fitted, Generator, Progress, Reason, TrainingView

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True)
class Noise(Generator):
    """Draws noise around a grey."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {"dark": {"grey": 0.1, "fit": {"lr": 0.1}}}

    grey: Annotated[float, Ge(0), Le(1)] = 0.5
    """The mean, in the images' scale."""

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        return Fitted(tensors={"mean": view.images.take(view.members()).float().mean(0)})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> torch.Tensor:
        import torch

        noise = torch.rand(count, *view.images.shape, generator=rng) * view.images.scale * self.grey
        return noise.to(torch.uint8 if view.images.scale == 255 else torch.uint16)


@dataclass(frozen=True, kw_only=True)
class NoTwo(Noise):
    """Cannot have two equal parameters, which it has by default."""

    other: float = 0.5
    """Another grey."""

    def __post_init__(self) -> None:
        if self.grey == self.other:
            raise ValueError("grey and other are the same")


@dataclass(frozen=True, kw_only=True)
class HollowBound(Noise):
    """Bounds a number in one of two alternatives."""

    other: Annotated[float, Ge(0)] | float = 0.5
    """Another grey."""


@dataclass(frozen=True, kw_only=True)
class Halved(Noise):
    """Changes a parameter when it is made."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "grey", self.grey / 2)


@dataclass(frozen=True, kw_only=True)
class Silent(Noise):
    """Says nothing of a parameter."""

    other: float = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Individual(Noise):
    """Is equal to itself alone."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True, kw_only=True)
class Listing(Noise):
    """Holds a list."""

    greys: list[float] = field(default_factory=lambda: [0.5])
    """Other greys."""


@dataclass(frozen=True, kw_only=True)
class Homebound(Noise):
    """Cannot leave its process."""

    def __reduce__(self) -> Any:
        raise TypeError("a file that is open")


@dataclass(frozen=True, kw_only=True)
class Raising(Noise):
    """Raises when it works."""

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        raise IndexError("list index out of range")


@dataclass(frozen=True, kw_only=True)
class Counting(Noise):
    """Gives other images each time."""

    times: ClassVar[list[int]] = []

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        self.times.append(1)
        return Fitted(tensors={}, numbers={"times": len(self.times)})


@dataclass(frozen=True, kw_only=True)
class Seeding(Noise):
    """Seeds a global stream, and so leaves it as it found it the second time."""

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> torch.Tensor:
        import numpy as np

        np.random.seed(0)
        return super().sample(fitted, view, count, rng)


@dataclass(frozen=True, kw_only=True)
class Moody(Noise):
    """Raises where no class is small."""

    def supports(self, facts: Facts) -> Reason | None:
        return Reason("it is rare") if facts.minority[0] == "rare" else None


@dataclass(frozen=True, kw_only=True)
class OddPreset(Noise):
    """Has a preset with a value that it refuses."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {"bright": {"grey": 2.0}}
