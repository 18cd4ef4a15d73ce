"""The Wasserstein divergence GAN: a power of the critic's gradient in place of a Lipschitz constraint."""

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
class WganDiv(Adversarial):
    """Add k E||grad D||^p between real and generated images (Wu 2018; the generator of Rana 2022)."""

    family: ClassVar[str] = "wgan-div"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # musikisomorphie/wgan-div, on DCGAN networks in place of its residual ones; its code has k = 10, its paper 2.
        "official": {
            "k": 10.0,
            "latent": 128,
            "critic-norm": "layer",
            "fit": {"iterations": 200_000, "batch-size": 64, "n-critic": 4, "lr": 2e-4},
        },
        "official-resnet": {
            "network": "resnet",
            "k": 10.0,
            "latent": 128,
            "critic-norm": "layer",
            "fit": {"iterations": 200_000, "batch-size": 64, "n-critic": 4, "lr": 2e-4},
        },
        "pytorch-gan": {
            "network": "mlp",
            "penalty-at": "real-fake",
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
    k: Annotated[float, Ge(0)] = 2.0
    """How much the penalty counts."""
    p: Annotated[float, Ge(2)] = 6.0
    """Power of the gradient's norm; below 2 its slope has no bound at zero."""
    penalty_at: Literal["interp", "interp-within", "interp-mixed", "real-fake", "real", "fake"] = "interp"
    """Where gradients are taken: between a real and a generated image, between two of one kind (``interp-within``) or any
    two (``interp-mixed``), at both kinds, or at one of them.
    """

    def objective(self) -> Objective:
        """Return WGAN's losses and the divergence's penalty."""
        from augbench_plugins.generators._objective import Objective, Penalty, norm_power, wasserstein_critic, wasserstein_generator

        penalty = Penalty(law=partial(norm_power, k=self.k, p=self.p), at=self.penalty_at)
        return Objective(critic=wasserstein_critic, generator=wasserstein_generator, penalty=penalty)
