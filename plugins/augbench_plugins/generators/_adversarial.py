"""What the adversarial generators share: networks, start weights, and how a fit and a bank are made; light to import."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar

from annotated_types import Ge

from augbench import Facts, Fitted, Generator, Optimizer, Progress, Reason, TrainingView

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench_plugins.generators._dcgan import Blueprint
    from augbench_plugins.generators._fit import Recipe
    from augbench_plugins.generators._objective import Objective

CriticNorm = Literal["batch", "layer", "none"]
SIDES = (32, 64)
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, kw_only=True)
class Adversarial(Generator):
    """A generator network trained against a critic, both of DCGAN's shape (Radford 2016)."""

    family: ClassVar[str]
    """The name in messages."""

    optimizer: Optimizer
    """How both networks' weights are updated."""
    critic_norm: CriticNorm = "batch"
    """Normalisation between the critic's layers; a batch is real or generated, never both."""
    width: Annotated[int, Ge(1)] = 64
    """Channels of the stage next to the image; each deeper stage has twice as many."""
    latent: Annotated[int, Ge(1)] = 100
    """Numbers, drawn from N(0, 1), that an image is made of."""
    init: Literal["dcgan", "torch"] = "dcgan"
    """Start weights: N(0, 0.02) as DCGAN has them, or torch's own, from which critics without BatchNorm learn faster."""

    @abstractmethod
    def objective(self) -> Objective:
        """Return what critic and generator minimise."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that the networks make square images of 32 or 64 pixels with 1 to 4 channels."""
        channels, height, width = facts.shape
        if height != width or height not in SIDES:
            found = f"{height}" if height == width else f"{height} x {width}"
            return Reason(f"dcgan networks make {' or '.join(map(str, SIDES))} px images, not {found}; set resize")
        if not 1 <= channels <= 4:
            return Reason(f"dcgan networks make images of 1 to 4 channels, not {channels}")
        return None

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn the target's images in a fixed number of iterations; a fit always starts afresh, whatever ``resume`` holds."""
        from augbench_plugins.generators._fit import fit

        return fit(self._recipe(view), view, rng, progress)

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw images on the CPU, in the data set's own integer type, [count, C, H, W]."""
        from augbench_plugins.generators._bank import draw_images

        return draw_images(self._blueprint(view), fitted.tensors, view, count, rng)

    def _blueprint(self, view: TrainingView) -> Blueprint:
        from augbench_plugins.generators._dcgan import Blueprint

        channels, side, _ = view.images.shape
        return Blueprint(channels=channels, side=side, width=self.width, latent=self.latent, critic_norm=self.critic_norm, start=self.init)

    def _recipe(self, view: TrainingView) -> Recipe:
        from augbench_plugins.generators._fit import Recipe

        settings = view.settings
        return Recipe(
            what=f"generator '{self.family}'" + ("" if view.target is None else f" for class '{view.classes[view.target]}'"),
            blueprint=self._blueprint(view),
            objective=self.objective(),
            optimizer=self.optimizer,
            iterations=_complete("iterations", settings.iterations),
            batch=_complete("batch-size", settings.batch_size),
            n_critic=_complete("n-critic", settings.n_critic) if "n_critic" in self.uses else 1,
            lr=_complete("lr", settings.lr),
            pre_augment=settings.pre_augment,
        )


def _complete(name: str, value: Number | None) -> Number:
    if value is None:
        raise ValueError(f"fit.{name} is not set; give it a value or a preset")
    return value
