"""An optimizer that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from augbench import Component, Optimizer


@dataclass(frozen=True, kw_only=True)
class Descent(Optimizer):
    """Torch's momentum."""

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        return torch.optim.SGD(parameters, lr, momentum=0.9)


@dataclass(frozen=True, kw_only=True)
class SelfMade(Optimizer):
    """A momentum of its own."""

    def build(self, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
        return Momentum(parameters, lr)


class Momentum(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})
        self.first = lr

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for weight in group["params"]:
                velocity = self.state[weight]["v"] = 0.9 * self.state[weight].get("v", 0.0) + weight.grad
                weight.sub_(self.rate(group) * velocity)

    def rate(self, group):
        return group["lr"]


class NoClass:
    """Has all that a training asks for."""

    def __init__(self, optimizer):
        self.optimizer = optimizer

    def __getattr__(self, name):
        return getattr(self.optimizer, name)


class Wrapped(Descent):
    def build(self, parameters, lr):
        return NoClass(super().build(parameters, lr))


class VectorsAlone(Descent):
    def build(self, parameters, lr):
        return super().build([weight for weight in parameters if weight.dim() == 1], lr)


class Uphill(Descent):
    def build(self, parameters, lr):
        return torch.optim.SGD(parameters, lr, maximize=True)


class FirstRate(Momentum):
    def rate(self, group):
        return self.first


class DeafToSchedules(SelfMade):
    def build(self, parameters, lr):
        return FirstRate(parameters, lr)


class Aside(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})
        self.velocities = {}

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for weight in group["params"]:
                velocity = self.velocities[id(weight)] = 0.9 * self.velocities.get(id(weight), 0.0) + weight.grad
                weight.sub_(group["lr"] * velocity)


class Forgetful(SelfMade):
    def build(self, parameters, lr):
        return Aside(parameters, lr)


GOOD: tuple[Component, ...] = (Descent(), SelfMade())
BAD: dict[str, Component] = {
    "torch-optimizer": Wrapped(),
    "all-weights": VectorsAlone(),
    "steps-lead-down": Uphill(),
    "learning-rate": DeafToSchedules(),
    "goes-on-from-its-state": Forgetful(),
}
