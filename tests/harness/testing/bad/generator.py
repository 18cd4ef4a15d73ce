"""A generator that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import torch

from augbench import Component, Fitted, Generator, Progress, TrainingView


@dataclass(frozen=True, kw_only=True)
class Approach(Generator):
    """Nears the mean of its images step by step, and draws it with noise."""

    uses: ClassVar[tuple[str, ...]] = ("iterations", "lr")
    judged: ClassVar[bool] = True
    presets: ClassVar[dict[str, dict[str, Any]]] = {"official": {"fit": {"iterations": 9, "lr": 0.5}}}

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        iterations, rate = view.settings.iterations, self.rate(view)
        start, mean = (resume.chosen, resume.tensors["mean"]) if resume else (0, torch.zeros(view.images.shape))
        for done in range(start + 1, iterations + 1):
            mean = mean + rate * (view.images.take(view.members()).float().mean(0) - mean)
            self.ask(view, done)
            self.tell(view, progress, done, iterations)
            self.keep(view, mean, done)
        return Fitted(tensors={"mean": mean}, numbers={"images": len(view.members())}, chosen=iterations)

    def rate(self, view: TrainingView) -> float:
        return view.settings.lr

    def ask(self, view: TrainingView, done: int) -> None:
        if view.judge and done <= view.judge.checks:
            view.judge(view.images.take(view.members())[: view.judge.images])

    def tell(self, view: TrainingView, progress: Progress, done: int, total: int) -> None:
        progress(done, total, loss=1 / done)

    def keep(self, view: TrainingView, mean: torch.Tensor, done: int) -> None:
        view.keep(lambda: Fitted(tensors={"mean": mean}, chosen=done))

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> torch.Tensor:
        noise = 0.1 * view.images.scale * torch.randn(count, *view.images.shape, generator=rng)
        images = (fitted.tensors["mean"] + noise).clamp(0, view.images.scale)
        return images.to(torch.uint8 if view.images.scale == 255 else torch.uint16)


@dataclass(frozen=True, kw_only=True)
class ApproachAll(Approach):
    """Does so for all classes at once."""

    covers: ClassVar[Literal["class", "all"]] = "all"


class CountsInTensors(Approach):
    def fit(self, view, rng, progress, resume=None):
        return replace(super().fit(view, rng, progress, resume), numbers={"images": torch.tensor(9)})


class Floats(Approach):
    def sample(self, fitted, view, count, rng):
        return super().sample(fitted, view, count, rng).float() / view.images.scale


class EightBits(Approach):
    def sample(self, fitted, view, count, rng):
        images = super().sample(fitted, view, count, rng)
        return images if view.images.scale == 255 else (images.float() / 257).to(torch.uint16)


class Fixed(Approach):
    def sample(self, fitted, view, count, rng):
        return super().sample(fitted, view, count, torch.Generator().manual_seed(0))


class Writes(Approach):
    def sample(self, fitted, view, count, rng):
        images = super().sample(fitted, view, count, rng)
        fitted.tensors["mean"].zero_()
        return images


class StartsAnew(Approach):
    def fit(self, view, rng, progress, resume=None):
        found = super().fit(view, rng, progress, resume)
        return replace(found, numbers={"resumed": float(resume is not None)})


class Misspelt(Approach):
    uses = ("iterations", "lr", "learning_rate")


class CoversSome(Approach):
    covers = "some"


class ReadsAnother(Approach):
    def rate(self, view):
        return view.settings.lr / (view.settings.batch_size or 1)


class BeyondItsTotal(Approach):
    def tell(self, view, progress, done, total):
        progress(done + 1, total)


class HalfAPreset(Approach):
    presets: ClassVar[dict[str, dict[str, Any]]] = {"official": {"fit": {"iterations": 9}}}


class AsksAllTheTime(Approach):
    def ask(self, view, done):
        if view.judge:
            for _ in range(3):
                view.judge(view.images.take(view.members())[: view.judge.images])


class NeedsAJudge(Approach):
    def ask(self, view, done):
        assert view.judge, "who is to judge?"
        super().ask(view, done)


class RareAlone(ApproachAll):
    def sample(self, fitted, view, count, rng):
        return super().sample(fitted, view, count if view.classes[view.target] == "rare" else 0, rng)


GOOD: tuple[Component, ...] = (Approach(), ApproachAll())
BAD: dict[str, Component] = {
    "what-is-fitted-is-data": CountsInTensors(),
    "shape-and-type": Floats(),
    "scale": EightBits(),
    "other-seeds-other-images": Fixed(),
    "nothing-is-written-to": Writes(),
    "a-fit-goes-on": StartsAnew(),
    "uses-names-fields": Misspelt(),
    "covers-is-known": CoversSome(),
    "unused-fields-change-nothing": ReadsAnother(),
    "progress": BeyondItsTotal(),
    "official-preset": HalfAPreset(),
    "judge": AsksAllTheTime(),
    "no-judge": NeedsAJudge(),
    "every-class-is-drawn": RareAlone(),
}
