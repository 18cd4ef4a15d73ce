"""The last layer of a network, as a loss wants it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from augbench.values.errors import NoLinearHead


class CosineHead(nn.Module):
    """Logits are the cosines between features and class weights, times a scale."""

    def __init__(self, linear: nn.Linear, scale: float) -> None:
        super().__init__()
        # A random weight's direction is all that counts of it, so that rows keep their common initial weights.
        self.weight = linear.weight
        self.scale = scale

    def forward(self, features: Tensor) -> Tensor:
        """Return logits [B, K]; in float32, for a bf16 cosine times 30 has but one digit after its point."""
        with torch.autocast(features.device.type, enabled=False):
            directions = nn.functional.normalize(self.weight, dim=1)
            return self.scale * nn.functional.linear(nn.functional.normalize(features.float(), dim=1), directions)


@dataclass(frozen=True, kw_only=True)
class HeadSetup:
    """What a loss asks of a network's last layer."""

    cosine_scale: float | None = None
    bias: float | None = None
    """What its biases start from, where it has any."""

    def set_up(self, module: nn.Module, classes: int) -> nn.Module:
        """Return the network with its last linear layer of ``classes`` outputs as asked; raise ``NoLinearHead`` without one."""
        if self.cosine_scale is None and self.bias is None:
            return module
        name, linear = _last_linear(module, classes)
        if self.bias is not None and linear.bias is not None:
            nn.init.constant_(linear.bias, self.bias)
        if self.cosine_scale is None:
            return module
        head = CosineHead(linear, self.cosine_scale)
        if not name:
            return head
        parent, _, leaf = name.rpartition(".")
        setattr(module.get_submodule(parent), leaf, head)
        return module


def spare_bias(optimizer: torch.optim.Optimizer, module: nn.Module, classes: int) -> None:
    """Take the weight decay off the last layer's biases, where it has any; raise ``NoLinearHead`` without such a layer."""
    _, linear = _last_linear(module, classes)
    for group in list(optimizer.param_groups):
        spared = [parameter for parameter in group["params"] if parameter is linear.bias]
        if spared:
            group["params"] = [parameter for parameter in group["params"] if parameter is not linear.bias]
            optimizer.add_param_group({**group, "params": spared, "weight_decay": 0.0})


def _last_linear(module: nn.Module, classes: int) -> tuple[str, nn.Linear]:
    found = [(name, part) for name, part in module.named_modules() if isinstance(part, nn.Linear) and part.out_features == classes]
    if not found:
        raise NoLinearHead(classes)
    return found[-1]


PLAIN = HeadSetup()
