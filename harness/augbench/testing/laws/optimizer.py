"""Laws of optimizers: torch's own interface, over the weights that they are handed."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from augbench.testing.checking import require
from augbench.testing.laws._supported import expect_support
from augbench.testing.trees import difference
from augbench.values.learning import Optimizer

LR = 0.01
STEPS = 20
GOALS = ((3.0, -2.0, 0.5), ((1.0, 2.0), (-1.0, 0.0)))
"""Where the bowl is deepest, for a vector and a matrix of weights."""


def exercise(component: Optimizer) -> object:
    """Walk down a bowl."""
    weights = _weights()
    _walk(_built(component, weights), weights, STEPS)
    return [weight.detach() for weight in weights]


def check_torch_optimizer(component: Optimizer) -> None:
    """``build`` returns an optimizer of torch."""
    found = _built(component, _weights())
    require(isinstance(found, torch.optim.Optimizer), f"build returns {type(found).__name__}, no torch.optim.Optimizer")


def check_all_weights(component: Optimizer) -> None:
    """It updates each weight that it is handed, once, also from an iterator, and no other."""
    weights = _weights()
    held = [id(weight) for group in _built(component, weights).param_groups for weight in group["params"]]
    wanted = [id(weight) for weight in weights]
    require(
        sorted(held) == sorted(wanted), f"of {len(wanted)} weights handed as an iterator it holds {len(held)}; make a list of them first"
    )


def check_steps_lead_down(component: Optimizer) -> None:
    """Steps down a bowl lower the loss."""
    weights = _weights()
    before = float(_loss(weights).detach())
    _walk(_built(component, weights), weights, STEPS)
    after = float(_loss(weights).detach())
    require(after < before, f"{STEPS} steps at lr = {LR} take the loss of a bowl from {before:.4g} to {after:.4g}")


def check_learning_rate(component: Optimizer) -> None:
    """Its steps follow the learning rate that a schedule sets in its groups."""
    lengths = []
    for rate in (LR, 0.0):
        weights = _weights()
        begun = [weight.detach().clone() for weight in weights]
        optimizer = _built(component, weights)
        for group in optimizer.param_groups:
            group["lr"] = rate
        _walk(optimizer, weights, 1)
        lengths.append(sum(float((weight.detach() - start).norm()) for weight, start in zip(weights, begun, strict=True)))
    require(
        lengths[1] < lengths[0],
        f"a step at lr = 0 is {lengths[1]:.4g} long, one at lr = {LR} {lengths[0]:.4g}; read group['lr'] in each step",
    )


def check_goes_on_from_its_state(component: Optimizer) -> None:
    """Its state, loaded into another one, goes on to the same weights: a training may be cut short."""
    weights = _weights()
    optimizer = _built(component, weights)
    _walk(optimizer, weights, 3)
    others = [nn.Parameter(weight.detach().clone()) for weight in weights]
    other = _built(component, others)
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for walker, mine in ((optimizer, weights), (other, others)):
        _walk(walker, mine, 3)
    found = difference([weight.detach() for weight in weights], [weight.detach() for weight in others])
    require(not found, f"three steps after its state was loaded the weights differ: {found}")


def _built(component: Optimizer, weights: Sequence[nn.Parameter]) -> torch.optim.Optimizer:
    expect_support(component, (9, 3))
    return component.build(iter(weights), LR)


def _weights() -> list[nn.Parameter]:
    return [nn.Parameter(0.1 * torch.ones_like(torch.tensor(goal))) for goal in GOALS]


def _loss(weights: Sequence[nn.Parameter]) -> Tensor:
    return torch.stack([0.5 * (weight - torch.tensor(goal)).square().sum() for weight, goal in zip(weights, GOALS, strict=True)]).sum()


def _walk(optimizer: torch.optim.Optimizer, weights: Sequence[nn.Parameter], steps: int) -> None:
    """Make some updates, as a training makes them."""
    for _ in range(steps):
        loss = _loss(weights)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
