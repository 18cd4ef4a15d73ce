"""Build a network of timm and load weights into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import timm
import torch
from timm.models import load_state_dict
from torch import Tensor, nn

from augbench import BackboneContext, Network
from augbench.values.errors import BadCheckpoint, WeightsUnavailable
from augbench_plugins.backbones._lite_names import SIGN, timm_names

Pixels = tuple[int, int]


def build(name: str, context: BackboneContext, *, pretrained: bool, checkpoint: Path | None, own_normalisation: bool) -> Network:
    """Return a network for the context's channels, classes and, where it can be, size."""
    published = pretrained and checkpoint is None
    try:
        module, size = _fitting(name, context, published)
    except Exception as error:
        # Whatever the hub's client, the network or the file system raises: without weights there is no such network.
        if published:
            raise WeightsUnavailable(f"timm/{name}", error) from error
        raise
    if checkpoint is not None:
        _load(module, checkpoint, f"timm/{name}")
    mean, sd = (context.mean, context.sd) if not own_normalisation else _normalisation(module, context.channels)
    return Network(module=module, mean=mean, sd=sd, size=size)


def _fitting(name: str, context: BackboneContext, pretrained: bool) -> tuple[nn.Module, Pixels | None]:
    """Build for the context's size, or return the only size that the network takes."""
    made: dict[str, Any] = {"in_chans": context.channels, "num_classes": context.classes, "pretrained": pretrained}
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


def _load(module: nn.Module, path: Path, name: str) -> None:
    """Load all weights of a file; only the head may have other classes."""
    try:
        state = load_state_dict(str(path), weights_only=True)
    except Exception as error:
        # torch, safetensors and pickle have a class of errors each for a file that is something else.
        first_line = str(error).partition("\n")[0]
        raise BadCheckpoint(path, name, f"it cannot be read ({type(error).__name__}: {first_line})") from error
    if SIGN in state and hasattr(module, "blocks"):
        state = timm_names(state, module)
    own = module.state_dict()
    head = _head_names(module)
    if wrong := _differences(_without(own, head), _without(state, head)):
        raise BadCheckpoint(path, name, wrong)
    fitting = {key: tensor for key, tensor in state.items() if key in own and tensor.shape == own[key].shape}
    module.load_state_dict(fitting, strict=False)


def _head_names(module: Any) -> tuple[str, ...]:
    names = module.pretrained_cfg.get("classifier") or ()
    return tuple(f"{name}." for name in ([names] if isinstance(names, str) else names))


def _without(state: dict[str, Tensor], head: tuple[str, ...]) -> dict[str, Tensor]:
    return {key: tensor for key, tensor in state.items() if not key.startswith(head)}


def _differences(own: dict[str, Tensor], given: dict[str, Tensor]) -> str:
    """Say what is missing, too much, or of another shape, with one example each."""
    found = {
        "lacks": sorted(own.keys() - given.keys()),
        "has unknown": sorted(given.keys() - own.keys()),
        "has other shapes of": sorted(key for key in own.keys() & given.keys() if own[key].shape != given[key].shape),
    }
    return "; ".join(f"it {what} {len(keys)} tensors such as {keys[0]}" for what, keys in found.items() if keys)


def _normalisation(module: Any, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and deviation that the weights were trained with, as timm adapts its first layer to other channels."""
    mean, sd = (tuple(module.pretrained_cfg[key]) for key in ("mean", "std"))
    if channels == 1:
        return (sum(mean) / len(mean),), (sum(sd) / len(sd),)
    return tuple(mean[i % len(mean)] for i in range(channels)), tuple(sd[i % len(sd)] for i in range(channels))
