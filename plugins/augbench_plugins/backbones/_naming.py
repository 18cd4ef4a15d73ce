"""Bring the names of a file's tensors to those of a network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from torch import Tensor

from augbench_plugins.backbones._lite_names import SIGN, timm_names

_PREFIXES = ("_orig_mod.", "module.", "model.", "network.")
"""What torch.compile, DataParallel, Lightning and ``bench export`` put before every name."""
Renamed = Mapping[str, str | Literal[False]]
"""What names begin with, and what stands there instead; False leaves such tensors out."""


class BadMap(ValueError):
    """A map of names does not suit the file."""


def named(state: dict[str, Tensor], renamed: Renamed, module: Any) -> dict[str, Tensor]:
    """Rename as the map says, take off a prefix that all names share, and translate EfficientNet-Lite's other names.

    Raise ``BadMap``.
    """
    state = _without_prefixes(_mapped(state, renamed), module.state_dict().keys())
    return timm_names(state, module) if SIGN in state and hasattr(module, "blocks") else state


def _mapped(state: dict[str, Tensor], renamed: Renamed) -> dict[str, Tensor]:
    for old in renamed:
        if not any(name.startswith(old) for name in state):
            raise BadMap(f"checkpoint-map: no tensor's name begins with '{old}', but with {_beginnings(state)}")
    found: dict[str, Tensor] = {}
    for name, tensor in state.items():
        # The longest: an entry for a part goes before one for the whole, whatever their order.
        old = max((old for old in renamed if name.startswith(old)), key=len, default="")
        new = renamed.get(old, "")
        if new is False:
            continue
        here = new + name[len(old) :]
        if here in found:
            raise BadMap(f"checkpoint-map: two tensors would be called '{here}'")
        found[here] = tensor
    return found


def _beginnings(state: Collection[str]) -> str:
    found = list(dict.fromkeys(name.partition(".")[0] for name in state))
    return ", ".join(f"'{first}'" for first in found[:6]) + (", ..." if len(found) > 6 else "")


def _without_prefixes(state: dict[str, Tensor], own: Collection[str]) -> dict[str, Tensor]:
    while state and not own & state.keys():
        prefix = next((prefix for prefix in _PREFIXES if all(name.startswith(prefix) for name in state)), None)
        if prefix is None:
            return state
        state = {name[len(prefix) :]: tensor for name, tensor in state.items()}
    return state
