"""The Wasserstein GAN whose critic is kept in bounds by clipping its weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from annotated_types import Gt

from augbench import Optimizer
from augbench_plugins.generators._adversarial import Adversarial
from augbench_plugins.optimizers import RmsProp

if TYPE_CHECKING:
    from augbench_plugins.generators._objective import Objective


@dataclass(frozen=True, kw_only=True)
class Wgan(Adversarial):
    """Let a weight-clipped critic estimate the Wasserstein distance that the generator shortens (Arjovsky 2017)."""

    family: ClassVar[str] = "wgan"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # martinarjovsky/WassersteinGAN, without its 100 critic updates in some iterations; its 25 passes over LSUN
        # come to 237,000 iterations.
        "official": {"fit": {"iterations": 200_000, "batch-size": 64, "n-critic": 5, "lr": 5e-5}},
        "pytorch-gan": {"network": "mlp", "critic-norm": "none", "fit": {"batch-size": 64, "n-critic": 5, "lr": 5e-5}},
        "rana-2022": {"fit": {"batch-size": 16, "n-critic": 4, "lr": 2e-4}},
        "small": {
            "width": 16,
            "latent": 64,
            "fit": {"iterations": 200, "batch-size": 16, "n-critic": 4, "lr": 5e-4},
        },
    }

    optimizer: Optimizer = field(default_factory=RmsProp)
    clip: Annotated[float, Gt(0)] = 0.01
    """Before each of its updates, every weight of the critic is cut to [-clip, clip]."""

    def objective(self) -> Objective:
        """Return E D(Gz) - E D(x) for the critic, -E D(Gz) for the generator."""
        from augbench_plugins.generators._objective import Objective, wasserstein_critic, wasserstein_generator

        return Objective(critic=wasserstein_critic, generator=wasserstein_generator, clip=self.clip)
