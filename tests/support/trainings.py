"""A training of three blocks, whole or cut short."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pytest
import torch

from augbench.plan.tasks import PrepareTask, Resample, Stage, TrainTask
from augbench.stages.run import execute
from augbench.store.opening import open_store
from augbench.values.failing import Halted
from augbench.values.learning import Backbone, BackboneContext, Network
from augbench.values.settings import Length
from augbench_plugins.optimizers import Sgd
from support.toys import Dots, settings

CPU = torch.device("cpu")
STEPS, BORDERS = 150, [64, 128]


@dataclass(frozen=True, kw_only=True)
class Small(Backbone):
    """Convolutions with batch norm, dropout, and a buffer that is in no state_dict."""

    def build(self, context: BackboneContext) -> Network:
        layers = torch.nn.Sequential(
            torch.nn.Conv2d(context.channels, 6, 3, 2), torch.nn.BatchNorm2d(6), _Counted(), torch.nn.Flatten(),
            torch.nn.Dropout(0.3), torch.nn.Linear(54, context.classes),
        )  # fmt: skip
        return Network(module=layers, mean=context.mean, sd=context.sd)


class _Counted(torch.nn.Module):
    """Fades what it is given, the more the oftener it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("asked", torch.zeros(()), persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.training:
            self.asked += 1
        return torch.relu(images) / (1 + self.asked / 1000)


TRAINING = replace(settings().training, length=Length(steps=STEPS), optimizer=Sgd(), checks=5, lr=0.02)
PREPARE = Stage(
    kind="prepare", key="prepare", label="prepare dots", settings="{}", template=PrepareTask(name="dots", dataset=Dots(), resize=None),
    resample=None, inputs={},
)  # fmt: skip


def stage(**changes) -> Stage:
    known = settings()
    task = TrainTask(
        sampler=known.sampler, backbone=Small(), size=8, mix={"linear": 1.0}, n={"c": 1}, bank_size={"c": 6}, augment=known.augment,
        transforms=known.transforms, transforms_at="batch", training=TRAINING, numerics=known.numerics,
        resample=Resample(seed=0, digest="d"),
    )  # fmt: skip
    task = replace(task, **changes)
    return Stage(kind="train", key="train", label="train", settings="{}", template=task, resample=None, inputs={"prepared": "prepare"})


def silent(done, total, **numbers) -> None:
    pass


def store_at(folder):
    store = open_store(folder)
    if "prepare" not in store:
        execute(PREPARE, store, CPU, silent)
    return store


def files(store) -> dict[str, str]:
    """Return the digest of each file of the classifier; the manifest, which has times, is left out."""
    folder = store.open("train")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.name != "manifest.json"}


def at_call(wanted: int):
    """Return who asks a stage to stop at a keeper's n-th call."""
    calls = iter(range(1, 1000))
    return lambda: next(calls) == wanted


def halted(folder, chosen: Stage, call: int, device: torch.device = CPU) -> None:
    """Run a stage until its keeper is called so often, and ask it to stop there."""
    store = store_at(folder)
    with pytest.raises(Halted):
        execute(chosen, store, device, silent, at_call(call))
    assert chosen.key not in store
    assert store.kept(chosen.key) is not None
