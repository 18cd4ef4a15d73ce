"""Enlarge a small class before a generator learns it: affine, perspective, contrast, noise (Rana 2022, section 4)."""

from __future__ import annotations

import torch
from torch import Tensor

from augbench_plugins.augmenters._warp import warp

# The paper names the four changes, not their sizes: these keep a cell a cell, and noise too small to be learnt.
ROTATION, SCALE, SHEAR, SHIFT, PERSPECTIVE, CONTRAST, NOISE = 0.26, 0.1, 0.09, 0.05, 0.1, 0.2, 0.004
CHUNK = 512


def enlarge(images: Tensor, target: int, scale: float, rng: torch.Generator) -> Tensor:
    """Return the images [n, C, H, W] followed by changed ones, ``target`` in all; n >= target leaves them alone.

    Every original is changed equally often, give or take one.
    """
    missing = target - len(images)
    if missing <= 0:
        return images
    sources = (torch.arange(missing) % len(images)).split(CHUNK)
    changed = [_changed(images[chunk.to(images.device)], scale, rng) for chunk in sources]
    return torch.cat([images, *changed])


def enlarge_classes(images: Tensor, labels: Tensor, target: int, scale: float, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Enlarge each class by itself; return all images, class by class, and their labels."""
    classes = labels.unique()
    parts = [enlarge(images[(labels == label).to(images.device)], target, scale, rng) for label in classes]
    return torch.cat(parts), torch.cat([label.expand(len(part)) for label, part in zip(classes, parts, strict=True)])


def _changed(images: Tensor, scale: float, rng: torch.Generator) -> Tensor:
    maps = homographies(len(images), rng).to(images.device)
    contrast = _around(1.0, CONTRAST, (len(images), 1, 1, 1), rng).to(images.device)
    noise = torch.randn(images.shape, generator=rng).mul_(NOISE).to(images.device)
    # Mirrored, so that no black corner is learnt.
    bent = warp(images.float() / scale, maps, "mirror")
    mean = bent.mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, bent, contrast).add_(noise).clamp_(0, 1).mul_(scale).round_().to(images.dtype)


def homographies(count: int, rng: torch.Generator) -> Tensor:
    """Draw maps from output to source positions, in [-1, 1] coordinates: affine, then perspective; float32 [count, 3, 3]."""
    angle, shear = _around(0.0, ROTATION, (count,), rng), _around(0.0, SHEAR, (count,), rng)
    scale, shift = _around(1.0, SCALE, (count,), rng), _around(0.0, 2 * SHIFT, (count, 2), rng)
    maps = torch.zeros(count, 3, 3)
    cosine, sine = angle.cos() / scale, angle.sin() / scale
    maps[:, 0, 0], maps[:, 0, 1] = cosine, shear * cosine - sine
    maps[:, 1, 0], maps[:, 1, 1] = sine, shear * sine + cosine
    maps[:, :2, 2] = shift
    maps[:, 2, :2] = _around(0.0, PERSPECTIVE, (count, 2), rng)
    maps[:, 2, 2] = 1.0
    return maps


def _around(middle: float, reach: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    return middle + reach * (2 * torch.rand(shape, generator=rng) - 1)
