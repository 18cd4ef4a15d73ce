"""Execute one stage: read its inputs from the store, do the work, leave the artefact there."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from augbench.plan.tasks import (
    PREPARED,
    TABLE,
    AssessTask,
    EvaluateTask,
    FitTask,
    PrepareTask,
    Stage,
    SynthesiseTask,
    TablesTask,
    TrainTask,
)
from augbench.registry.asking import loaded
from augbench.stages import contents, generators
from augbench.stages.costs import measured
from augbench.stages.evaluate import evaluate
from augbench.stages.keeping import Keeper, never
from augbench.stages.prepared import read_prepared, write_prepared
from augbench.stages.tables import find_partners
from augbench.stages.train import train
from augbench.store.artefacts import Store
from augbench.store.files import write_json
from augbench.values.settings import Numerics
from augbench.values.synthesis import Progress


def execute(
    stage: Stage,
    store: Store,
    device: torch.device | str,
    progress: Progress,
    halt: Callable[[], bool] = never,
    *,
    alone: bool = False,
) -> dict[str, Any]:
    """Do a stage's work, from its last checkpoint on, and commit its artefact; return what it cost, where and with what.

    ``alone`` says that nothing else uses the device.  Raise ``Halted`` at the next checkpoint once ``halt`` says so (a short
    stage ends instead), a ``StageError`` where the work cannot be done, and whatever a plugin raises.
    """
    device = torch.device(device)
    inputs = {role: store.open(key) for role, key in stage.inputs.items()}
    notes: dict[str, Any] = {"device": str(device), "torch": str(torch.__version__)}
    numerics = Numerics() if isinstance(stage.task, PrepareTask) else stage.task.numerics
    with (
        store.write(stage, notes) as folder,
        _untouched_random_state(),
        _untouched_settings(),
        _pinned(numerics),
        measured(device, alone) as spent,
    ):
        keeper = Keeper(stage=stage, store=store, device=device, halt=halt, spent=spent)
        speed = _work(stage, inputs, folder, progress, keeper)
        notes |= keeper.costs()
        if speed is not None:
            notes["images-per-second"] = round(speed, 1)
    return notes


def _work(stage: Stage, inputs: Mapping[str, Path], folder: Path, progress: Progress, keeper: Keeper) -> float | None:
    """Do it; return how many images a second were shown, where that is known."""
    device = keeper.device
    match stage.task:
        case PrepareTask() as task:
            write_prepared(loaded(task.dataset), task.resize, folder, task.name, progress)
        case FitTask() as task:
            return generators.fit(task, inputs, folder, device, progress, keeper)
        case SynthesiseTask() as task:
            generators.synthesise(task, inputs, folder, device)
        case AssessTask() as task:
            generators.assess(task, inputs, folder, device)
        case TablesTask() as task:
            find_partners(task, inputs, folder, device)
        case TrainTask() as task:
            return _train(task, inputs, folder, device, progress, keeper)
        case EvaluateTask() as task:
            evaluate(task, inputs, folder, device)
    return None


def _train(task: TrainTask, inputs: Mapping[str, Path], folder: Path, device: torch.device, progress: Progress, keeper: Keeper) -> float:
    prepared = read_prepared(inputs[PREPARED])
    tables = {name: contents.load_array(inputs[TABLE + name] / contents.PARTNERS) for name in task.augment if TABLE + name in inputs}
    banks = contents.load_banks(inputs, prepared.classes)
    trained = train(task, prepared, banks, tables, device, progress, keeper, keeper.kept)
    contents.save_tensors(folder / contents.WEIGHTS, trained.weights)
    if trained.validation is not None:
        contents.save_array(folder / contents.VALIDATION, trained.validation)
    kept = ("curves", "steps", "images", "chosen", "prior")
    write_json(folder / contents.NOTES, {name: getattr(trained, name) for name in kept})
    return trained.images_per_second


@contextmanager
def _pinned(numerics: Numerics) -> Iterator[None]:
    """Pin what changes bits: threads, NumPy's among them, and the algorithms that cuDNN may choose; "fp32" is no TF32."""
    threads = torch.get_num_threads()
    torch.set_num_threads(numerics.threads)
    flags = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
    try:
        with threadpool_limits(numerics.threads), flags:
            yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _untouched_settings() -> Iterator[None]:
    """Leave torch's settings and the current folder as they were, whatever a plugin does to them: the next stage is another's."""
    folder, kind, device, learns = Path.cwd(), torch.get_default_dtype(), torch.get_default_device(), torch.is_grad_enabled()
    try:
        yield
    finally:
        os.chdir(folder)
        torch.set_default_dtype(kind)
        torch.set_grad_enabled(learns)
        if torch.get_default_device() != device:
            # A device that nobody has set is the CPU; to set that would cost each call a little.
            torch.set_default_device(None if device.type == "cpu" else device)


@contextmanager
def _untouched_random_state() -> Iterator[None]:
    """Leave the global random streams as they were, on every device, whatever a plugin does to them."""
    python, legacy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(legacy)
