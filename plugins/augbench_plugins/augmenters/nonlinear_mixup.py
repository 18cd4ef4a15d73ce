"""Nonlinear mixup: mixup, then a rotation in colour space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Le, MinLen

from augbench import Draw, DrawContext, Facts, Mixed, Reason, draws
from augbench.values.errors import EmptyRange
from augbench_plugins.augmenters._broadcast import over_pixels, two_weights
from augbench_plugins.augmenters.mixup import Mixup

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Axis = Literal["red", "green", "blue"]
AXES: tuple[Axis, ...] = ("red", "green", "blue")


@dataclass(frozen=True, kw_only=True)
class NonlinearDraw(Draw):
    """The share of the first source, and the rotation of each image."""

    weight: Tensor
    """float32 [count]."""
    matrix: Tensor
    """What a row vector of channels is multiplied by, float32 [count, C, C]."""


@dataclass(frozen=True, kw_only=True)
class NonlinearMixup(Mixup):
    """Mixup, then a rotation of every pixel in RGB space by theta about a random axis (Rana 2022, Eq. 3 and 4).

    A pixel is a row vector times the rotation matrix, in the scale [0, 1] and before normalisation.  Images of more than
    three channels are rotated in three of them, chosen at random.  About a black pivot most rotated pixels leave [0, 1].
    """

    theta_low: Annotated[float, Ge(0), Le(360)] = 0.0
    """Smallest angle in degrees."""
    theta_high: Annotated[float, Ge(0), Le(360)] = 360.0
    """Largest angle in degrees."""
    axes: Annotated[tuple[Axis, ...], MinLen(1)] = AXES
    """The axes to choose from; of other triples of channels: the first, second and third."""
    pivot: Annotated[float, Ge(0), Le(1)] = 0.0
    """The grey level that the rotation leaves in place: 0 is black, as the paper's text has it; 0.5 rotates in [-1, 1]."""
    range: Literal["clip", "none", "wrap", "rescale"] = "clip"
    """What becomes of values outside [0, 1]: cut off, left alone, wrapped as 8-bit numbers do, or the image rescaled to fit."""

    @property
    def bounded(self) -> bool:  # type: ignore[override]
        """Whether outputs stay within [0, 1]."""
        return self.range != "none"

    def __post_init__(self) -> None:
        """Refuse empty ranges of shares and angles."""
        super().__post_init__()
        if self.theta_low > self.theta_high:
            raise EmptyRange("theta-low", self.theta_low, "theta-high", self.theta_high)

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that a rotation of colours needs three of them."""
        channels = facts.shape[0]
        if channels >= 3:
            return None
        return Reason(f"nonlinear-mixup rotates colours and these images have {channels} channel{'s' * (channels > 1)}, not 3 or more")

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the share, the angle, the three channels and the axis."""
        theta = draws.uniform(context, rng, self.theta_low, self.theta_high, self.draws)
        matrix = rotations(theta, self._planes(context, rng), context.shape[0])
        return NonlinearDraw(weight=self.shares(context, rng), matrix=matrix)

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Average the two sources, rotate their colours and bring them back into range."""
        import torch

        mixed = torch.lerp(sources[:, 1], sources[:, 0], over_pixels(draw.weight))
        return Mixed(images=self._in_range(self._rotated(mixed, draw.matrix)), pixel_weights=two_weights(draw.weight))

    def _planes(self, context: DrawContext, rng: torch.Generator) -> Tensor:
        import torch

        order = torch.stack([draws.uniform(context, rng, per=self.draws) for _ in range(context.shape[0])], dim=1)
        triple = order.argsort(dim=1)[:, :3].sort(dim=1).values
        allowed = torch.tensor([AXES.index(name) for name in self.axes])
        axis = allowed[draws.integers(context, rng, 0, len(allowed), self.draws)]
        return triple.gather(1, torch.stack([(axis + 1) % 3, (axis + 2) % 3], dim=1))

    def _rotated(self, images: Tensor, matrices: Tensor) -> Tensor:
        factors = matrices[..., None, None]
        # Channel by channel, not as a matrix product: that may run in TF32 or bf16, and is no faster for three channels.
        result = images[:, :1] * factors[:, 0]
        for channel in range(1, images.shape[1]):
            result.addcmul_(images[:, channel : channel + 1], factors[:, channel])
        return result.add_(self.pivot * (1 - factors.sum(dim=1))) if self.pivot else result

    def _in_range(self, images: Tensor) -> Tensor:
        if self.range == "clip":
            return images.clamp_(0, 1)
        if self.range == "wrap":
            # Modulo 256 levels of 255: white stays white, what lies between two levels of 8 bits at the seam becomes white.
            return images.remainder(256 / 255).clamp_(max=1)
        if self.range == "rescale":
            low = images.amin(dim=(1, 2, 3), keepdim=True).clamp_(max=0)
            high = images.amax(dim=(1, 2, 3), keepdim=True).clamp_(min=1)
            return (images - low) / (high - low)
        return images


def rotations(theta: Tensor, plane: Tensor, channels: int) -> Tensor:
    """Return the matrices of Eq. 4 for angles in degrees, [n], and the two channels that each mixes, [n, 2].

    The result is [n, C, C].  The channels' order gives the sense: the plane of the blue axis is (red, green), and so on round.
    """
    import torch

    # 360 degrees are 0 to the last bit, so that the identity is exact.
    angle = torch.deg2rad(theta % 360)[:, None, None]
    first, second = torch.nn.functional.one_hot(plane, channels).to(theta.dtype)[..., None].unbind(1)
    kept = torch.eye(channels) + (angle.cos() - 1) * (first * first.mT + second * second.mT)
    return kept + angle.sin() * (second * first.mT - first * second.mT)
