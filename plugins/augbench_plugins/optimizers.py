"""Torch's optimizers as components."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Gt, Lt

from augbench import Optimizer
from augbench.values.errors import NesterovWithoutMomentum

if TYPE_CHECKING:
    import torch
    from torch import nn

Share = Annotated[float, Ge(0), Lt(1)]


@dataclass(frozen=True, kw_only=True)
class Sgd(Optimizer):
    """Stochastic gradient descent with momentum."""

    momentum: Share = 0.9
    """Share of the previous update that is kept."""
    weight_decay: Annotated[float, Ge(0)] = 1e-4
    """Added to the gradient, times the weights."""
    nesterov: bool = False
    """Look ahead along the momentum."""

    def __post_init__(self) -> None:
        """Refuse Nesterov's step without momentum."""
        if self.nesterov and self.momentum == 0:
            raise NesterovWithoutMomentum

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        """Return ``torch.optim.SGD``."""
        import torch

        chosen = list(parameters)
        return torch.optim.SGD(
            chosen, lr, momentum=self.momentum, weight_decay=self.weight_decay, nesterov=self.nesterov, fused=_fused(chosen)
        )


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """Adam (Kingma and Ba 2015)."""

    betas: tuple[Share, Share] = (0.9, 0.999)
    """Decay rates of the gradient's running mean and of its square's."""
    eps: Annotated[float, Gt(0)] = 1e-8
    """Added to the denominator."""
    weight_decay: Annotated[float, Ge(0)] = 0.0
    """Added to the gradient, times the weights."""

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        """Return ``torch.optim.Adam``."""
        import torch

        chosen = list(parameters)
        return torch.optim.Adam(chosen, lr, betas=self.betas, eps=self.eps, weight_decay=self.weight_decay, fused=_fused(chosen))


@dataclass(frozen=True, kw_only=True)
class AdamW(Optimizer):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""

    betas: tuple[Share, Share] = (0.9, 0.999)
    """Decay rates of the gradient's running mean and of its square's."""
    eps: Annotated[float, Gt(0)] = 1e-8
    """Added to the denominator."""
    weight_decay: Annotated[float, Ge(0)] = 0.01
    """Share of the weights, times the learning rate, that each update takes away."""

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        """Return ``torch.optim.AdamW``."""
        import torch

        chosen = list(parameters)
        return torch.optim.AdamW(chosen, lr, betas=self.betas, eps=self.eps, weight_decay=self.weight_decay, fused=_fused(chosen))


@dataclass(frozen=True, kw_only=True)
class RmsProp(Optimizer):
    """RMSprop (Hinton 2012), with torch's constants."""

    alpha: Share = 0.99
    """Decay rate of the squared gradient's running mean."""
    eps: Annotated[float, Gt(0)] = 1e-8
    """Added to the denominator."""

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        """Return ``torch.optim.RMSprop``, which has no fused form."""
        import torch

        return torch.optim.RMSprop(list(parameters), lr, alpha=self.alpha, eps=self.eps)


def _fused(parameters: Sequence[nn.Parameter]) -> bool | None:
    """Ask for one kernel for all weights on CUDA; elsewhere torch chooses (a kernel for each on the CPU)."""
    return True if all(parameter.is_cuda for parameter in parameters) else None
