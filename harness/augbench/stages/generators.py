"""The stages of a generator: fit it, fill a bank, judge the bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from augbench.plan.tasks import BANK, GENERATOR, PREPARED, AssessTask, FitTask, SynthesiseTask
from augbench.quality.measures import measure
from augbench.quality.neighbours import nearest_real
from augbench.stages import contents, promises
from augbench.stages.costs import Pace
from augbench.stages.doors import door_to
from augbench.stages.images import images_of
from augbench.stages.judging import FeatureJudge, compared, features_of
from augbench.stages.keeping import Keeper
from augbench.stages.prepared import Prepared, read_prepared
from augbench.stages.sheet import draw_sheet
from augbench.stages.subsets import subsets
from augbench.store.files import write_json
from augbench.values.errors import OddBank
from augbench.values.synthesis import Progress, TrainingView

SHEET_IMAGES = 12
"""Images of a row of a sheet."""
CPU = torch.device("cpu")


def fit(task: FitTask, inputs: Mapping[str, Path], folder: Path, device: torch.device, progress: Progress, keeper: Keeper) -> float | None:
    """Fit a generator, from its last checkpoint on if it was cut short; return the real images that it saw a second, if known."""
    view = _view(task, read_prepared(inputs[PREPARED]), device)
    if task.quality and task.quality.features:
        network = task.quality.features.build(view.images.shape[0])
        view = replace(view, judge=FeatureJudge(network, view.images, view.members(), task.quality, device))
    rng = task.resample.streams(target=task.target).rng("fit")
    pace = Pace(progress=progress)
    with door_to(keeper) as keep, door_to(pace) as told:
        fitted = task.generator.fit(replace(view, keep=keep), rng, told, keeper.kept())
        contents.save_fitted(folder, promises.fitted(task.generator, fitted))
    iterations = pace.per_second(task.settings.iterations)
    return None if iterations is None else iterations * _images_of_an_iteration(task) or None


def _images_of_an_iteration(task: FitTask) -> int:
    uses, settings = task.generator.uses, task.settings
    batches = settings.n_critic or 1 if "n_critic" in uses else 1
    return batches * settings.batch_size if "batch_size" in uses and settings.batch_size else 0


def synthesise(task: SynthesiseTask, inputs: Mapping[str, Path], folder: Path, device: torch.device) -> None:
    """Fill a bank.  Raise ``OddBank`` where a plugin draws what is no image of the data set."""
    prepared = read_prepared(inputs[PREPARED])
    view = _view(task, prepared, device)
    rng = task.resample.streams(target=task.target).rng("synthesise")
    images = task.generator.sample(contents.load_fitted(inputs[GENERATOR]), view, task.count, rng)
    _check_bank(images, (task.count, *view.images.shape), prepared.train.pixels.dtype, task)
    contents.save_array(folder / contents.BANK_FILE, images.cpu().numpy())


def assess(task: AssessTask, inputs: Mapping[str, Path], folder: Path, device: torch.device) -> None:
    """Measure a bank's first images against all real ones that its generator saw, and draw a sheet of both."""
    assert task.quality.features is not None, "not planned otherwise"
    prepared = read_prepared(inputs[PREPARED])
    network = task.quality.features.build(prepared.shape[0])
    real, fake = _real_and_fake(task, inputs, prepared)
    of_real, of_fake = (features_of(network, images, prepared.scale, device) for images in (real, fake))
    numbers = measure(of_real, of_fake, task.quality.nearest).numbers()
    notes = {"numbers": numbers, "features": network.name, "digest": network.digest, "inception": network.inception}
    write_json(folder / contents.NOTES, notes)
    shown = fake[:SHEET_IMAGES]
    # Chosen by a stream, as the synthetic ones are by their order: nobody picked any.
    order = torch.randperm(len(real), generator=task.resample.streams(target=task.target).rng("sheet"))
    _, nearest = nearest_real(of_real, of_fake[: len(shown)])
    (folder / contents.SHEET).write_bytes(draw_sheet(real[order[:SHEET_IMAGES]], shown, real[nearest], prepared.scale))


def _real_and_fake(task: AssessTask, inputs: Mapping[str, Path], prepared: Prepared) -> tuple[Tensor, Tensor]:
    """Return the images that are compared, on the CPU."""
    learn, _ = subsets(prepared, task.resample)
    members = torch.from_numpy(np.flatnonzero(learn.labels == prepared.classes.index(task.target)))
    bank = contents.load_array(inputs[BANK + task.target] / contents.BANK_FILE)
    drawn = images_of([(bank, np.arange(min(len(bank), task.quality.images)))], prepared.scale, CPU)
    return learn.images(prepared.scale, CPU).take(compared(members)), drawn.take(torch.arange(len(drawn)))


def _check_bank(images: Tensor, shape: tuple[int, ...], kind: np.dtype[Any], task: SynthesiseTask) -> None:
    """A plugin may draw anything: what is no image of this data set never reaches a batch."""
    found = images.detach().cpu().numpy() if isinstance(images, Tensor) else np.empty(0)
    if found.shape != shape or found.dtype != kind:
        raise OddBank(type(task.generator).__name__, f"{found.dtype} {list(found.shape)}", f"{kind} {list(shape)}")


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
        memory_format=task.numerics.memory_format,
    )
