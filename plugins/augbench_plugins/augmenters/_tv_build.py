"""Build a transform of torchvision and try it on one image."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torchvision.transforms import v2

from augbench.values.errors import BadTransform

# Parameters that are enumerations in torchvision and words in a matrix.
_WORDS = {"interpolation": v2.InterpolationMode, "policy": v2.AutoAugmentPolicy}


def build(name: str, parameters: Mapping[str, Any]) -> v2.Transform:
    """Return the transform.  Raise ``BadTransform`` where torchvision refuses its parameters."""
    try:
        made: v2.Transform = getattr(v2, name)(**{key: _WORDS.get(key, _same)(value) for key, value in parameters.items()})
    except Exception as error:
        # torchvision refuses with whatever class of error its check happens to raise.
        raise BadTransform(name, error) from error
    return made


def try_out(name: str, transform: v2.Transform, shape: tuple[int, int, int], *, uint8: bool) -> None:
    """Raise ``BadTransform`` where the transform fails on an image of this shape or gives an image of another one."""
    try:
        result = one_by_one(transform, torch.full((1, *shape), 0.5), [0], uint8=uint8)[0]
    except Exception as error:
        raise BadTransform(name, error) from error
    if tuple(result.shape) != shape:
        raise BadTransform(name, ValueError(f"it makes images of shape {tuple(result.shape)} of those of shape {shape}"))


def refusal(question: str) -> str:
    """Say why a transform cannot be used on images of a shape, or nothing: of its name, parameters, shape and type, as JSON."""
    name, parameters, shape, uint8 = json.loads(question)
    try:
        try_out(name, build(name, parameters), tuple(shape), uint8=uint8)
    except BadTransform as error:
        return str(error)
    return ""


def one_by_one(transform: v2.Transform, images: Tensor, seeds: Sequence[int], *, uint8: bool) -> list[Tensor]:
    """Return the transformed images [C, H, W], float32 in [0, 1], each with torch's streams at its seed; leave them as they were."""
    on_cuda = images.device.type == "cuda"
    with torch.random.fork_rng(devices=[images.device] if on_cuda else []):
        results = []
        for image, seed in zip(images, seeds, strict=True):
            # Not torch.manual_seed: that would seed the other devices, too.
            torch.default_generator.manual_seed(seed)
            if on_cuda:
                torch.cuda.default_generators[images.device.index].manual_seed(seed)
            results.append(_transformed(transform, image, uint8=uint8))
    return results


def _transformed(transform: v2.Transform, image: Tensor, *, uint8: bool) -> Tensor:
    # A copy, for a transform may be told to work in place.
    given = v2.functional.to_dtype(image, torch.uint8, scale=True) if uint8 else image.clone()
    result: Tensor = v2.functional.to_dtype(transform(given), torch.float32, scale=True)
    return result.clamp(0, 1)


def _same(value: Any) -> Any:
    return value
