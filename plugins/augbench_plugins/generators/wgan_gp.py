"""The Wasserstein GAN whose critic is pulled towards gradients of norm one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Ge

from augbench import Optimizer
from augbench_plugins.generators._adversarial import Adversarial
from augbench_plugins.optimizers import Adam

if TYPE_CHECKING:
    from augbench_plugins.generators._objective import Objective


@dataclass(frozen=True, kw_only=True)
class WganGp(Adversarial):
    """Add weight x E(||grad D|| - 1)^2, two-sided, between real and generated images (Gulrajani 2017)."""

    family: ClassVar[str] = "wgan-gp"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # igul222/improved_wgan_training at 64 px, on DCGAN networks in place of its residual ones.
        "official": {"latent": 128, "critic-norm": "layer", "fit": {"iterations": 200_000, "batch-size": 64, "n-critic": 5, "lr": 1e-4}},
        "official-resnet": {
            "network": "resnet",
            "latent": 128,
            "critic-norm": "layer",
            "fit": {"iterations": 200_000, "batch-size": 64, "n-critic": 5, "lr": 1e-4},
        },
        "pytorch-gan": {
            "network": "mlp",
            "optimizer": {"use": "adam", "betas": [0.5, 0.999]},
            "fit": {"batch-size": 64, "n-critic": 5, "lr": 2e-4},
        },
        "rana-2022": {"fit": {"batch-size": 16, "n-critic": 4, "lr": 2e-4}},
        "small": {
            "width": 16,
            "latent": 64,
            "init": "torch",
            "fit": {"iterations": 200, "batch-size": 16, "n-critic": 4, "lr": 1e-3},
        },
    }

    optimizer: Optimizer = field(default_factory=lambda: Adam(betas=(0.0, 0.9)))
    # No "batch": there the gradient of one image's score depends on the other images.
    critic_norm: Literal["layer", "none"] = "none"
    """Normalisation between the critic's layers, of each image by itself."""
    weight: Annotated[float, Ge(0)] = 10.0
    """How much the penalty counts (lambda)."""

    def objective(self) -> Objective:
        """Return WGAN's losses and the gradient penalty."""
        from augbench_plugins.generators._objective import Objective, Penalty, unit_norm, wasserstein_critic, wasserstein_generator

        penalty = Penalty(law=partial(unit_norm, weight=self.weight), at="interp")
        return Objective(critic=wasserstein_critic, generator=wasserstein_generator, penalty=penalty)
