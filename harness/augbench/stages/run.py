"""Execute one stage: read its inputs from the store, do the work, leave the artefact there."""

from __future__ import annotations

import json
import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from augbench.plan.tasks import (
    BANK,
    CLASSIFIER,
    GENERATOR,
    PREPARED,
    EvaluateTask,
    FitTask,
    PrepareTask,
    Stage,
    SynthesiseTask,
    TrainTask,
)
from augbench.stages.classifier import build_classifier, score
from augbench.stages.prepared import Prepared, read_prepared, write_prepared
from augbench.stages.subsets import subsets, whole
from augbench.stages.train import train
from augbench.store.artefacts import Store
from augbench.store.files import write_json
from augbench.values.settings import Numerics
from augbench.values.synthesis import Fitted, Progress, TrainingView

WEIGHTS, NOTES, BANK_FILE, VALIDATION, TEST = "weights.safetensors", "result.json", "images.npy", "validation.npy", "test.npy"


def execute(stage: Stage, store: Store, device: torch.device, progress: Progress) -> dict[str, Any]:
    """Do a stage's work and commit its artefact; return what it cost (seconds, peak memory).

    Raise a ``StageError`` where it cannot be done, and whatever a plugin raises.
    """
    inputs = {role: store.open(key) for role, key in stage.inputs.items()}
    notes: dict[str, Any] = {"device": str(device), "torch": torch.__version__}
    started = time.perf_counter()
    with store.write(stage, notes) as folder, _untouched_random_state(device):
        match stage.task:
            case PrepareTask() as task:
                write_prepared(task.dataset.load(), task.resize, folder, task.name, progress)
            case FitTask() as task:
                with _numerics(task.numerics):
                    _fit(task, inputs, folder, device, progress)
            case SynthesiseTask() as task:
                with _numerics(task.numerics):
                    _synthesise(task, inputs, folder, device)
            case TrainTask() as task:
                with _numerics(task.numerics):
                    _train(task, inputs, folder, device, progress)
            case EvaluateTask() as task:
                with _numerics(task.numerics):
                    _evaluate(task, inputs, folder, device)
        notes["seconds"] = round(time.perf_counter() - started, 3)
        notes["peak-memory-mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return notes


def _fit(task: FitTask, inputs: dict[str, Path], folder: Path, device: torch.device, progress: Progress) -> None:
    view = _view(task, read_prepared(inputs[PREPARED]), device)
    rng = task.resample.streams(target=task.target).rng("fit")
    fitted = task.generator.fit(view, rng, progress)
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in fitted.tensors.items()}, folder / WEIGHTS)
    write_json(folder / NOTES, {"numbers": dict(fitted.numbers), "curves": dict(fitted.curves), "chosen": fitted.chosen})


def _synthesise(task: SynthesiseTask, inputs: dict[str, Path], folder: Path, device: torch.device) -> None:
    view = _view(task, read_prepared(inputs[PREPARED]), device)
    rng = task.resample.streams(target=task.target).rng("synthesise")
    images = task.generator.sample(read_fitted(inputs[GENERATOR]), view, task.count, rng)
    np.save(folder / BANK_FILE, images.cpu().numpy(), allow_pickle=False)


def _train(task: TrainTask, inputs: dict[str, Path], folder: Path, device: torch.device, progress: Progress) -> None:
    prepared = read_prepared(inputs[PREPARED])
    # In the data set's order of classes, whatever the order of the inputs.
    banks = {name: read_bank(inputs[BANK + name]) for name in prepared.classes if BANK + name in inputs}
    trained = train(task, prepared, banks, device, progress)
    save_file(dict(trained.weights), folder / WEIGHTS)
    if trained.validation is not None:
        np.save(folder / VALIDATION, trained.validation, allow_pickle=False)
    notes = {"curves": dict(trained.curves), "steps": trained.steps, "images": trained.images, "chosen": trained.chosen}
    write_json(folder / NOTES, notes)


def _evaluate(task: EvaluateTask, inputs: dict[str, Path], folder: Path, device: torch.device) -> None:
    prepared = read_prepared(inputs[PREPARED])
    classifier = build_classifier(task.backbone, prepared, task.numerics, device)
    classifier.load_state_dict(load_file(inputs[CLASSIFIER] / WEIGHTS))
    images = whole(prepared.test).images(prepared.scale, device)
    np.save(folder / TEST, score(classifier, images, task.numerics, device), allow_pickle=False)


def read_fitted(folder: Path) -> Fitted:
    """Read a fitted generator."""
    notes = json.loads((folder / NOTES).read_text(encoding="utf-8"))
    curves = {name: tuple((int(at), value) for at, value in curve) for name, curve in notes["curves"].items()}
    return Fitted(tensors=load_file(folder / WEIGHTS), numbers=notes["numbers"], curves=curves, chosen=notes["chosen"])


def read_bank(folder: Path) -> NDArray[Any]:
    """Read a bank, memory-mapped: [n, C, H, W] in the data set's own type."""
    bank: NDArray[Any] = np.load(folder / BANK_FILE, mmap_mode="r", allow_pickle=False)
    return bank


def _view(task: FitTask | SynthesiseTask, prepared: Prepared, device: torch.device) -> TrainingView:
    learn, _ = subsets(prepared, task.resample)
    return TrainingView(
        images=learn.images(prepared.scale, device),
        labels=torch.from_numpy(learn.labels),
        classes=prepared.classes,
        target=None if task.target is None else prepared.classes.index(task.target),
        settings=task.settings,
        device=device,
        precision=task.numerics.precision,
    )


@contextmanager
def _numerics(numerics: Numerics) -> Iterator[None]:
    """Pin what changes bits: threads, and the algorithms that cuDNN may choose."""
    threads = torch.get_num_threads()
    torch.set_num_threads(numerics.threads)
    try:
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
            yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _untouched_random_state(device: torch.device) -> Iterator[None]:
    """Leave the global random streams as they were, whatever a plugin does to them."""
    python, legacy = random.getstate(), np.random.get_state()
    devices = [device.index or 0] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(legacy)
