"""Tell a sampler what a row says of its batches: the only place that makes its context of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.plan.tasks import TrainTask
from augbench.stages import promises
from augbench.values.sampling import SampleContext, SlotRule
from augbench.values.streams import Streams

NO_TABLES: Mapping[str, NDArray[Any]] = {}


def sample_context(
    task: TrainTask,
    labels: Tensor,
    classes: Sequence[str],
    shape: tuple[int, int, int],
    banks: Mapping[str, int],
    streams: Streams,
    tables: Mapping[str, NDArray[Any]] = NO_TABLES,
) -> SampleContext:
    """Return what a training tells its sampler.

    ``labels`` are those of the originals, ``shape`` is that of an image, ``banks`` counts the synthetic images by class, and ``tables``
    are slots' partners.
    """
    number = {name: index for index, name in enumerate(classes)}
    synthetic = [np.full(size, number[name]) for name, size in banks.items()]
    return SampleContext(
        labels=labels,
        bank_labels=torch.from_numpy(np.concatenate([*synthetic, np.empty(0, dtype=np.int64)])),
        classes=len(classes),
        minority=tuple(number[name] for name in task.n),
        size=task.size,
        n={number[name]: n for name, n in task.n.items()},
        mix=task.mix,
        bank_size={number[name]: size for name, size in task.bank_size.items()},
        slots={name: _rule(task, name, shape, tables) for name in task.augment},
        streams=streams,
    )


def _rule(task: TrainTask, name: str, shape: tuple[int, int, int], tables: Mapping[str, NDArray[Any]]) -> SlotRule:
    slot = task.augment[name]
    return SlotRule(
        arity=slot.augmenter.arity,
        sources=slot.sources,
        pairing=slot.pairing,
        probability=slot.probability,
        weights=promises.expected(slot.augmenter, slot.augmenter.expected_weights(shape)),
        partners=torch.from_numpy(np.array(tables[name])) if name in tables else None,
    )
