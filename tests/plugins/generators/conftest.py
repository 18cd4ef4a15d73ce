"""Small images and views for the generators' tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

from augbench import Fit, TrainingView
from augbench_plugins.generators._blueprint import Blueprint


@dataclass(frozen=True)
class Resident:
    """Images in memory, as the harness hands them over."""

    pixels: Tensor
    scale: float = 255.0

    @property
    def shape(self) -> tuple[int, int, int]:
        return tuple(self.pixels.shape[1:])

    @property
    def indices_on(self) -> torch.device:
        return self.pixels.device

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: Tensor) -> Tensor:
        return self.pixels[indices]


@pytest.fixture
def blobs() -> Tensor:
    """Return 24 images, uint8 [24, 3, 32, 32]: a disc of about one colour on a light ground."""
    rng = torch.Generator().manual_seed(0)
    places = torch.arange(32) - 15.5
    disc = ((places[:, None] ** 2 + places**2) < 80).float()
    ground, ink = torch.tensor([220.0, 210.0, 200.0]), torch.tensor([90.0, 40.0, 160.0])
    colours = ink + 10 * torch.randn(24, 3, generator=rng)
    images = ground[None, :, None, None] * (1 - disc) + colours[:, :, None, None] * disc
    return (images + 4 * torch.randn(images.shape, generator=rng)).clamp(0, 255).to(torch.uint8)


@pytest.fixture
def view(blobs: Tensor) -> Callable[..., TrainingView]:
    """Return what makes a view of the blobs, the second of two classes."""

    def make(pixels: Tensor = blobs, scale: float = 255.0, precision: str = "fp32", **fit: Any) -> TrainingView:
        others = torch.zeros(5, *pixels.shape[1:], dtype=pixels.dtype)
        settings: dict[str, Any] = {"iterations": 3, "batch_size": 4, "n_critic": 2, "lr": 1e-3} | fit
        return TrainingView(
            images=Resident(torch.cat([others, pixels]), scale),
            labels=torch.tensor([0] * 5 + [1] * len(pixels)),
            classes=("rbc", "eosinophil"),
            target=1,
            settings=Fit(**settings),
            device=torch.device("cpu"),
            precision=precision,
        )

    return make


@pytest.fixture
def blueprint() -> Callable[..., Blueprint]:
    """Return what makes sizes of tiny networks."""

    def make(**sizes: Any) -> Blueprint:
        tiny: dict[str, Any] = {"channels": 3, "side": 32, "width": 4, "latent": 8, "critic_norm": "none", "start": "torch"}
        return Blueprint(**tiny | sizes)

    return make
