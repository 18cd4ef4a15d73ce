"""How a generator learns a class and fills a bank."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol

from annotated_types import Ge, Gt

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench.values.data import Images
    from augbench.values.quality import Judge


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How generators are fitted; what is None is answered by the generator's ``official`` preset."""

    __pydantic_config__: ClassVar[dict[str, Any]] = Component.__pydantic_config__

    iterations: Annotated[int, Ge(1)] | None = None
    """Updates of the generator network."""
    batch_size: Annotated[int, Ge(2)] | None = None
    """Real images of one update."""
    n_critic: Annotated[int, Ge(1)] | None = None
    """Critic updates for each generator update."""
    lr: Annotated[float, Gt(0)] | None = None
    """Learning rate of both networks."""
    pre_augment: Annotated[int, Ge(0)] = 0
    """Enlarge a smaller class to this many images first (affine, perspective, contrast, noise); 0 leaves it alone."""
    scope: Literal["fold", "train"] = "fold"
    """Which images a generator may see: the fold's own, or the whole training set (then validation folds leak)."""


class Progress(Protocol):
    """Tells how far a long piece of work has come."""

    def __call__(self, done: int, total: int, **numbers: float) -> None: ...


def _keeps_nothing(state: Callable[[], Fitted]) -> None:
    """Stand in for a harness that keeps no checkpoints."""


@dataclass(frozen=True, kw_only=True)
class TrainingView:
    """What a generator may see: training images and labels, never validation or test; and whom it may ask."""

    images: Images
    """``images.take(indices)`` gives [n, C, H, W] on the device, in the data set's own integer type; ``images.scale`` means 1.0 there."""
    labels: Tensor
    """Class indices, int64 [N] on the CPU."""
    classes: tuple[str, ...]
    """Names, in the order of the labels."""
    target: int | None
    """The class to learn; None for a generator that covers all."""
    settings: Fit
    """Complete in the fields that the generator ``uses``."""
    device: torch.device
    precision: Literal["fp32", "bf16"] = "fp32"
    memory_format: Literal["contiguous", "channels-last"] = "channels-last"
    judge: Judge | None = None
    """Tells how good images are; None where nobody wants to know."""
    keep: Callable[[Callable[[], Fitted]], None] = _keeps_nothing
    """Call it wherever a fit can be resumed: it calls for the state when a checkpoint is due, and a fit that was cut short is
    handed the last one as ``resume``.  It does not return where the fit is to stop.
    """

    def members(self) -> Tensor:
        """Return the indices of the target's images, or of all images."""
        import torch

        return torch.arange(len(self.labels)) if self.target is None else (self.labels == self.target).nonzero()[:, 0]


Curve = tuple[tuple[int, float], ...]


def curves_from(document: Mapping[str, Any]) -> dict[str, Curve]:
    """Read curves back from JSON, which knows no tuples."""
    return {name: tuple((int(at), value) for at, value in points) for name, points in document.items()}


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A trained generator as data: tensors by name, numbers and curves; nothing that needs pickle."""

    tensors: Mapping[str, Tensor]
    """By name; what ``sample`` needs, such as the weights of a network."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Finite, by name."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """(iteration, value) by name, such as ``critic loss``."""
    chosen: int = 0
    """The iteration whose weights these are."""


class Generator(Component, ABC):
    """Learns the images of one class, or of all, and draws new ones."""

    kind: ClassVar[Kind] = "generator"
    covers: ClassVar[Literal["class", "all"]] = "class"
    """Whether there is a fit for each minority class, whose index is ``view.target``, or one for the data set."""
    uses: ClassVar[tuple[str, ...]] = ("iterations", "batch_size", "n_critic", "lr", "pre_augment")
    """The fields of ``Fit`` that change what it learns: only these enter its key (``scope`` always counts)."""
    judged: ClassVar[bool] = False
    """Whether ``fit`` asks ``view.judge``: then ``[quality]`` enters its key."""

    @abstractmethod
    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn the images of ``view.members()`` on ``view.device``, as ``view.settings`` say.  Raise ``Diverged`` if a loss is no number.

        ``rng`` is on the CPU.  Call ``progress(done, total, **numbers)`` on the way, and ``view.keep`` in a fit that takes minutes; from
        ``resume`` on, where there is one, it must come to the same bits.
        """

    @abstractmethod
    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw images of class ``view.target``, [count, C, H, W] in the data set's own integer type, on any device.

        That is uint8 or uint16, of which ``view.images.scale`` means 1.0.  ``rng`` is on the CPU.
        """
