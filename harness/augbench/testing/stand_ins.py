"""The rest of a tiny trial: one component of each kind, trained in milliseconds, around the one that is checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from augbench.values import draws
from augbench.values.augmenting import Augmenter, Draw, DrawContext, Mixed
from augbench.values.data import Dataset, Probe, Resize, Split, Splits
from augbench.values.learning import Backbone, BackboneContext, Loss, LossContext, Network, Optimizer, Schedule
from augbench.values.quality import FeatureNetwork, Features
from augbench.values.sampling import GENERATED, ORIGINALS, Group, SampleContext, Sampler
from augbench.values.synthesis import Fitted, Generator, Progress, TrainingView

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor, nn

CLASSES = ("common", "other", "rare")
_SIDE = 32
_COUNTS = {"train": (12, 10, 8), "validation": (4, 4, 4), "test": (4, 4, 4)}


@dataclass(frozen=True, kw_only=True)
class Clouds(Dataset):
    """Colour images of noise; a class brightens one channel."""

    def probe(self) -> Probe:
        """Count them."""
        return Probe(classes=CLASSES, counts=_COUNTS, channels=3, size=(_SIDE, _SIDE), digest="clouds")

    def load(self) -> Splits:
        """Draw them."""
        train, validation, test = (_clouds(name, counts) for name, counts in _COUNTS.items())
        return Splits(classes=CLASSES, train=train, validation=validation, test=test)


def _clouds(name: str, counts: tuple[int, ...]) -> Split:
    import numpy as np

    rng = np.random.default_rng(list(name.encode()))
    labels = np.repeat(np.arange(len(counts)), counts)
    images = rng.integers(40, 200, (len(labels), _SIDE, _SIDE, 3)) + 10 * np.eye(3, dtype=np.int64)[labels][:, None, None]
    return Split(images=list(images.astype(np.uint8)), labels=labels, ids=tuple(f"{name}/{place}" for place in range(len(labels))))


@dataclass(frozen=True, kw_only=True)
class Nearest(Resize):
    """Takes the nearest pixels of an image."""

    size: int = _SIDE
    """Height and width."""

    def shape(self) -> tuple[int, int]:
        """Return a square."""
        return self.size, self.size

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Choose rows and columns at even distances."""
        import numpy as np

        rows, columns = (np.linspace(0, length - 1, self.size).round().astype(int) for length in image.shape[:2])
        return np.ascontiguousarray(image[rows][:, columns])


@dataclass(frozen=True, kw_only=True)
class Copies(Generator):
    """Draws images of the class again."""

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn nothing."""
        return Fitted(tensors={})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Pick with replacement."""
        import torch

        members = view.members()
        drawn = view.images.take(members[torch.randint(len(members), (count,), generator=rng)].to(view.images.indices_on))
        return drawn.to(torch.uint8 if view.images.scale == 255 else torch.uint16)


@dataclass(frozen=True, kw_only=True)
class MeanFeatures(Features):
    """Means and deviations of channels."""

    def build(self, channels: int) -> FeatureNetwork:
        """Make the network."""
        import torch

        class Moments(torch.nn.Module):
            def forward(self, images: Tensor) -> Tensor:
                return torch.cat([images.mean((2, 3)), images.std((2, 3))], dim=1)

        return FeatureNetwork(module=Moments().eval(), name=f"moments-{channels}", digest="0" * 64)


@dataclass(frozen=True, kw_only=True)
class Share(Draw):
    """The weight of the first of two images."""

    share: Tensor


@dataclass(frozen=True, kw_only=True)
class Blend(Augmenter):
    """Weighted average of two images."""

    arity: ClassVar[int] = 2

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw a weight an image."""
        return Share(share=draws.uniform(context, rng, 0.2, 0.8))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Mix."""
        import torch

        weights = torch.stack([draw.share, 1 - draw.share], dim=1)
        return Mixed(images=(sources * weights[:, :, None, None, None]).sum(1), pixel_weights=weights)


@dataclass(frozen=True, kw_only=True)
class Supplement(Sampler):
    """One image of each part for each minority class; originals fill the batch."""

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        """Compose a block."""
        import torch

        labels = torch.tensor(context.minority).expand(context.block.steps, -1)
        pool = torch.arange(len(context.labels))
        first = Group(slot=None, sources=context.passes(ORIGINALS, pool, self.originals_per_step(context))[..., None])
        return first, *(self._part(context, name, labels) for name in context.mix if name != ORIGINALS)

    def originals_per_step(self, context: SampleContext) -> int:
        """Return what is left of a batch."""
        return max(0, context.size - len(context.minority) * sum(name != ORIGINALS for name in context.mix))

    def pool(self, context: SampleContext) -> int:
        """Return how many images an epoch passes over."""
        return len(context.labels)

    def prior(self, context: SampleContext, progress: float) -> Tensor:
        """Return the originals' shares, near enough."""
        return context.class_counts / context.class_counts.sum()

    def _part(self, context: SampleContext, name: str, labels: Tensor) -> Group:
        if name == GENERATED:
            return Group(slot=None, sources=context.pick(labels, "generated", context.rng(name))[..., None])
        return Group(slot=name, sources=context.sources(name, labels, context.rng(name)))


@dataclass(frozen=True, kw_only=True)
class Linear(Backbone):
    """One linear layer over a few averages of an image."""

    def build(self, context: BackboneContext) -> Network:
        """Make it."""
        from torch import nn

        wide = context.channels * 16
        module = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(wide, context.classes))
        return Network(module=module, mean=context.mean, sd=context.sd)


@dataclass(frozen=True, kw_only=True)
class Entropy(Loss):
    """Cross-entropy."""

    def loss(self, logits: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        """Average over the batch."""
        import torch

        return torch.nn.functional.cross_entropy(logits, targets)


@dataclass(frozen=True, kw_only=True)
class Descent(Optimizer):
    """Plain gradient descent."""

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        """Make it."""
        import torch

        return torch.optim.SGD(parameters, lr=lr)


@dataclass(frozen=True, kw_only=True)
class Flat(Schedule):
    """One learning rate throughout."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return 1."""
        return 1.0
