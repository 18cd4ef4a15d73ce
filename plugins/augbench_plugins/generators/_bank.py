"""How a generator network draws images."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from augbench import TrainingView
from augbench_plugins.generators._blueprint import Blueprint
from augbench_plugins.generators._contest import beside
from augbench_plugins.generators._playing import GeneratorNetwork

BATCH = 256


def draw_images(blueprint: Blueprint, tensors: Mapping[str, Tensor], view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
    """Draw images of the view's target on the CPU, rounded to the data set's integer type, [count, C, H, W]."""
    network = blueprint.restored(tensors).to(view.device)
    latents = torch.randn(count, blueprint.latent, generator=rng)
    classes = None
    if blueprint.classes:
        assert view.target is not None, "a bank has a class"
        classes = torch.eye(blueprint.classes)[view.target].expand(count, -1)
    return images_from(network, beside(latents, classes), view)


def images_from(network: GeneratorNetwork, inputs: Tensor, view: TrainingView) -> Tensor:
    """Turn a network's inputs [n, latent + classes] into images on the CPU; the network should be in evaluation mode."""
    # Not the type of what ``take`` returns: resident 16-bit images are int32, in which a bank would be twice as large.
    kind = torch.uint8 if view.images.scale == 255 else torch.uint16
    with torch.inference_mode():
        batches = [_whole(network(part.to(view.device)), view.images.scale, kind).cpu() for part in inputs.split(BATCH)]
    return torch.cat(batches)


def _whole(images: Tensor, scale: float, kind: torch.dtype) -> Tensor:
    # Tanh stays within [-1, 1]: nothing leaves the type's range.
    return ((images + 1) * (scale / 2)).round_().to(kind)
