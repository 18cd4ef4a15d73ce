"""Small real components: everything a trial needs, trained in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from annotated_types import Gt

from augbench import (
    Adjustment,
    AdjustmentContext,
    Augmenter,
    Backbone,
    BackboneContext,
    Dataset,
    Diverged,
    Draw,
    DrawContext,
    FeatureNetwork,
    Features,
    Fitted,
    Generator,
    Group,
    Loss,
    LossContext,
    Mixed,
    Network,
    Optimizer,
    Probe,
    Progress,
    SampleContext,
    Sampler,
    Schedule,
    Split,
    Splits,
    TableView,
    TrainingView,
    draws,
)
from augbench.values.quality import Quality
from augbench.values.settings import AugmentSlot, Bank, Batch, Column, Length, Numerics, Settings, Training
from augbench.values.synthesis import Fit


@dataclass(frozen=True, kw_only=True)
class Dots(Dataset):
    """Noise images; the class brightens one channel."""

    train: tuple[int, ...] = (12, 8, 4)
    validation: tuple[int, ...] = (6, 4, 3)
    test: tuple[int, ...] = (6, 4, 3)
    seed: int = 0

    def probe(self) -> Probe:
        counts = {"train": self.train, "test": self.test} | ({"validation": self.validation} if self.validation else {})
        return Probe(classes=self._classes(), counts=counts, channels=3, size=(8, 8), digest=f"dots-{self.seed}")

    def load(self) -> Splits:
        validation = self._split("validation", self.validation) if self.validation else None
        return Splits(
            classes=self._classes(), train=self._split("train", self.train), validation=validation, test=self._split("test", self.test)
        )

    def _classes(self) -> tuple[str, ...]:
        return tuple("abcdefgh"[: len(self.train)])

    def _split(self, name: str, counts: tuple[int, ...]) -> Split:
        rng = np.random.default_rng([self.seed, *name.encode()])
        labels = np.repeat(np.arange(len(counts)), counts)
        images = rng.integers(0, 120, (len(labels), 8, 8, 3)) + 40 * np.eye(3, dtype=np.int64)[labels % 3][:, None, None]
        return Split(images=list(images.astype(np.uint8)), labels=labels, ids=tuple(f"{name}/{i}" for i in range(len(labels))))


@dataclass(frozen=True, kw_only=True)
class MeanNoise(Generator):
    """Draws the mean of a class with noise; diverges when told to."""

    uses: ClassVar[tuple[str, ...]] = ("lr", "iterations")
    noise: Annotated[float, Gt(0)] = 0.1
    diverges: bool = False

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        if self.diverges:
            raise Diverged("generator mean-noise", 7, "lower fit.lr")
        mean = view.images.take(view.members().to(view.device)).float().mean(0)
        progress(1, 1, loss=0.5)
        return Fitted(tensors={"mean": mean}, numbers={"images": len(view.members())}, curves={"critic loss": ((1, 0.5),)}, chosen=1)

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> torch.Tensor:
        noise = torch.randn(count, *view.images.shape, generator=rng) * self.noise * view.images.scale
        return (fitted.tensors["mean"] + noise).clamp(0, view.images.scale).to(torch.uint8)


@dataclass(frozen=True, kw_only=True)
class MeanNoiseTwin(MeanNoise):
    """Another generator that does the same."""


@dataclass(frozen=True, kw_only=True)
class Patient(MeanNoise):
    """Counts to ten, may be judged and killed on the way, and goes on where it was."""

    judged: ClassVar[bool] = True
    dies_at: int = 0

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        start, kid = (resume.chosen, list(resume.curves["kid"])) if resume else (0, [])
        images = view.images.take(view.members().to(view.device))
        for done in range(start + 1, 11):
            if done == self.dies_at and not resume:
                raise KeyboardInterrupt
            if view.judge:
                kid.append((done, view.judge(images.to(torch.uint8)[: view.judge.images])["kid"]))
            at, so_far = done, tuple(kid)
            view.keep(lambda at=at, so_far=so_far: Fitted(tensors={"at": torch.tensor(at)}, curves={"kid": so_far}, chosen=at))
            progress(done, 10)
        mean = images.float().mean(0)
        return Fitted(tensors={"mean": mean}, numbers={"began": start}, curves={"kid": tuple(kid)}, chosen=10)


@dataclass(frozen=True, kw_only=True)
class Means(Features):
    """Channel means and deviations."""

    def build(self, channels: int) -> FeatureNetwork:
        return FeatureNetwork(module=_Means(), name=f"means-{channels}", digest="0" * 64)


class _Means(torch.nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.cat([images.mean((2, 3)), images.std((2, 3))], 1)


@dataclass(frozen=True, kw_only=True)
class OddShapes(MeanNoise):
    """Draws numbers that are no images of the data set."""

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> torch.Tensor:
        return super().sample(fitted, view, count, rng).float()


@dataclass(frozen=True, kw_only=True)
class Share(Draw):
    share: torch.Tensor


@dataclass(frozen=True, kw_only=True)
class Blend(Augmenter):
    """Weighted average of two images."""

    arity: ClassVar[int] = 2
    low: float = 0.2

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        return Share(share=draws.uniform(context, rng, self.low, 1 - self.low))

    def apply(self, sources: torch.Tensor, draw: Any) -> Mixed:
        weights = torch.stack([draw.share, 1 - draw.share], dim=1)
        return Mixed(images=torch.einsum("bachw,ba->bchw", sources, weights), pixel_weights=weights)


@dataclass(frozen=True, kw_only=True)
class BlendNext(Blend):
    """Blend an image with the next one of its class, in order."""

    looks: ClassVar[bool] = True
    lost: bool = False

    def partners(self, view: TableView) -> torch.Tensor:
        if self.lost:
            return torch.full((len(view.labels), 1), len(view.labels))
        table = torch.empty(len(view.labels), 1, dtype=torch.int64)
        for label in view.labels.unique():
            members = (view.labels == label).nonzero()[:, 0]
            table[members, 0] = members.roll(-1)
        return table


@dataclass(frozen=True, kw_only=True)
class Tilt(Adjustment):
    """Take away the logarithm of the prior."""

    def adjust(self, logits: torch.Tensor, context: AdjustmentContext) -> torch.Tensor:
        return logits - context.prior.log()


@dataclass(frozen=True, kw_only=True)
class Shift(Augmenter):
    """Add a random brightness."""

    amount: float = 0.1

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        return Share(share=draws.uniform(context, rng, 0, self.amount))

    def apply(self, sources: torch.Tensor, draw: Any) -> Mixed:
        images = (sources[:, 0] + draw.share[:, None, None, None]).clamp(0, 1)
        return Mixed(images=images, pixel_weights=torch.ones(len(images), 1))


@dataclass(frozen=True, kw_only=True)
class Supplement(Sampler):
    """One image of each part for each minority class; originals fill the batch."""

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        steps, parts = context.block.steps, [name for name in context.mix if name != "originals"]
        groups = []
        for name in parts:
            labels = torch.tensor(context.minority).expand(steps, -1)
            if name == "generated":
                groups.append(Group(slot=None, sources=context.pick(labels, "generated", context.rng(name))[..., None]))
            else:
                groups.append(Group(slot=name, sources=context.sources(name, labels, context.rng(name))))
        pool = torch.arange(len(context.labels))
        return (Group(slot=None, sources=context.passes("originals", pool, self.originals_per_step(context))[..., None]), *groups)

    def originals_per_step(self, context: SampleContext) -> int:
        return context.size - len(context.minority) * sum(name != "originals" for name in context.mix)

    def pool(self, context: SampleContext) -> int:
        return len(context.labels)

    def prior(self, context: SampleContext, progress: float) -> torch.Tensor:
        return context.class_counts / context.class_counts.sum()


@dataclass(frozen=True, kw_only=True)
class Linear(Backbone):
    """A linear layer, after dropout."""

    def build(self, context: BackboneContext) -> Network:
        wide = context.channels * context.size[0] * context.size[1]
        module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.2), torch.nn.Linear(wide, context.classes))
        return Network(module=module, mean=context.mean, sd=context.sd)


@dataclass(frozen=True, kw_only=True)
class Entropy(Loss):
    def loss(self, logits: torch.Tensor, targets: torch.Tensor, context: LossContext) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(logits, targets)


@dataclass(frozen=True, kw_only=True)
class Descent(Optimizer):
    def build(self, parameters: Any, lr: float) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, lr=lr)


@dataclass(frozen=True, kw_only=True)
class Flat(Schedule):
    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        return 1.0


def settings(**changes: Any) -> Settings:
    """Return the settings of a whole trial, with some of them changed."""
    known = Settings(
        generator=MeanNoise(),
        sampler=Supplement(),
        backbone=Linear(),
        batch=Batch(size=8, mix={"generated": 1.0, "linear": 1.0}),
        augment={"linear": AugmentSlot(augmenter=Blend())},
        transforms=(Shift(), Shift(amount=0.05)),
        transforms_at="batch",
        fit=Fit(lr=0.1, iterations=3, n_critic=5),
        bank=Bank(size=6),
        training=Training(length=Length(steps=70), optimizer=Descent(), schedule=Flat(), loss=Entropy(), lr=0.05, checks=2),
        quality=Quality(features=None),
        numerics=Numerics(),
    )
    return replace(known, **changes)


def column(**changes: Any) -> Column:
    """Return a column over ``Dots``."""
    known = Column(name="dots", label="Dots", dataset=Dots(), resize=None, folds=None, minority=("c",))
    return replace(known, **changes)
