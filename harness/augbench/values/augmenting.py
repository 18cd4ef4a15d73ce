"""How an augmenter draws its random numbers and mixes images."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench.values.data import Images


@dataclass(frozen=True, kw_only=True)
class Draw:
    """The random numbers of a block of output images: subclass with tensors whose first dimension is the image."""

    def __getitem__(self, images: slice) -> Self:
        """Return the draws of some of the images."""
        return self._map(lambda tensor: tensor[images])

    def to(self, device: torch.device | str) -> Self:
        """Move every tensor, without waiting for the device."""
        return self._map(lambda tensor: tensor.to(device, non_blocking=True))

    def _map(self, change: Any) -> Self:
        return replace(self, **{field.name: change(getattr(self, field.name)) for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class DrawContext:
    """What a block of draws is for; images are step-major: all of step 0, all of step 1, ..."""

    steps: int
    """Steps of the block."""
    per_step: int
    """Output images of one step."""
    shape: tuple[int, int, int]
    """Channels, height and width of a source image."""
    labels: Tensor
    """Class indices of the sources, int64 [count, arity]."""
    class_counts: Tensor
    """Original training images of each class, int64 [K]."""

    @property
    def count(self) -> int:
        """Output images of the whole block."""
        return self.steps * self.per_step


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """A batch that an augmenter made; all of it lies on the sources' device."""

    images: Tensor
    """float32 [B, C, H, W]."""
    pixel_weights: Tensor
    """How much of each source the image shows, float32 [B, arity], rows sum to 1."""
    label_weights: Tensor | None = None
    """How much each source's label counts, float32 [B, arity]; the pixel weights unless the method sets them apart."""


def label_weights(mixed: Mixed) -> Tensor:
    """Return how much each source's label counts, float32 [B, arity]."""
    return mixed.pixel_weights if mixed.label_weights is None else mixed.label_weights


@dataclass(frozen=True, kw_only=True)
class TableView:
    """What an augmenter may look at before a training: the images that its slot mixes, which are originals and bank.

    ``images.take(indices)`` gives [n, C, H, W] on the device, in the data set's own integer type; ``images.scale`` means 1.0 there.
    """

    images: Images
    labels: Tensor
    """Class indices, int64 [N] on the CPU."""
    device: torch.device
    """Where looking at them is quick."""


class Augmenter(Component, ABC):
    """Makes one image of ``arity`` source images.

    A whole one; registered as ``average``, a matrix says ``augment.mixed = { use = "average", low = 0.3 }``::

        from __future__ import annotations

        from dataclasses import dataclass
        from typing import Annotated, ClassVar

        from annotated_types import Ge, Le
        from augbench import Augmenter, Draw, DrawContext, Mixed, draws

        @dataclass(frozen=True, kw_only=True)
        class AverageDraw(Draw):
            "The random numbers of a block of images: the first dimension of every tensor is the image."

            share: Tensor

        @dataclass(frozen=True, kw_only=True)
        class Average(Augmenter):
            "Weighted average of two images."

            arity: ClassVar[int] = 2

            low: Annotated[float, Ge(0), Le(0.5)] = 0.2
            "Smallest share of either image."

            def draw(self, context: DrawContext, rng: torch.Generator) -> AverageDraw:
                return AverageDraw(share=draws.uniform(context, rng, self.low, 1 - self.low))

            def apply(self, sources: Tensor, draw: AverageDraw) -> Mixed:
                import torch

                weights = torch.stack([draw.share, 1 - draw.share], dim=1)
                images = (weights[:, :, None, None, None] * sources).sum(dim=1)
                return Mixed(images=images, pixel_weights=weights)

    Fields are parameters: their types and bounds refuse other values, the text below each is its help.  A class may say:

    - ``arity``: source images of one that is made (1): 1 handcrafted, 2 mixup, 4 bilinear mixup.
    - ``bounded``: whether images stay within [0, 1] (True); nothing is cut off for it.
    - ``looks``: whether ``partners`` says which images may be mixed (False).
    """

    kind: ClassVar[Kind] = "augmenter"
    arity: ClassVar[int] = 1
    """How many source images make one: 1 handcrafted, 2 mixup, 4 bilinear mixup."""
    bounded: ClassVar[bool] = True
    """Whether outputs stay within [0, 1]."""
    looks: ClassVar[bool] = False
    """Whether ``partners`` says which images may be mixed with which."""

    def partners(self, view: TableView) -> Tensor:
        """Return, for each image of the view, those that may be its further sources, int64 [N, k]; for ``looks`` only.

        Called once before a training, and cached; samplers then pick the sources after the first from an image's line.
        """
        raise NotImplementedError("looks = True, and there is no partners(view)")

    def expected_weights(self, shape: tuple[int, int, int]) -> tuple[float, ...]:
        """Return how much each source's label counts on average in images [C, H, W], summing to 1: for the prior of a loss."""
        return (1 / self.arity,) * self.arity

    @abstractmethod
    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw all random numbers of ``context.count`` images, from ``rng`` alone, on the CPU.

        These are ``context.steps`` batches of ``context.per_step`` images, drawn at once, one after the other.  ``context.shape`` is
        (channels, height, width) of a source, ``context.labels`` int64 [count, arity] the classes of the sources and
        ``context.class_counts`` int64 [K] the original training images of each class.  ``augbench.draws`` has laws: ``uniform``,
        ``normal``, ``beta``, ``integers``, each also once a batch (``per="batch"``).  Return a dataclass derived from ``Draw`` whose
        tensors have ``context.count`` lines: the harness slices them and moves them to the device.
        """

    @abstractmethod
    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Make images of sources [B, arity, C, H, W], float32 in [0, 1], before normalisation; B may be 0.

        Return ``images`` float32 [B, C, H, W] on the same device, in [0, 1] unless ``bounded`` is False; ``pixel_weights`` float32
        [B, arity], how much of each source an image shows; and, where the method sets them apart as Remix does, ``label_weights``,
        how much each source's label counts.  Rows of weights sum to 1.

        Pure: no random numbers, nothing is written to.  One vectorised call a batch, of static shapes, which never waits for the
        device: no ``.item()``, no ``if`` on a tensor, no mask as an index.
        """
