"""Train a classifier on batches that a sampler composes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.plan.tasks import TrainTask
from augbench.stages import promises
from augbench.stages.batches import Batches, block_borders
from augbench.stages.classifier import autocast, build_classifier, layout
from augbench.stages.contexts import sample_context
from augbench.stages.course import LOSSES, SCORES, Course
from augbench.stages.head import HeadSetup, spare_bias
from augbench.stages.images import images_of
from augbench.stages.keeping import Keep, keeps_nothing
from augbench.stages.prepared import Prepared
from augbench.stages.subsets import Subset, subsets
from augbench.stages.validation import Validation
from augbench.values.errors import Diverged, StageError
from augbench.values.learning import LossContext
from augbench.values.sampling import SampleContext
from augbench.values.settings import Length
from augbench.values.streams import Streams
from augbench.values.synthesis import Curve, Fitted, Progress

CURVE_POINTS = 100


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A trained classifier and how it came about."""

    weights: Mapping[str, Tensor]
    validation: NDArray[Any] | None
    """Class probabilities of the validation images, float32 [n, K]."""
    curves: Mapping[str, Curve]
    steps: int
    images: int
    """Images shown, counted with repetition."""
    chosen: int
    """The step whose weights these are."""
    prior: tuple[float, ...]
    """Share of each class in the last batches."""
    images_per_second: float
    """Shown since the training began or went on."""


def train(
    task: TrainTask,
    prepared: Prepared,
    banks: Mapping[str, NDArray[Any]],
    tables: Mapping[str, NDArray[Any]],
    device: torch.device,
    progress: Progress,
    keep: Keep = keeps_nothing,
    resume: Callable[[], Fitted | None] = lambda: None,
) -> Trained:
    """Train on the originals of a fold and the banks of the minority classes; ``tables`` are slots' partners.

    Goes on from the state that ``resume`` finds, if that fits, to the same bits.  Raise ``Diverged`` once the loss is no
    longer a number.  Uses torch's global stream: call it where that is forked.
    """
    learn, held_out = subsets(prepared, task.resample)
    batches = _batches(task, prepared, learn, banks, tables, task.resample.streams(), device)
    steps, epoch = total_steps(task, batches.context)
    batches = replace(batches, context=replace(batches.context, total=steps))
    course = _begun(partial(_course, task, prepared, held_out, device), resume)
    return _Trainer(task=task, batches=batches, course=course, steps=steps, epoch=epoch).run(progress, keep)


def _course(task: TrainTask, prepared: Prepared, held_out: Subset | None, device: torch.device) -> Course:
    """Return a training before its first step."""
    streams, training, classes = task.resample.streams(), task.training, len(prepared.classes)
    torch.manual_seed(streams.seed("train/initial-weights"))
    head = HeadSetup(cosine_scale=training.loss.cosine_scale, bias=training.loss.bias_start(classes))
    classifier = build_classifier(task.backbone, prepared, task.numerics, device, head)
    torch.manual_seed(streams.seed("train/dropout"))
    optimizer = promises.optimizer(training.optimizer, training.optimizer.build(classifier.parameters(), training.lr))
    if not training.loss.bias_decays:
        spare_bias(optimizer, classifier.network, classes)
    validation = None
    if held_out is not None:
        validation = Validation(
            images=held_out.images(prepared.scale, device), labels=held_out.labels, numerics=task.numerics, device=device
        )
    return Course(classifier=classifier, optimizer=optimizer, validation=validation, device=device)


def _begun(fresh: Callable[[], Course], resume: Callable[[], Fitted | None]) -> Course:
    """Return a training at its beginning, or where it was cut short."""
    course, state = fresh(), resume()
    if state is None:
        return course
    try:
        course.restore(state)
    except Exception:  # whatever an older version, or a plugin's optimizer, makes of it: a checkpoint only saves time
        return fresh()
    return course


def total_steps(task: TrainTask, context: SampleContext) -> tuple[int, float]:
    """Return the number of updates, and how many of them make an epoch of originals.

    Passes follow each other without a short last batch: an epoch need not end with a step, and the whole is rounded up.
    """
    length: Length = task.training.length
    per_step = task.sampler.originals_per_step(context)
    if per_step == 0:
        raise StageError("no batch holds an original image; raise batch.size or lower batch.n")
    epoch = len(context.labels) / per_step
    if length.steps is not None:
        return length.steps, epoch
    assert length.epochs is not None, "validated with the matrix"
    images, shown = (len(context.labels), per_step) if length.of == "originals" else (task.sampler.pool(context), task.size)
    # 0.1 x 30 images are 3.0000000000000004 in floats and must not make a further step.
    return max(1, math.ceil(round(length.epochs * images / shown, 6))), epoch


def _batches(
    task: TrainTask,
    prepared: Prepared,
    learn: Subset,
    banks: Mapping[str, NDArray[Any]],
    tables: Mapping[str, NDArray[Any]],
    streams: Streams,
    device: torch.device,
) -> Batches:
    sizes = {name: len(bank) for name, bank in banks.items()}
    context = sample_context(task, torch.from_numpy(learn.labels), prepared.classes, prepared.shape, sizes, streams, tables)
    drawn = [(bank, np.arange(len(bank))) for bank in banks.values()]
    images = images_of([*learn.pixels(), *drawn], prepared.scale, device)
    return Batches(task=task, context=context, images=images, streams=streams, device=device)


@dataclass(frozen=True, kw_only=True)
class _Trainer:
    task: TrainTask
    batches: Batches
    course: Course
    steps: int
    epoch: float

    def run(self, progress: Progress, keep: Keep) -> Trained:
        training, course = self.task.training, self.course
        checks = {round(i * self.steps / training.checks) for i in range(1, training.checks + 1)}
        begun, started = course.done, time.perf_counter()
        course.classifier.train()
        for first, count in block_borders(self.steps, course.done):
            keep(course.state)
            loss = self._block(first, count, checks)
            course.losses.append((first + count, loss))
            course.done = first + count
            scores = {"macro_f1": course.validation.scores[-1][1]} if course.validation and course.validation.scores else {}
            progress(course.done, self.steps, epoch=course.done / self.epoch, loss=loss, **scores)
        return self._result((self.steps - begun) * self.task.size / (time.perf_counter() - started))

    def _block(self, first: int, count: int, checks: set[int]) -> float:
        """Make the updates of one block; the device is asked for a number only at its end."""
        training, course, block = self.task.training, self.course, self.batches.block(first, count)
        context = self._loss_context(first / self.steps)
        summed = torch.zeros((), device=self.batches.device)
        for step in range(first, first + count):
            factor = promises.factor(training.schedule, training.schedule.factor(step, self.steps, self.epoch))
            for group in course.optimizer.param_groups:
                group["lr"] = training.lr * factor
            summed += self._update(*block.batch(step - first), replace(context, progress=step / self.steps))
            if course.validation and step + 1 in checks:
                course.validation.check(step + 1, course.classifier, keep=training.select == "best")
        loss = float(summed) / count
        if not math.isfinite(loss):
            for step in range(count):
                # Whoever made what is no number is to blame, and not the rate of learning.
                block.batch(step, promises.finite)
        self._demand(math.isfinite(loss), first + count)
        return loss

    def _update(self, images: Tensor, targets: Tensor, context: LossContext) -> Tensor:
        numerics, course = self.task.numerics, self.course
        with autocast(numerics, self.batches.device):
            logits = course.classifier(images.contiguous(memory_format=layout(numerics)))
        logits = promises.logits(self.task.backbone, logits, *targets.shape)
        loss = promises.scalar(self.task.training.loss, self.task.training.loss.loss(logits.float(), targets, context))
        course.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        course.optimizer.step()
        return loss.detach()

    def _loss_context(self, progress: float) -> LossContext:
        context, device = self.batches.context, self.batches.device
        prior = self._prior(progress).float()
        return LossContext(prior=prior.to(device), class_counts=context.class_counts.to(device), progress=progress)

    def _prior(self, progress: float) -> Tensor:
        context, sampler = self.batches.context, self.task.sampler
        return promises.prior(sampler, sampler.prior(context, progress), context.classes)

    def _demand(self, finite: bool, step: int) -> None:
        if not finite:
            raise Diverged("the classifier's training", step, "lower training.lr, or set numerics.precision = 'fp32'")

    def _result(self, images_per_second: float) -> Trained:
        classifier, validation, chosen = self.course.classifier, self.course.validation, self.steps
        if validation and validation.best:
            chosen = validation.best.step
            classifier.load_state_dict(validation.best.weights)
        curves = {LOSSES: thinned(self.course.losses)}
        if validation:
            curves[SCORES] = tuple(validation.scores)
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in classifier.state_dict().items()}
        # The last update comes after the last loss.
        self._demand(all(bool(tensor.isfinite().all()) for tensor in weights.values()), self.steps)
        return Trained(
            weights=weights,
            validation=validation.probabilities(chosen, classifier) if validation else None,
            curves=curves,
            steps=self.steps,
            images=self.steps * self.task.size,
            chosen=chosen,
            prior=tuple(self._prior(1.0).tolist()),
            images_per_second=images_per_second,
        )


def thinned(points: list[tuple[int, float]]) -> Curve:
    """Average neighbouring points until a curve has at most ``CURVE_POINTS``."""
    width = math.ceil(len(points) / CURVE_POINTS)
    groups = [points[start : start + width] for start in range(0, len(points), max(1, width))]
    return tuple((group[-1][0], sum(value for _, value in group) / len(group)) for group in groups)
