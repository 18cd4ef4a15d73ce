"""Optimizers: one rule each, in closed form."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from augbench import Optimizer
from augbench.values.errors import NesterovWithoutMomentum
from augbench_plugins.optimizers import Adam, AdamW, RmsProp, Sgd
from support.lawful import broken

GRADIENTS = ([1.0, -2.0], [0.5, 3.0], [-1.0, 0.25])


@pytest.mark.parametrize("optimizer", [Sgd(), Sgd(nesterov=True), Adam(), AdamW(), RmsProp()], ids=repr)
def test_it_keeps_the_laws(optimizer: Optimizer) -> None:
    assert broken(optimizer) == []


def walked(optimizer) -> torch.Tensor:
    """Return the weights after three given gradients, from (1, 2) at a learning rate of 0.1."""
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    built = optimizer.build(iter([weight]), 0.1)
    for gradient in GRADIENTS:
        weight.grad = torch.tensor(gradient)
        built.step()
    return weight.detach()


def by_hand(rule) -> torch.Tensor:
    weight, state = torch.tensor([1.0, 2.0]), {}
    for step, gradient in enumerate(GRADIENTS, start=1):
        weight = rule(weight, torch.tensor(gradient), state, step)
    return weight


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_keeps_a_momentum_and_decays_weights(nesterov: bool) -> None:
    def rule(weight, gradient, state, step):
        gradient = gradient + 0.3 * weight
        state["v"] = gradient if step == 1 else 0.9 * state["v"] + gradient
        return weight - 0.1 * (gradient + 0.9 * state["v"] if nesterov else state["v"])

    assert torch.allclose(walked(Sgd(weight_decay=0.3, nesterov=nesterov)), by_hand(rule))


@pytest.mark.parametrize("decoupled", [False, True])
def test_adam_divides_by_the_root_of_the_squares_mean(decoupled: bool) -> None:
    def rule(weight, gradient, state, step):
        weight, gradient = (weight * (1 - 0.1 * 0.3), gradient) if decoupled else (weight, gradient + 0.3 * weight)
        state["m"] = 0.5 * state.get("m", 0) + 0.5 * gradient
        state["v"] = 0.8 * state.get("v", 0) + 0.2 * gradient**2
        mean, square = state["m"] / (1 - 0.5**step), state["v"] / (1 - 0.8**step)
        return weight - 0.1 * mean / (square.sqrt() + 1e-3)

    optimizer = (AdamW if decoupled else Adam)(betas=(0.5, 0.8), eps=1e-3, weight_decay=0.3)
    assert torch.allclose(walked(optimizer), by_hand(rule))


def test_rmsprop_divides_by_the_root_of_the_squares_mean() -> None:
    def rule(weight, gradient, state, step):
        state["v"] = 0.7 * state.get("v", 0) + 0.3 * gradient**2
        return weight - 0.1 * gradient / (state["v"].sqrt() + 1e-2)

    assert torch.allclose(walked(RmsProp(alpha=0.7, eps=1e-2)), by_hand(rule))


@pytest.mark.parametrize(("optimizer", "fused"), [(Sgd(), True), (Adam(), True), (AdamW(), True), (RmsProp(), None)])
def test_one_kernel_updates_all_weights_where_the_device_has_it(optimizer, fused: bool | None) -> None:
    with FakeTensorMode():
        on_cuda = optimizer.build([torch.nn.Parameter(torch.empty(3, device="cuda"))], 0.1)
        on_both = optimizer.build([torch.nn.Parameter(torch.empty(3, device=device)) for device in ("cuda", "cpu")], 0.1)
    assert on_cuda.defaults.get("fused") is fused
    assert not on_both.defaults.get("fused")
    assert not optimizer.build([torch.nn.Parameter(torch.zeros(3))], 0.1).defaults.get("fused")


def test_defaults_are_those_of_the_paper_and_of_torch() -> None:
    built = Sgd().build([torch.nn.Parameter(torch.zeros(1))], 0.03).defaults
    assert (built["lr"], built["momentum"], built["weight_decay"], built["nesterov"]) == (0.03, 0.9, 1e-4, False)
    rms = RmsProp().build([torch.nn.Parameter(torch.zeros(1))], 1.0).defaults
    assert (rms["alpha"], rms["eps"], rms["momentum"], rms["weight_decay"]) == (0.99, 1e-8, 0, 0)


def test_nesterov_without_momentum_is_refused() -> None:
    with pytest.raises(NesterovWithoutMomentum) as caught:
        Sgd(momentum=0, nesterov=True)
    assert str(caught.value) == "nesterov = true needs a momentum above 0; set one or leave nesterov out"
