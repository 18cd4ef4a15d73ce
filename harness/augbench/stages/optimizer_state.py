"""What an optimizer remembers, as named tensors.

A name is KIND/PLACE/NUMBER/ROLE, such as ``tensor/parameter/3/exp_avg``.  Kinds: ``tensor`` lies on the training's device,
``host`` on the CPU although that is another one, ``number`` is a plain number, ``none`` is None, ``strides`` tells how a tensor of
the same name lies in memory.  Places: ``parameter``, ``group``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn


def remembered(optimizer: torch.optim.Optimizer) -> dict[str, Tensor] | None:
    """Return all that an optimizer remembers, or None where that is not all tensors and numbers."""
    parameters = _parameters(optimizer)
    if len(optimizer.state) > sum(parameter in optimizer.state for parameter in parameters):
        return None  # it remembers something beside its parameters
    found: dict[str, Tensor] = {}
    for index, parameter in enumerate(parameters):
        for role, value in optimizer.state.get(parameter, {}).items():
            named = dict(_named(f"parameter/{index}/{role}", value, parameter.device))
            if not named:
                return None
            found |= named
    # Beside settings, which are as they were built, some optimizers count in their groups.
    for index, group in enumerate(optimizer.param_groups):
        for role, value in group.items():
            found |= dict(_named(f"group/{index}/{role}", value, parameters[0].device))
    return found


def overwrite(optimizer: torch.optim.Optimizer, memory: Mapping[str, Tensor], device: torch.device) -> None:
    """Let a freshly built optimizer remember; raise where the memory is of another one.

    Not by ``load_state_dict``, which turns every tensor into its parameter's type.
    """
    parameters = _parameters(optimizer)
    for name, value in memory.items():
        kind, place, index, role = name.split("/", 3)
        if kind == "strides":
            continue
        owner = optimizer.param_groups[int(index)] if place == "group" else optimizer.state[parameters[int(index)]]
        owner[role] = _value(kind, value, memory.get(f"strides/{place}/{index}/{role}"), device)


def _named(name: str, value: Any, device: torch.device) -> Iterator[tuple[str, Tensor]]:
    """Write one value down, if it is a tensor or a number."""
    match value:
        case Tensor() if value.layout == torch.strided:
            yield f"{'tensor' if value.device == device else 'host'}/{name}", value
            yield f"strides/{name}", torch.tensor(value.stride())
        case float():
            yield f"number/{name}", torch.tensor(value, dtype=torch.float64)
        case int() if abs(value) < 2**63:  # bool, too, comes back as itself
            yield f"number/{name}", torch.tensor(value)
        case None:
            yield f"none/{name}", torch.empty(0)


def _value(kind: str, value: Tensor, strides: Tensor | None, device: torch.device) -> Any:
    if kind == "none":
        return None
    if strides is None:
        return value.item()
    # Laid out as it was: an update of mixed layouts may take another path, to other bits.
    where = device if kind == "tensor" else "cpu"
    return torch.empty_strided(value.shape, strides.tolist(), dtype=value.dtype, device=where).copy_(value)


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
