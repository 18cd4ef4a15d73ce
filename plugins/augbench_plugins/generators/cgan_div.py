"""One Wasserstein divergence GAN for all classes, told which class it is to draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le

from augbench import TrainingView
from augbench_plugins.generators.wgan_div import WganDiv

if TYPE_CHECKING:
    from augbench_plugins.generators._blueprint import Blueprint
    from augbench_plugins.generators._fit import Recipe


@dataclass(frozen=True, kw_only=True)
class CganDiv(WganDiv):
    """WGAN-div on the images of all classes (Wu 2018), conditioned as Mirza 2014 does.

    The generator network reads a one-hot class beside its latents, the critic sees it as constant planes beside the image's
    channels; the penalty is taken over pixels, between images of one class.
    """

    covers: ClassVar[Literal["class", "all"]] = "all"
    family: ClassVar[str] = "cgan-div"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        name: WganDiv.presets[name] for name in ("official", "official-resnet", "rana-2022", "small")
    }

    penalty_at: Literal["interp", "real-fake", "real", "fake"] = "interp"
    """Where gradients are taken: between a real and a generated image of its class, at both, or at one of them."""
    class_power: Annotated[float, Ge(0), Le(1)] = 0.0
    """Batches hold classes in proportion to n to this power: 0 all alike, 1 every image alike."""

    def _blueprint(self, view: TrainingView) -> Blueprint:
        return replace(super()._blueprint(view), classes=len(view.classes))

    def _recipe(self, view: TrainingView) -> Recipe:
        return replace(super()._recipe(view), class_power=self.class_power)
