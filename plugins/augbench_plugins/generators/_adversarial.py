"""What the adversarial generators share: networks, start weights, and how a fit and a bank are made; light to import."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar

from annotated_types import Ge

from augbench import Facts, Fitted, Generator, Optimizer, Progress, Reason, TrainingView
from augbench.values.errors import NothingToLearn, NotJudged

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from augbench_plugins.generators._blueprint import Blueprint
    from augbench_plugins.generators._fit import Recipe
    from augbench_plugins.generators._objective import Objective
    from augbench_plugins.generators._stopping import Rule

CriticNorm = Literal["batch", "layer", "none"]
NetworkName = Literal["dcgan", "resnet", "mlp"]
SIDES = (32, 64, 128)
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, kw_only=True)
class Adversarial(Generator):
    """A generator network trained against a critic of the same kind."""

    judged: ClassVar[bool] = True
    family: ClassVar[str]
    """The name in messages."""

    optimizer: Optimizer
    """How both networks' weights are updated."""
    network: NetworkName = "dcgan"
    """DCGAN's convolutions (Radford 2016), the residual networks of the WGAN-GP code, or PyTorch-GAN's linear layers."""
    critic_norm: CriticNorm = "batch"
    """Normalisation between the critic's layers; a batch is real or generated, never both."""
    width: Annotated[int, Ge(1)] = 64
    """Channels of the stage next to the image; each deeper stage has twice as many.  For ``mlp``, half the first layer's numbers."""
    latent: Annotated[int, Ge(1)] = 100
    """Numbers, drawn from N(0, 1), that an image is made of."""
    init: Literal["own", "torch"] = "own"
    """Start weights: those of the network's source, N(0, 0.02) for ``dcgan``, or torch's, from which its critics without
    BatchNorm learn faster.
    """
    stop: Literal["iterations", "critic-loss", "kid", "frechet"] = "iterations"
    """Which weights are kept: the last iteration's, those from which the critic's absolute loss no longer decreases, or those
    of the check with the smallest distance of features, KID or Fréchet's.
    """
    stop_window: Annotated[int, Ge(1)] = 5
    """Readings, a hundred in a full fit, that the moving average of the critic's loss is taken of."""
    stop_patience: Annotated[int, Ge(1)] = 20
    """Readings, or checks, without a lower one that end a fit; otherwise it ends after ``fit.iterations``."""

    @abstractmethod
    def objective(self) -> Objective:
        """Return what critic and generator minimise."""

    def supports(self, facts: Facts) -> Reason | None:
        """Tell which square images the networks make, with 1 to 4 channels."""
        channels, height, width = facts.shape
        found = f"{height}" if height == width else f"{height} x {width}"
        if self.network == "mlp" and height != width:
            return Reason(f"mlp networks make square images, not {found}; set resize")
        if self.network != "mlp" and (height != width or height not in SIDES):
            return Reason(f"{self.network} networks make 32, 64 or 128 px images, not {found}; set resize")
        if not 1 <= channels <= 4:
            return Reason(f"{self.network} networks make images of 1 to 4 channels, not {channels}")
        if self.stop in ("kid", "frechet") and not facts.judged:
            return Reason(f"stop = '{self.stop}' needs a fit that is judged: set quality.features and quality.checks")
        return None

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn the target's images, or go on from where a fit with the same ``rng`` was at the border of a block.

        Raise ``NothingToLearn`` or ``NotJudged`` before any work where it would be in vain.
        """
        from augbench_plugins.generators._fit import fit

        self._demand_images(view)
        if self.stop in ("kid", "frechet") and (view.judge is None or not view.judge.checks):
            raise NotJudged(self._named(view), self.stop)
        return fit(self._recipe(view), view, rng, progress, resume)

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw images on the CPU, in the data set's own integer type, [count, C, H, W]."""
        from augbench_plugins.generators._bank import draw_images

        # A network of all classes draws any, and of one that it never saw nothing that is worth a bank.
        self._demand_images(view)
        return draw_images(self._blueprint(view), fitted.tensors, view, count, rng)

    def _demand_images(self, view: TrainingView) -> None:
        if view.target is not None and not len(view.members()):
            raise NothingToLearn(self.family, view.classes[view.target])

    def _named(self, view: TrainingView) -> str:
        return f"generator '{self.family}'" + ("" if view.target is None else f" for class '{view.classes[view.target]}'")

    def _blueprint(self, view: TrainingView) -> Blueprint:
        from augbench_plugins.generators._blueprint import Blueprint

        channels, side, _ = view.images.shape
        return Blueprint(
            network=self.network,
            channels=channels,
            side=side,
            width=self.width,
            latent=self.latent,
            critic_norm=self.critic_norm,
            start=self.init,
        )

    def _recipe(self, view: TrainingView) -> Recipe:
        from augbench_plugins.generators._fit import Recipe

        settings = view.settings
        return Recipe(
            what=self._named(view),
            blueprint=self._blueprint(view),
            objective=self.objective(),
            optimizer=self.optimizer,
            iterations=_complete("iterations", settings.iterations),
            batch=_complete("batch-size", settings.batch_size),
            n_critic=_complete("n-critic", settings.n_critic) if "n_critic" in self.uses else 1,
            lr=_complete("lr", settings.lr),
            pre_augment=settings.pre_augment,
            rule=self._rule(),
        )

    def _rule(self) -> Rule | None:
        from augbench_plugins.generators._stopping import Lowest, Plateau

        match self.stop:
            case "critic-loss":
                return Plateau(window=self.stop_window, patience=self.stop_patience)
            case "kid" | "frechet":
                return Lowest(watches=self.stop, patience=self.stop_patience)
            case "iterations":
                return None


def _complete(name: str, value: Number | None) -> Number:
    if value is None:
        raise ValueError(f"fit.{name} is not set; give it a value or a preset")
    return value
