"""The training loop of the adversarial generators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from augbench import Fitted, Optimizer, Progress, TrainingView
from augbench_plugins.generators._blueprint import Blueprint
from augbench_plugins.generators._checks import Checks
from augbench_plugins.generators._contest import Contest
from augbench_plugins.generators._ledger import Ledger
from augbench_plugins.generators._lots import ByClass, Deck, Lot, Passes, Sizes, lots
from augbench_plugins.generators._objective import Objective
from augbench_plugins.generators._pre_augment import enlarge, enlarge_classes
from augbench_plugins.generators._state import restore, saved
from augbench_plugins.generators._stopping import Kept, Rule

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
    rule: Rule | None = None
    """Which reading is kept; None keeps the last iteration."""
    class_power: float = 0.0
    """Classes are drawn in proportion to n to this power, where the networks are told of classes."""

    @property
    def sizes(self) -> Sizes:
        """Return how many numbers an iteration draws."""
        penalty = self.objective.penalty
        return Sizes(
            batch=self.batch,
            n_critic=self.n_critic,
            latent=self.blueprint.latent,
            shuffles=penalty is not None and penalty.at == "interp-mixed",
            lookalikes=self.blueprint.classes > 0,
        )


@dataclass(frozen=True, kw_only=True)
class Reals:
    """What is learnt, on the device."""

    images: Tensor
    """Whole numbers [n, C, H, W]: only a batch becomes float32 in [-1, 1]."""
    scale: float
    layout: torch.memory_format
    classes: Tensor | None = None
    """One-hot rows [n, K], where the networks are told of classes."""

    def batch(self, indices: Tensor) -> Tensor:
        """Return images in [-1, 1]."""
        return self.images[indices].float().mul_(2 / self.scale).sub_(1).to(memory_format=self.layout)

    def classes_of(self, indices: Tensor) -> Tensor | None:
        """Return the one-hot classes of images, or None."""
        return None if self.classes is None else self.classes[indices]


def fit(recipe: Recipe, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
    """Train both networks and return the generator network of the last iteration, or of the one that ``recipe.rule`` keeps.

    ``rng`` decides the start weights, the enlarged images, the batches and the latents; global streams are left alone.
    """
    checks = Checks.of(recipe.blueprint, view, recipe.iterations, rng)
    contest = start(recipe, view, rng)
    reals, deck = _reals(recipe, view, rng)
    fitting = _Fitting(recipe=recipe, view=view, rng=rng, progress=progress, checks=checks, contest=contest, reals=reals, deck=deck)
    if resume:
        fitting.done = restore(resume, contest, deck, rng, fitting.ledger, fitting.kept)
    else:
        fitting.look()
    while not fitting.over:
        fitting.block()
    return fitting.result()


@dataclass(kw_only=True)
class _Fitting:
    """A fit that is under way."""

    recipe: Recipe
    view: TrainingView
    rng: torch.Generator
    progress: Progress
    checks: Checks
    contest: Contest
    reals: Reals
    deck: Deck
    ledger: Ledger = field(init=False)
    kept: Kept = field(default_factory=Kept)
    done: int = 0
    over: bool = False

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.recipe.what, f"lower fit.lr, now {self.recipe.lr:g}")

    def block(self) -> None:
        """Make the iterations of one block of draws, at whose border a fit can be resumed."""
        self.view.keep(partial(saved, self.done, self.contest, self.deck, self.rng, self.ledger, self.kept))
        drawn = lots(self.recipe.sizes, self.deck, self.rng, self.view.device)
        for lot in drawn[: self.recipe.iterations - self.done]:
            iterate(self.contest, self.reals, lot, self.ledger)
            self.done += 1
            self.look()
            if self.over:
                return

    def look(self) -> None:
        """Judge images and read losses where it is time to, and ask the rule about them."""
        numbers = self.checks.at(self.done, self.contest.generator)
        self.ledger.enter(self.done, numbers)
        last = self.done == self.recipe.iterations
        if self.done and (last or self.done % max(1, self.recipe.iterations // POINTS) == 0):
            losses = self.ledger.read(self.done)
            self._tell(losses)
            numbers |= losses
        rule = self.recipe.rule
        if rule and rule.watches in numbers:
            self.over = self.kept.ends(rule, self.done, self.ledger.values(rule.watches), self.contest.generator)
        self.over |= last

    def _tell(self, losses: Mapping[str, float]) -> None:
        distances = self.ledger.values("kid")
        # The last one is worth seeing until the next check.
        shown = {**losses, "kid": distances[-1]} if distances else losses
        self.progress(self.done, self.recipe.iterations, **{name.replace(" ", "_"): value for name, value in shown.items()})

    def result(self) -> Fitted:
        """Return the weights that are kept: the last ones where there is no rule, or nothing that it could watch."""
        if not self.kept.tensors:
            self.kept.take(self.done, self.contest.generator)
        # The last update comes after the last loss.
        self.ledger.demand(all(bool(tensor.isfinite().all()) for tensor in self.kept.tensors.values()), self.kept.iteration)
        numbers = _numbers(self.contest, self.reals.images)
        return Fitted(tensors=self.kept.tensors, numbers=numbers, curves=self.ledger.curves(), chosen=self.kept.iteration)


def start(recipe: Recipe, view: TrainingView, rng: torch.Generator) -> Contest:
    """Return fresh networks on the device, with their optimizers."""
    seed = int(torch.randint(2**62, (), generator=rng))
    generator, critic = recipe.blueprint.networks(seed)
    generator.to(view.device, memory_format=layout(view))  # type: ignore[call-overload]
    critic.to(view.device, memory_format=layout(view))  # type: ignore[call-overload]
    return Contest(
        generator=generator,
        critic=critic,
        generator_optimizer=recipe.optimizer.build(generator.parameters(), recipe.lr),
        critic_optimizer=recipe.optimizer.build(critic.parameters(), recipe.lr),
        objective=recipe.objective,
        device=view.device,
        precision=view.precision,
    )


def iterate(contest: Contest, reals: Reals, lot: Lot, ledger: Ledger) -> None:
    """Update the critic as often as the lot has batches, then the generator network once."""
    for indices, latents, shares, shuffle in zip(lot.reals, lot.critic_latents, lot.shares, lot.shuffles, strict=True):
        ledger.note(contest.critic_step(reals.batch(indices), latents, shares, shuffle, reals.classes_of(indices)))
    ledger.note(contest.generator_step(lot.generator_latents, reals.classes_of(lot.lookalikes)))


def layout(view: TrainingView) -> torch.memory_format:
    """Return torch's name of a memory format."""
    return torch.channels_last if view.memory_format == "channels-last" else torch.contiguous_format


def _reals(recipe: Recipe, view: TrainingView, rng: torch.Generator) -> tuple[Reals, Deck]:
    members = view.members()
    images, scale = view.images.take(members.to(view.images.indices_on)), view.images.scale
    if not recipe.blueprint.classes:
        images = enlarge(images, recipe.pre_augment, scale, rng)
        return Reals(images=images, scale=scale, layout=layout(view)), Passes(len(images), rng)
    images, labels = enlarge_classes(images, view.labels, recipe.pre_augment, scale, rng)
    classes = torch.eye(recipe.blueprint.classes)[labels].to(view.device)
    return Reals(images=images, scale=scale, layout=layout(view), classes=classes), ByClass(labels, recipe.class_power, rng)


def _numbers(contest: Contest, images: Tensor) -> dict[str, float]:
    parameters = {
        f"{name} parameters": float(sum(weight.numel() for weight in network.parameters()))
        for name, network in (("generator", contest.generator), ("critic", contest.critic))
    }
    return {**parameters, "images": float(len(images))}
