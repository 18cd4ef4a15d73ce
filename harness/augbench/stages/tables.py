"""Which images an augmenter may mix with which, found before a training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench.plan.tasks import PREPARED, TablesTask
from augbench.stages import contents
from augbench.stages.images import images_of
from augbench.stages.prepared import read_prepared
from augbench.stages.subsets import subsets
from augbench.values.augmenting import Augmenter, TableView
from augbench.values.errors import OddPartners


def find_partners(task: TablesTask, inputs: Mapping[str, Path], folder: Path, device: torch.device) -> None:
    """Let the augmenter look at its slot's sources; the table's rows and numbers count originals, then the bank.

    Raise ``OddPartners`` where a plugin names images that are none of its sources.
    """
    prepared = read_prepared(inputs[PREPARED])
    learn, _ = subsets(prepared, task.resample)
    banks = contents.load_banks(inputs, prepared.classes)
    originals, generated = len(learn.labels), sum(map(len, banks.values()))
    drawn = [(bank, np.arange(len(bank))) for bank in banks.values()]
    parts = [*(learn.pixels() if task.sources != "generated" else ()), *(drawn if task.sources != "originals" else ())]
    labels = np.concatenate([learn.labels, *(np.full(len(bank), prepared.classes.index(name)) for name, bank in banks.items())])
    first = originals if task.sources == "generated" else 0
    last = originals if task.sources == "originals" else originals + generated
    view = TableView(images=images_of(parts, prepared.scale, device), labels=torch.from_numpy(labels[first:last]), device=device)
    found = checked(task.augmenter, task.augmenter.partners(view), last - first)
    # Images that are none of the slot's sources are never asked for.
    table = np.zeros((originals + generated, found.shape[1]), dtype=np.int64)
    table[first:last] = found + first
    contents.save_array(folder / contents.PARTNERS, table)


def checked(augmenter: Augmenter, found: Any, count: int) -> NDArray[Any]:
    """Return the partners of so many images.  Raise ``OddPartners`` unless they are some of these, for each of them."""
    table = found.detach().cpu().numpy() if isinstance(found, Tensor) else np.empty(0)
    fits = table.ndim == 2 and len(table) == count and table.shape[1] > 0 and table.dtype == np.int64
    if not fits or not ((table >= 0) & (table < count)).all():
        raise OddPartners(type(augmenter).__name__, f"{table.dtype} {list(table.shape)}", count)
    return table
