"""The training loop of the adversarial generators."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from augbench import Fitted, Optimizer, Progress, TrainingView
from augbench_plugins.generators._blueprint import Blueprint
from augbench_plugins.generators._contest import Contest
from augbench_plugins.generators._ledger import Ledger
from augbench_plugins.generators._lots import Lot, Sizes, lots
from augbench_plugins.generators._objective import Objective
from augbench_plugins.generators._pre_augment import enlarge
from augbench_plugins.generators._stopping import Kept, Plateau

# Readings of a fit: enough for a curve, few enough to leave the device alone.
POINTS = 100


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A fit's settings, complete."""

    what: str
    """Whom a message blames."""
    blueprint: Blueprint
    objective: Objective
    optimizer: Optimizer
    iterations: int
    batch: int
    n_critic: int
    lr: float
    pre_augment: int
    plateau: Plateau | None = None
    """Which reading is kept; None keeps the last iteration."""


def fit(recipe: Recipe, view: TrainingView, rng: torch.Generator, progress: Progress) -> Fitted:
    """Train both networks and return the generator network of the last iteration, or of the one that ``recipe.plateau`` keeps.

    ``rng`` decides the start weights, the enlarged images, the batches and the latents; global streams are left alone.
    """
    contest = start(recipe, view, rng)
    images = enlarge(view.images.take(view.members()), recipe.pre_augment, view.images.scale, rng)
    sizes = Sizes(
        images=len(images),
        batch=recipe.batch,
        n_critic=recipe.n_critic,
        latent=recipe.blueprint.latent,
        shuffles=recipe.objective.penalty is not None and recipe.objective.penalty.at == "interp-mixed",
    )
    ledger = Ledger(recipe.what, f"lower fit.lr, now {recipe.lr:g}")
    interval = max(1, recipe.iterations // POINTS)
    kept = Kept(recipe.plateau, recipe.iterations)
    for done, lot in enumerate(lots(sizes, recipe.iterations, rng, view.device), 1):
        iterate(contest, images, view.images.scale, lot, ledger)
        if done % interval == 0 or done == recipe.iterations:
            progress(done, recipe.iterations, **{name.replace(" ", "_"): mean for name, mean in ledger.read(done).items()})
            if kept.ends(done, ledger.means("critic loss"), contest.generator):
                break
    # The last update comes after the last loss.
    ledger.demand(all(bool(tensor.isfinite().all()) for tensor in kept.tensors.values()), kept.iteration)
    return Fitted(tensors=kept.tensors, numbers=_numbers(contest, images), curves=ledger.curves(), chosen=kept.iteration)


def start(recipe: Recipe, view: TrainingView, rng: torch.Generator) -> Contest:
    """Return fresh networks on the device, with their optimizers."""
    seed = int(torch.randint(2**62, (), generator=rng))
    generator, critic = recipe.blueprint.networks(seed)
    generator.to(view.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    critic.to(view.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Contest(
        generator=generator,
        critic=critic,
        generator_optimizer=recipe.optimizer.build(generator.parameters(), recipe.lr),
        critic_optimizer=recipe.optimizer.build(critic.parameters(), recipe.lr),
        objective=recipe.objective,
        device=view.device,
        precision=view.precision,
    )


def iterate(contest: Contest, images: Tensor, scale: float, lot: Lot, ledger: Ledger) -> None:
    """Update the critic as often as the lot has batches, then the generator network once."""
    for indices, latents, shares, shuffle in zip(lot.reals, lot.critic_latents, lot.shares, lot.shuffles, strict=True):
        # The resident images stay whole numbers: only a batch becomes float32 in [-1, 1].
        reals = images[indices].float().mul_(2 / scale).sub_(1)
        ledger.note(contest.critic_step(reals.to(memory_format=torch.channels_last), latents, shares, shuffle))
    ledger.note(contest.generator_step(lot.generator_latents))


def _numbers(contest: Contest, images: Tensor) -> dict[str, float]:
    parameters = {
        f"{name} parameters": float(sum(weight.numel() for weight in network.parameters()))
        for name, network in (("generator", contest.generator), ("critic", contest.critic))
    }
    return {**parameters, "images": float(len(images))}
