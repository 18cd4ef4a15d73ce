"""Execute one stage: read its inputs from the store, do the work, leave the artefact there."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

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
from augbench.stages import contents
from augbench.stages.classifier import build_classifier, score
from augbench.stages.head import HeadSetup
from augbench.stages.prepared import Prepared, read_prepared, write_prepared
from augbench.stages.subsets import subsets, whole
from augbench.stages.train import train
from augbench.store.artefacts import Store
from augbench.store.files import write_json
from augbench.values.errors import OddBank
from augbench.values.settings import Numerics
from augbench.values.synthesis import Progress, TrainingView


def execute(stage: Stage, store: Store, device: torch.device, progress: Progress) -> dict[str, Any]:
    """Do a stage's work and commit its artefact; return what it cost (seconds, peak memory).

    Raise a ``StageError`` where it cannot be done, and whatever a plugin raises.
    """
    inputs = {role: store.open(key) for role, key in stage.inputs.items()}
    notes: dict[str, Any] = {"device": str(device), "torch": torch.__version__}
    started = time.perf_counter()
    numerics = Numerics() if isinstance(stage.task, PrepareTask) else stage.task.numerics
    with store.write(stage, notes) as folder, _untouched_random_state(), _pinned(numerics):
        _work(stage, inputs, folder, device, progress)
        notes["seconds"] = round(time.perf_counter() - started, 3)
        notes["peak-memory-mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return notes


def _work(stage: Stage, inputs: Mapping[str, Path], folder: Path, device: torch.device, progress: Progress) -> None:
    match stage.task:
        case PrepareTask() as task:
            write_prepared(task.dataset.load(), task.resize, folder, task.name, progress)
        case FitTask() as task:
            _fit(task, inputs, folder, device, progress)
        case SynthesiseTask() as task:
            _synthesise(task, inputs, folder, device)
        case TrainTask() as task:
            _train(task, inputs, folder, device, progress)
        case EvaluateTask() as task:
            _evaluate(task, inputs, folder, device)


def _fit(task: FitTask, inputs: Mapping[str, Path], folder: Path, device: torch.device, progress: Progress) -> None:
    view = _view(task, read_prepared(inputs[PREPARED]), device)
    rng = task.resample.streams(target=task.target).rng("fit")
    contents.save_fitted(folder, task.generator.fit(view, rng, progress))


def _synthesise(task: SynthesiseTask, inputs: Mapping[str, Path], folder: Path, device: torch.device) -> None:
    prepared = read_prepared(inputs[PREPARED])
    view = _view(task, prepared, device)
    rng = task.resample.streams(target=task.target).rng("synthesise")
    images = task.generator.sample(contents.load_fitted(inputs[GENERATOR]), view, task.count, rng)
    _check_bank(images, (task.count, *view.images.shape), prepared.train.pixels.dtype, task)
    contents.save_array(folder / contents.BANK_FILE, images.cpu().numpy())


def _check_bank(images: Tensor, shape: tuple[int, ...], kind: np.dtype[Any], task: SynthesiseTask) -> None:
    """A plugin may draw anything: what is no image of this data set never reaches a batch."""
    found = images.detach().cpu().numpy() if isinstance(images, Tensor) else np.empty(0)
    if found.shape != shape or found.dtype != kind:
        raise OddBank(type(task.generator).__name__, f"{found.dtype} {list(found.shape)}", f"{kind} {list(shape)}")


def _train(task: TrainTask, inputs: Mapping[str, Path], folder: Path, device: torch.device, progress: Progress) -> None:
    prepared = read_prepared(inputs[PREPARED])
    # In the data set's order of classes, whatever the order of the inputs.
    named = {name: inputs[BANK + name] for name in prepared.classes if BANK + name in inputs}
    banks = {name: contents.load_array(bank / contents.BANK_FILE) for name, bank in named.items()}
    trained = train(task, prepared, banks, device, progress)
    contents.save_tensors(folder / contents.WEIGHTS, trained.weights)
    if trained.validation is not None:
        contents.save_array(folder / contents.VALIDATION, trained.validation)
    notes = {"curves": dict(trained.curves), "steps": trained.steps, "images": trained.images, "chosen": trained.chosen}
    write_json(folder / contents.NOTES, notes)


def _evaluate(task: EvaluateTask, inputs: Mapping[str, Path], folder: Path, device: torch.device) -> None:
    prepared = read_prepared(inputs[PREPARED])
    head = HeadSetup(cosine_scale=task.cosine_scale)
    classifier = build_classifier(task.backbone, prepared, task.numerics, device, head, fresh=False)
    classifier.load_state_dict(contents.load_tensors(inputs[CLASSIFIER]))
    images = whole(prepared.test).images(prepared.scale, device)
    contents.save_array(folder / contents.TEST, score(classifier, images, task.numerics, device))


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
def _pinned(numerics: Numerics) -> Iterator[None]:
    """Pin what changes bits: threads, and the algorithms that cuDNN may choose; "fp32" is no TF32."""
    threads = torch.get_num_threads()
    torch.set_num_threads(numerics.threads)
    try:
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            yield
    finally:
        torch.set_num_threads(threads)


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
