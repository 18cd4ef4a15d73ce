"""Read the tensors of a file of weights, and nothing else of it: no code of a pickle ever runs."""

from __future__ import annotations

import argparse
import pickle
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from augbench_plugins.backbones._errors import UnreadableCheckpoint, first_line

WRAPPERS = ("state_dict_ema", "model_ema", "ema", "state_dict", "model_state_dict", "model", "module", "net")
"""Where training programs keep the weights among other things; the first that is there counts, averaged ones before others."""
_DEEPEST = 4
_LARGEST = 4
"""torch does not compress tensors: a file that grows more than so many times is none of its, and must not fill the memory."""
_SAVE_THEM = "where you trust the file, load it there and save its state_dict alone"


def read_tensors(path: Path, again: str = "fetch or save it again") -> dict[str, Tensor]:
    """Return the tensors of a .safetensors file or one of torch, by the names that they have there.

    ``again`` says how to get the file whole.  Raise ``UnreadableCheckpoint`` of anything else.
    """
    try:
        content = _content(path)
    except (pickle.UnpicklingError, LookupError, EOFError) as error:
        # The last two are what a text, or half a file, comes to as a pickle.
        raise UnreadableCheckpoint(path, *_refused(error, again)) from error
    except Exception as error:
        # torch, safetensors and zipfile have a class of errors each for a file that is something else.
        raise UnreadableCheckpoint(path, first_line(error), again) from error
    found = _unwrapped(content)
    if not isinstance(found, Mapping) or not found:
        raise UnreadableCheckpoint(path, "it holds no tensors by name", _SAVE_THEM)
    for name, tensor in found.items():
        if why := _unlike(tensor):
            held = ", ".join(map(str, list(found)[:6]))
            raise UnreadableCheckpoint(path, f"its entry '{name}' is {why}; it has {held}", _SAVE_THEM)
    return {str(name): tensor.detach() for name, tensor in found.items()}


def _content(path: Path) -> Any:
    if path.suffix == ".safetensors":
        return load_file(path)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _LARGEST * path.stat().st_size:
            raise ValueError(f"it would unpack to {unpacked} bytes")
    # timm's own training program keeps its arguments beside the weights: plain values in a Namespace.
    with torch.serialization.safe_globals([argparse.Namespace]):
        return torch.load(path, map_location="cpu", weights_only=True)


def _unlike(value: Any) -> str:
    """Say what an entry is, if not an ordinary tensor: what computes with others raises anything."""
    if not isinstance(value, Tensor):
        return f"no tensor but {type(value).__name__}"
    if value.is_meta or value.is_nested or value.layout != torch.strided:
        return "a tensor without numbers" if value.is_meta else "a sparse or nested tensor"
    return ""


def _refused(error: Exception, again: str) -> tuple[str, str]:
    """Say why, and what to do: a file with code is no broken one."""
    if found := re.search(r"GLOBAL (\S+)", str(error)):
        return f"it holds Python objects such as {found[1]} beside tensors, whose code is not run here", _SAVE_THEM
    return "it is broken, or no file of torch", again


def _unwrapped(content: Any) -> Any:
    for _ in range(_DEEPEST):
        inner = next((content[key] for key in WRAPPERS if isinstance(content, Mapping) and isinstance(content.get(key), Mapping)), None)
        if inner is None:
            return content
        content = inner
    return content
