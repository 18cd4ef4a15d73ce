"""The original generative adversarial network, with the loss that does not saturate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from augbench import Optimizer
from augbench_plugins.generators._adversarial import Adversarial
from augbench_plugins.optimizers import Adam

if TYPE_CHECKING:
    from augbench_plugins.generators._objective import Objective


@dataclass(frozen=True, kw_only=True)
class Gan(Adversarial):
    """Train a discriminator and a generator in turns, one update each (Goodfellow 2014; networks of Radford 2016)."""

    family: ClassVar[str] = "gan"
    # No n_critic: the discriminator is updated once an iteration.
    uses: ClassVar[tuple[str, ...]] = ("iterations", "batch_size", "lr", "pre_augment")
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # DCGAN's rates; its paper counts in epochs of sets of millions, so the length is that of the other families.
        "official": {"fit": {"iterations": 200_000, "batch-size": 128, "lr": 2e-4}},
        "pytorch-gan": {"network": "mlp", "critic-norm": "none", "fit": {"batch-size": 64, "lr": 2e-4}},
        "rana-2022": {"fit": {"batch-size": 16, "lr": 2e-4}},
        "small": {"width": 16, "latent": 64, "fit": {"iterations": 400, "batch-size": 16, "lr": 5e-4}},
    }

    optimizer: Optimizer = field(default_factory=lambda: Adam(betas=(0.5, 0.999)))
    stop: Literal["iterations", "kid", "frechet"] = "iterations"
    """Which weights are kept: the last iteration's, or those of the check with the smallest distance of features.  Not by the
    discriminator's loss, which falls while it wins, so that its plateau says nothing.
    """

    def objective(self) -> Objective:
        """Return E softplus(-D(x)) + E softplus(D(Gz)) for the discriminator, E softplus(-D(Gz)) for the generator."""
        from augbench_plugins.generators._objective import Objective, logistic_critic, logistic_generator

        return Objective(critic=logistic_critic, generator=logistic_generator)
