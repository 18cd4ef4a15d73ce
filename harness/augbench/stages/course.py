"""All that changes in the course of a training; at the border of a block also as named tensors, to go on from another time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from augbench.stages.batches import BLOCK_STEPS
from augbench.stages.classifier import Classifier
from augbench.stages.optimizer_state import overwrite, remembered
from augbench.stages.validation import Best, Validation
from augbench.values.synthesis import Fitted

LOSSES, SCORES = "training loss", "validation macro-f1"


@dataclass(kw_only=True)
class Course:
    """A training that is under way."""

    classifier: Classifier
    optimizer: torch.optim.Optimizer
    validation: Validation | None
    device: torch.device
    losses: list[tuple[int, float]] = field(default_factory=list)
    """(step, mean loss of the block that ended there)."""
    done: int = 0
    """Updates that were made."""

    def state(self) -> Fitted | None:
        """Return all that the rest of the training hangs on, or None where an optimizer's memory cannot be written down."""
        memory = remembered(self.optimizer)
        if memory is None:
            return None
        tensors = _prefixed("network", self._weights()) | _prefixed("optimizer", memory) | _prefixed("random", _random_states(self.device))
        # Tensors that share their memory would come back apart: what is written into one would no longer be in the other.
        storages = [tensor.untyped_storage().data_ptr() for tensor in tensors.values() if tensor.numel()]
        if len(set(storages)) < len(storages):
            return None
        best, numbers = self.validation.best if self.validation else None, {"done": float(self.done)}
        if self.validation and self.validation.latest is not None:
            tensors["latest"] = torch.tensor(self.validation.latest)
        if best:
            tensors |= _prefixed("best", best.weights) | {"best probabilities": torch.tensor(best.probabilities)}
            numbers["best"] = best.macro_f1
        curves = {LOSSES: tuple(self.losses), SCORES: tuple(self.validation.scores if self.validation else ())}
        return Fitted(tensors=tensors, numbers=numbers, curves=curves, chosen=best.step if best else 0)

    def restore(self, state: Fitted) -> None:
        """Go on from a state; raise some exception where it does not fit, after which this course is of no use."""
        self.done = int(state.numbers["done"])
        if self.done % BLOCK_STEPS:
            raise ValueError(f"step {self.done} is no border of a block")
        _copy_into(self._weights(), _within("network", state.tensors))
        overwrite(self.optimizer, _within("optimizer", state.tensors), self.device)
        self.losses = list(state.curves[LOSSES])
        if self.validation:
            self._restore_validation(self.validation, state)
        _set_random_states(_within("random", state.tensors), self.device)

    def _restore_validation(self, validation: Validation, state: Fitted) -> None:
        tensors = state.tensors
        validation.scores = list(state.curves[SCORES])
        validation.latest = tensors["latest"].numpy() if "latest" in tensors else None
        if "best" in state.numbers:
            validation.best = Best(
                step=state.chosen,
                macro_f1=state.numbers["best"],
                # Copies: the others lie in a mapped file, which the next checkpoint replaces.
                weights={name: tensor.clone() for name, tensor in _within("best", tensors).items()},
                probabilities=tensors["best probabilities"].numpy(),
            )

    def _weights(self) -> dict[str, Tensor]:
        """Return parameters and buffers, those that are in no ``state_dict`` among them."""
        return dict(self.classifier.named_parameters()) | dict(self.classifier.named_buffers())


def _random_states(device: torch.device) -> dict[str, Tensor]:
    """Return the global streams, of which dropout draws; asking for them waits for no device."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def _set_random_states(states: Mapping[str, Tensor], device: torch.device) -> None:
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
    if device.type == "mps":
        torch.mps.set_rng_state(states["mps"])


def _copy_into(own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    if {name: tensor.shape for name, tensor in own.items()} != {name: tensor.shape for name, tensor in given.items()}:
        raise ValueError("weights of another network")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(given[name])


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def _within(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}/"): tensor for name, tensor in tensors.items() if name.startswith(f"{prefix}/")}
