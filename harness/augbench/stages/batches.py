"""Turn what a sampler composed into batches: gather, mix, transform; a block of steps is drawn at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from augbench.plan.tasks import TrainTask
from augbench.stages import promises
from augbench.stages.classifier import to_float
from augbench.stages.promises import Look, no_look
from augbench.values.augmenting import Augmenter, Draw, DrawContext, Mixed, label_weights
from augbench.values.data import Images
from augbench.values.sampling import Block, Group, SampleContext
from augbench.values.settings import AugmentSlot
from augbench.values.streams import Streams

# Part of what a result is: draws are blocked by it, so that a training can continue at a block's border.
BLOCK_STEPS = 64


@dataclass(frozen=True, kw_only=True)
class DrawnTransform:
    """A transform and its random numbers for every image of a block."""

    augmenter: Augmenter
    draw: Draw

    def apply(self, images: Tensor, step: int, look: Look) -> Tensor:
        """Transform the images [n, C, H, W] of one step."""
        rows = slice(step * len(images), (step + 1) * len(images))
        return _mixed(self.augmenter, images[:, None], self.draw[rows], look).images


@dataclass(frozen=True, kw_only=True)
class DrawnGroup:
    """A group of a block with all its random numbers, on the device."""

    labels: Tensor
    """Classes of the sources, int64 [steps, n, arity]."""
    slot: AugmentSlot | None = None
    draw: Draw | None = None
    applied: Tensor | None = None
    """Which images are mixed at all, bool [steps, n]; None for every one."""
    transforms: tuple[DrawnTransform, ...] = ()
    """Applied to the sources before they are mixed."""

    @property
    def width(self) -> int:
        """Source images of one step."""
        return self.labels.shape[1] * self.labels.shape[2]

    def make(self, sources: Tensor, step: int, classes: int, look: Look) -> tuple[Tensor, Tensor]:
        """Return images [n, C, H, W] and targets [n, K] of one step from its source images [n * arity, C, H, W]."""
        _, count, arity = self.labels.shape
        for transform in self.transforms:
            sources = transform.apply(sources, step, look)
        sources = sources.unflatten(0, (count, arity))
        labels = self.labels[step]
        if self.slot is None or self.draw is None:
            return sources[:, 0], indicators(labels[:, 0], classes)
        mixed = _mixed(self.slot.augmenter, sources, self.draw[step * count : (step + 1) * count], look)
        if self.applied is not None:
            mixed = _where(self.applied[step], mixed, sources)
        return mixed.images, soft_targets(labels, label_weights(mixed), classes)


@dataclass(frozen=True, kw_only=True)
class BatchBlock:
    """All batches of a block of steps."""

    images: Images
    indices: Tensor
    """Sources of every step, int64 [steps, all groups' sources], on the device."""
    groups: tuple[DrawnGroup, ...]
    transforms: tuple[DrawnTransform, ...]
    classes: int

    def batch(self, step: int, look: Look = no_look) -> tuple[Tensor, Tensor]:
        """Return float images [B, C, H, W] in [0, 1] and targets [B, K] of a step of the block; ``look`` sees what augmenters make."""
        gathered = to_float(self.images.take(self.indices[step]), self.images.scale)
        parts = gathered.split([group.width for group in self.groups])
        made = [group.make(sources, step, self.classes, look) for group, sources in zip(self.groups, parts, strict=True)]
        images = torch.cat([pictures for pictures, _ in made])
        for transform in self.transforms:
            images = transform.apply(images, step, look)
        return images, torch.cat([targets for _, targets in made])


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Draws the blocks of a training."""

    task: TrainTask
    context: SampleContext
    images: Images
    """Originals followed by the bank."""
    streams: Streams
    device: torch.device

    def block(self, first: int, steps: int) -> BatchBlock:
        """Draw all random numbers of a run of steps and move them to the device at once."""
        context = self.context.at(Block(first=first, steps=steps))
        composed = promises.composed(self.task.sampler, self.task.sampler.compose(context), context)
        groups = [group for group in composed if group.sources.shape[1]]
        labels = [context.every_label[group.sources] for group in groups]
        at_sources = self.task.transforms_at == "sources"
        final = torch.cat([part[..., 0] for part in labels], dim=1)
        return BatchBlock(
            images=self.images,
            indices=torch.cat([group.sources.flatten(1) for group in groups], dim=1).to(self.images.indices_on, non_blocking=True),
            groups=tuple(
                self._group(group, part, stream, first) for group, part, stream in zip(groups, labels, _stream_names(groups), strict=True)
            ),
            transforms=() if at_sources else self._transforms(final, "batch", first),
            classes=context.classes,
        )

    def _group(self, group: Group, labels: Tensor, stream: str, first: int) -> DrawnGroup:
        name, (steps, count, _) = group.slot, labels.shape
        transforms: tuple[DrawnTransform, ...] = ()
        if self.task.transforms_at == "sources":
            transforms = self._transforms(labels.flatten(1), stream, first)
        on_device = labels.to(self.device, non_blocking=True)
        if name is None:
            return DrawnGroup(labels=on_device, transforms=transforms)
        slot = self.task.augment[name]
        draw = self._drawn(slot.augmenter, labels, self.streams.rng(f"train/{stream}", step=first))
        applied = None
        if slot.probability < 1:
            rng = self.streams.rng(f"train/{stream}.probability", step=first)
            applied = (torch.rand(steps, count, generator=rng) < slot.probability).to(self.device, non_blocking=True)
        return DrawnGroup(labels=on_device, slot=slot, draw=draw.to(self.device), applied=applied, transforms=transforms)

    def _transforms(self, labels: Tensor, where: str, first: int) -> tuple[DrawnTransform, ...]:
        """Draw the transforms of images with labels [steps, n]."""
        seen: Counter[str] = Counter()
        drawn = []
        for augmenter in self.task.transforms:
            # A stream is named by what is transformed and how often it occurs, not by its place in the list.
            name = type(augmenter).__qualname__
            rng = self.streams.rng(f"train/transform.{name}", occurrence=seen[name], where=where, step=first)
            draw = self._drawn(augmenter, labels[..., None], rng)
            drawn.append(DrawnTransform(augmenter=augmenter, draw=draw.to(self.device)))
            seen[name] += 1
        return tuple(drawn)

    def _drawn(self, augmenter: Augmenter, labels: Tensor, rng: torch.Generator) -> Draw:
        """Draw for images whose sources have labels [steps, n, arity]."""
        steps, count, arity = labels.shape
        context = DrawContext(
            steps=steps,
            per_step=count,
            shape=self.images.shape,
            labels=labels.reshape(steps * count, arity),
            class_counts=self.context.class_counts,
        )
        return promises.drawn(augmenter, augmenter.draw(context, rng), steps * count)


def _mixed(augmenter: Augmenter, sources: Tensor, draw: Draw, look: Look) -> Mixed:
    """Make images of sources [n, arity, C, H, W]."""
    mixed = promises.mixed(augmenter, augmenter.apply(sources, draw), sources)
    look(augmenter, "apply", {"images": mixed.images, "pixel weights": mixed.pixel_weights})
    return mixed


def _stream_names(groups: Sequence[Group]) -> list[str]:
    """Name the streams of groups: by slot, or as plain, and by occurrence, for no two groups may draw the same numbers."""
    seen: Counter[str] = Counter()
    names = []
    for group in groups:
        name = "plain" if group.slot is None else f"augment.{group.slot}"
        names.append(name + f"#{seen[name]}" * bool(seen[name]))
        seen[name] += 1
    return names


def soft_targets(labels: Tensor, weights: Tensor, classes: int) -> Tensor:
    """Return targets [n, K] of source labels [n, arity] and their weights; equal labels give an exactly hard target."""
    mixed = (indicators(labels, classes) * weights[..., None]).sum(dim=1)
    same = (labels == labels[:, :1]).all(dim=1, keepdim=True)
    return torch.where(same, indicators(labels[:, 0], classes), mixed)


def indicators(labels: Tensor, classes: int) -> Tensor:
    """Return float one-hot rows [..., K]; unlike torch's, without looking at the values, for which a host would wait."""
    return (labels[..., None] == torch.arange(classes, device=labels.device)).float()


def block_borders(steps: int, done: int = 0) -> Sequence[tuple[int, int]]:
    """Return the first step and the number of steps of every block that is not done."""
    return [(first, min(BLOCK_STEPS, steps - first)) for first in range(done, steps, BLOCK_STEPS)]


def _where(applied: Tensor, mixed: Mixed, sources: Tensor) -> Mixed:
    """Keep the first source where the augmenter is not applied."""
    first = torch.zeros_like(mixed.pixel_weights)
    first[:, 0] = 1
    return Mixed(
        images=torch.where(applied[:, None, None, None], mixed.images, sources[:, 0]),
        pixel_weights=torch.where(applied[:, None], mixed.pixel_weights, first),
        label_weights=torch.where(applied[:, None], label_weights(mixed), first),
    )
