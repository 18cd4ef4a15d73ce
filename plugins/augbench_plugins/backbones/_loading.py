"""Load the weights of a file into a network, all of them or none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from timm.models import adapt_input_conv
from torch import Tensor

from augbench_plugins.backbones._errors import BadCheckpoint
from augbench_plugins.backbones._naming import BadMap, Renamed, named
from augbench_plugins.backbones._reading import read_tensors

_COUNTER = "num_batches_tracked"
"""How many batches a normalisation saw: no weight, and files of old torch versions lack it."""


def load(module: Any, path: Path, renamed: Renamed, name: str, channels: int) -> None:
    """Load all weights of a file; only the last layer may be another, and is then left as it was drawn.

    A first convolution of three channels is adapted to others as timm does.  Raise ``UnreadableCheckpoint`` or ``BadCheckpoint``.
    """
    state, own = read_tensors(path), module.state_dict()
    try:
        state = _to_channels(named(state, renamed, module), own, module, channels)
    except BadMap as error:
        raise BadCheckpoint(path, name, str(error), "mend the map") from error
    head = tuple(key for key in own if key.startswith(_prefixes(module, "classifier")))
    body = _without_head(state, module)
    if wrong := _differences(_without_head(own, module), body) or _odd_numbers(own, state):
        raise BadCheckpoint(path, name, wrong)
    whole = all(key in state and state[key].shape == own[key].shape for key in head)
    module.load_state_dict({key: tensor for key, tensor in state.items() if key in own} if whole else body, strict=False)
    told = "" if whole else f"; its last layer is drawn anew, for that of the file is another{_shapes(head, own, state)}"
    # The stage's log: 'bench logs' shows it.
    print(f"{name} starts from the weights of '{path}'{told}", file=sys.stderr)


def _shapes(head: tuple[str, ...], own: dict[str, Tensor], state: dict[str, Tensor]) -> str:
    pairs = ((state[key], own[key]) for key in head if key in state and state[key].shape != own[key].shape)
    return next((f" ({list(theirs.shape)}, not {list(ours.shape)})" for theirs, ours in pairs), " or not there")


def _prefixes(module: Any, what: str) -> tuple[str, ...]:
    """Return how the names of a network's last or first layers begin."""
    names = module.pretrained_cfg.get(what) or ()
    return tuple(f"{name}." for name in ([names] if isinstance(names, str) else names))


def _without_head(state: dict[str, Tensor], module: Any) -> dict[str, Tensor]:
    return {key: tensor for key, tensor in state.items() if not key.startswith(_prefixes(module, "classifier"))}


def _to_channels(state: dict[str, Tensor], own: dict[str, Tensor], module: Any, channels: int) -> dict[str, Tensor]:
    for key in (f"{prefix}weight" for prefix in _prefixes(module, "first_conv")):
        if key in own and key in state and state[key].shape != own[key].shape and state[key].ndim == 4 and state[key].shape[1] == 3:
            state = state | {key: adapt_input_conv(channels, state[key])}
    return state


def _differences(own: dict[str, Tensor], given: dict[str, Tensor]) -> str:
    """Say what is missing, too much, or of another shape, with one example each."""
    found = {
        "lacks": sorted(key for key in own.keys() - given.keys() if not key.endswith(_COUNTER)),
        "has unknown": sorted(given.keys() - own.keys()),
        "has other shapes of": sorted(key for key in own.keys() & given.keys() if own[key].shape != given[key].shape),
    }
    return "; ".join(f"it {what} {len(keys)} tensors such as {keys[0]}" for what, keys in found.items() if keys)


def _odd_numbers(own: dict[str, Tensor], given: dict[str, Tensor]) -> str:
    """Say which tensor holds numbers that cannot be weights: halves are, quantised ones are not."""
    # A last layer of another shape is not loaded, and may be a view that says it has more numbers than any memory.
    loaded = ((key, tensor) for key, tensor in given.items() if key in own and tensor.shape == own[key].shape)
    for key, tensor in loaded:
        if tensor.is_floating_point() != own[key].is_floating_point():
            return f"its tensor {key} is of type {tensor.dtype}, not {own[key].dtype}".replace("torch.", "")
        if tensor.is_floating_point() and not bool(tensor.float().isfinite().all()):
            return f"its tensor {key} holds numbers that are not finite"
    return ""
