"""How generated images are judged: features of a frozen network, and what a generator may ask during its fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from annotated_types import Ge

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class FeatureNetwork:
    """A frozen network whose features images are compared by."""

    module: nn.Module
    """Maps float32 images [B, C, H, W] in [0, 1], of any size, to features [B, d]; in evaluation mode."""
    name: str
    """Which network this is, for reports: ``random-conv-3x480-0``."""
    digest: str
    """sha256 of its weights: only features of equal digests may be compared."""
    inception: bool = False
    """Whether these are the features that FID is defined on; any other Fréchet distance is not called FID."""


class Features(Component, ABC):
    """A frozen network that tells images apart."""

    kind: ClassVar[Kind] = "features"

    @abstractmethod
    def build(self, channels: int) -> FeatureNetwork:
        """Return the network on the CPU; equal parameters give equal weights.  Raise an ``AugbenchError`` without weights."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How generated images are judged."""

    __pydantic_config__: ClassVar[dict[str, Any]] = Component.__pydantic_config__

    features: Features | None
    """Whose features real and generated images are compared by; ``false`` leaves the quality unmeasured."""
    checks: Annotated[int, Ge(0)] = 10
    """How often a fit is judged, at even distances; not 0: it is judged before its first iteration too."""
    images: Annotated[int, Ge(2)] = 200
    """Generated images of one judgement."""
    nearest: Annotated[int, Ge(1)] = 5
    """Neighbours that a precision's and a coverage's balls reach to (Naeem 2020); fewer in a class that has fewer images."""


class Judge(Protocol):
    """Compares a fit's images with the real ones that it learns."""

    @property
    def checks(self) -> int:
        """How often a fit should ask, at even distances, after a first time before its first iteration; 0 is never."""

    @property
    def images(self) -> int:
        """How many images it should hand over."""

    def __call__(self, images: Tensor) -> Mapping[str, float]:
        """Judge images [n, C, H, W] in the data set's own type: ``kid``, ``frechet``, ``precision``, ``recall``."""
