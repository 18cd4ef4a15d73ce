"""Build a network of timm that starts from random, published or local weights."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import timm
import torch
from torch import nn

from augbench import BackboneContext, Network
from augbench_plugins.backbones._errors import FixedSize
from augbench_plugins.backbones._hub import fetched, unavailable
from augbench_plugins.backbones._loading import load
from augbench_plugins.backbones._naming import Renamed
from augbench_plugins.backbones._reading import read_tensors

Pixels = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a network's weights start from: random numbers unless something else is said; a file goes before published ones."""

    pretrained: bool = False
    checkpoint: Path | None = None
    renamed: Renamed = field(default_factory=dict)


def build(name: str, context: BackboneContext, start: Start, *, own_normalisation: bool, input_size: int | None = None) -> Network:
    """Return a network for the context's channels, classes and size, or for images resized to ``input_size``."""
    fitted = context if input_size is None else replace(context, size=(input_size, input_size))
    published = start.pretrained and start.checkpoint is None
    module, size = _published(name, fitted) if published else _fitting(name, fitted, {})
    if input_size is not None and size is not None:
        raise FixedSize(f"timm/{name}", size, input_size)
    if start.checkpoint is not None:
        load(module, start.checkpoint, start.renamed, f"timm/{name}", context.channels)
    mean, sd = (context.mean, context.sd) if not own_normalisation else _normalisation(module, context.channels)
    return Network(module=module, mean=mean, sd=sd, size=size if input_size is None else fitted.size)


def _published(name: str, context: BackboneContext) -> tuple[nn.Module, Pixels | None]:
    """Build with the weights that timm knows, which timm adapts to channels, classes and size."""
    file = fetched(name)
    # Read here: older versions of timm would run the code of a pickle in the cache.
    weights = {} if file is None else {"state_dict": read_tensors(file, "remove it, and it is fetched again")}
    try:
        made = _fitting(name, context, {"pretrained": True, "pretrained_cfg_overlay": weights})
    except Exception as error:
        if file is not None:
            raise
        # Fetched by timm: the network, the file system or the file may be at fault.
        raise unavailable(name, error) from error
    # It would stay in memory with the network.
    made[0].pretrained_cfg.pop("state_dict", None)  # type: ignore[operator, union-attr]
    classes = made[0].pretrained_cfg["num_classes"]  # type: ignore[index]
    anew = f"; its last layer, of {classes} classes, is drawn anew for {context.classes}" if context.classes not in (0, classes) else ""
    # The stage's log: 'bench logs' shows it.
    print(f"timm/{name} starts from its published weights{anew}", file=sys.stderr)
    return made


def _fitting(name: str, context: BackboneContext, weights: Mapping[str, Any]) -> tuple[nn.Module, Pixels | None]:
    """Build for the context's size, or return the only size that the network takes."""
    made: dict[str, Any] = {"in_chans": context.channels, "num_classes": context.classes, **weights}
    if not _fixed_size(name):
        return timm.create_model(name, **made), None
    try:
        module: Any = timm.create_model(name, **made, img_size=context.size)
        _try(module, context)
    except (AssertionError, TypeError, ValueError, RuntimeError):
        # Not built for another size, or built and of no use: some have tables of the original size.
        module = timm.create_model(name, **made)
        _, height, width = module.pretrained_cfg["input_size"]
        return module, None if (height, width) == context.size else (height, width)
    return module, None


def _fixed_size(name: str) -> bool:
    found = timm.get_pretrained_cfg(name, allow_unregistered=False)
    return bool(found is not None and found.fixed_input_size)


def _try(module: nn.Module, context: BackboneContext) -> None:
    """Run one blank image through, as in evaluation: nothing of the network or of the random state changes."""
    was_training = module.training
    module.eval()
    with torch.inference_mode():
        module(torch.zeros(1, context.channels, *context.size))
    module.train(was_training)


def _normalisation(module: Any, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and deviation that the weights were trained with, as timm adapts its first layer to other channels."""
    mean, sd = (tuple(module.pretrained_cfg[key]) for key in ("mean", "std"))
    if channels == 1:
        return (sum(mean) / len(mean),), (sum(sd) / len(sd),)
    return tuple(mean[i % len(mean)] for i in range(channels)), tuple(sd[i % len(sd)] for i in range(channels))
