"""What lies in an artefact's folder: tensors as safetensors, arrays as npy, numbers as JSON; never pickle."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from augbench.plan.tasks import BANK
from augbench.store.files import write_json
from augbench.values.synthesis import Fitted, curves_from

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS, NOTES, BANK_FILE, VALIDATION, TEST = "weights.safetensors", "result.json", "images.npy", "validation.npy", "test.npy"
SHEET, PARTNERS = "sheet.png", "partners.npy"


def save_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors by name."""
    import safetensors.torch

    # Through bytes: safetensors' own writer tells of a full disk without saying that it is full.
    path.write_bytes(safetensors.torch.save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}))


def load_tensors(folder: Path) -> dict[str, Tensor]:
    """Read an artefact's tensors."""
    import safetensors.torch

    return safetensors.torch.load_file(folder / WEIGHTS)


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array."""
    buffer = io.BytesIO()  # NumPy's writer, too, hides a full disk where it writes to a file itself
    np.save(buffer, array, allow_pickle=False)
    path.write_bytes(buffer.getbuffer())


def load_array(path: Path) -> NDArray[Any]:
    """Map an array into memory."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def load_banks(inputs: Mapping[str, Path], classes: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Map the banks among a stage's inputs, in the data set's order of classes whatever that of the inputs."""
    return {name: load_array(inputs[BANK + name] / BANK_FILE) for name in classes if BANK + name in inputs}


def save_fitted(folder: Path, fitted: Fitted) -> None:
    """Write a fitted generator."""
    save_tensors(folder / WEIGHTS, fitted.tensors)
    write_json(folder / NOTES, {"numbers": dict(fitted.numbers), "curves": dict(fitted.curves), "chosen": fitted.chosen})


def load_fitted(folder: Path) -> Fitted:
    """Read a fitted generator."""
    notes = load_notes(folder)
    curves = curves_from(notes["curves"])
    return Fitted(tensors=load_tensors(folder), numbers=notes["numbers"], curves=curves, chosen=notes["chosen"])


def load_notes(folder: Path) -> dict[str, Any]:
    """Read an artefact's numbers."""
    notes: dict[str, Any] = json.loads((folder / NOTES).read_text(encoding="utf-8"))
    return notes
