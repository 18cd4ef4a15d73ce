"""A fit's whole state at the border of a block, as named tensors: what it needs to go on to the same bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from augbench import Fitted
from augbench_plugins.generators._contest import Contest
from augbench_plugins.generators._ledger import Ledger
from augbench_plugins.generators._lots import Deck
from augbench_plugins.generators._stopping import Kept

_DONE = "done"


def saved(done: int, contest: Contest, deck: Deck, rng: torch.Generator, ledger: Ledger, kept: Kept) -> Fitted:
    """Return the state after ``done`` iterations, on the CPU."""
    tensors = {"rng": rng.get_state(), "deck": deck.left}
    tensors |= _prefixed("kept", kept.tensors) | _prefixed("sums", ledger.sums)
    for name, network, optimizer in _players(contest):
        tensors |= _prefixed(name, network.state_dict()) | _prefixed(f"{name} optimizer", _flat(optimizer))
    # Copies: the fit goes on writing into its own.
    tensors = {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}
    updates = {f"updates/{name}": float(count) for name, count in ledger.updates.items()}
    return Fitted(tensors=tensors, numbers={_DONE: float(done), **updates}, curves=ledger.curves(), chosen=kept.iteration)


def restore(state: Fitted, contest: Contest, deck: Deck, rng: torch.Generator, ledger: Ledger, kept: Kept) -> int:
    """Put a state back into freshly made parts; return the iterations that were done."""
    for name, network, optimizer in _players(contest):
        network.load_state_dict(_within(name, state.tensors))
        _load(optimizer, _within(f"{name} optimizer", state.tensors))
    kept.iteration, kept.tensors = state.chosen, _within("kept", state.tensors)
    ledger.sums = {name: total.to(contest.device) for name, total in _within("sums", state.tensors).items()}
    ledger.updates = {name.removeprefix("updates/"): int(count) for name, count in state.numbers.items() if name != _DONE}
    ledger.resume(state.curves)
    deck.left = state.tensors["deck"]
    rng.set_state(state.tensors["rng"])
    return int(state.numbers[_DONE])


def _players(contest: Contest) -> tuple[tuple[str, torch.nn.Module, torch.optim.Optimizer], ...]:
    return (
        ("generator", contest.generator, contest.generator_optimizer),
        ("critic", contest.critic, contest.critic_optimizer),
    )


def _flat(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Name the tensors of an optimizer by parameter and role: ``3/exp_avg``."""
    state = optimizer.state_dict()["state"]
    return {f"{index}/{name}": value for index, values in state.items() for name, value in values.items() if isinstance(value, Tensor)}


def _load(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for key, value in tensors.items():
        index, _, name = key.partition("/")
        parameter = parameters[int(index)]
        # In the parameter's own layout, as it was: an update of mixed layouts takes another path.
        own = torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
        state.setdefault(int(index), {})[name] = own
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def _within(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}/"): tensor for name, tensor in tensors.items() if name.startswith(f"{prefix}/")}
