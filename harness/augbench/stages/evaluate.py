"""Score the test images, and correct what a classifier says where the row asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.plan.tasks import CLASSIFIER, PREPARED, EvaluateTask
from augbench.stages import contents, promises
from augbench.stages.classifier import build_classifier, score
from augbench.stages.head import HeadSetup
from augbench.stages.prepared import Prepared, read_prepared
from augbench.stages.subsets import subsets, whole
from augbench.values.learning import Adjustment, AdjustmentContext


def evaluate(task: EvaluateTask, inputs: Mapping[str, Path], folder: Path, device: torch.device) -> None:
    """Score the test images; with ``predict``, correct these and the validation images alike."""
    prepared = read_prepared(inputs[PREPARED])
    classifier = build_classifier(task.backbone, prepared, task.numerics, device, HeadSetup(cosine_scale=task.cosine_scale), fresh=False)
    classifier.load_state_dict(contents.load_tensors(inputs[CLASSIFIER]))
    scored = {contents.TEST: score(classifier, whole(prepared.test).images(prepared.scale, device), task.numerics, device)}
    if task.predict is not None:
        scored = _adjusted(task, task.predict, prepared, inputs[CLASSIFIER], scored)
    for name, probabilities in scored.items():
        contents.save_array(folder / name, probabilities)


def _adjusted(
    task: EvaluateTask, predict: Adjustment, prepared: Prepared, trained: Path, scored: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Correct test and, where there are any, validation probabilities, float32 [n, K]."""
    learn, held_out = subsets(prepared, task.resample)
    logits = {name: _logarithms(probabilities) for name, probabilities in scored.items()}
    validation = None
    if held_out is not None:
        logits[contents.VALIDATION] = _logarithms(contents.load_array(trained / contents.VALIDATION))
        validation = logits[contents.VALIDATION], torch.from_numpy(held_out.labels)
    context = AdjustmentContext(
        prior=torch.tensor(contents.load_notes(trained)["prior"]),
        class_counts=torch.from_numpy(np.bincount(learn.labels, minlength=len(prepared.classes))),
        validation=validation,
    )
    corrected = {name: promises.adjusted(predict, predict.adjust(values, context), values) for name, values in logits.items()}
    return {name: values.softmax(dim=1).float().numpy() for name, values in corrected.items()}


def _logarithms(probabilities: NDArray[Any]) -> Tensor:
    """Return log-probabilities; one that float32 has lost counts as its smallest number."""
    return torch.from_numpy(np.array(probabilities)).clamp(min=torch.finfo(torch.float32).tiny).log()
