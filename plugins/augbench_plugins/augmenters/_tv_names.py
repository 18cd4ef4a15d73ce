"""What can be told of torchvision's transforms without importing it here."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from augbench.values.errors import BrokenComponent

# In processes of their own: importing torchvision takes seconds and half a gigabyte, which reading a matrix must not cost.
# Left out are those that are handed other transforms, functions or tensors, that mix a batch with its labels, that convert types, and
# that deal with boxes, key points or films.
_LIST = """
import inspect, json
from torchvision.transforms import v2
no = {"Transform", "Compose", "RandomApply", "RandomChoice", "RandomOrder", "Lambda", "LinearTransformation", "MixUp", "CutMix"}
no |= {"ConvertImageDtype", "PILToTensor", "ToDtype", "ToImage", "ToPILImage", "ToPureTensor", "ToTensor", "FiveCrop", "TenCrop"}
no |= {"ClampBoundingBoxes", "ClampKeyPoints", "ConvertBoundingBoxFormat", "RandomIoUCrop", "SanitizeBoundingBoxes"}
no |= {"SanitizeKeyPoints", "SetClampingMode", "UniformTemporalSubsample"}
found = {name: kind for name, kind in vars(v2).items() if inspect.isclass(kind) and issubclass(kind, v2.Transform) and name not in no}
print(json.dumps({name: list(inspect.signature(kind).parameters) for name, kind in sorted(found.items())}))
"""

_TRY = """
import sys
from augbench_plugins.augmenters._tv_build import refusal
print(refusal(sys.argv[1]))
"""


@lru_cache
def tv_parameters() -> Mapping[str, tuple[str, ...]]:
    """Return the parameters of every transform, by name, listed once for each installed version.

    Raise ``BrokenComponent`` where torchvision does not import.
    """
    from platformdirs import user_cache_path

    cached = user_cache_path("augbench") / f"torchvision-{version('torchvision')}-transforms.json"
    try:
        listed = json.loads(cached.read_text())
    except (OSError, ValueError):
        listed = _listed()
        # A cache that cannot be written costs time, nothing else.
        with contextlib.suppress(OSError):
            _write(cached, listed)
    return {name: tuple(parameters) for name, parameters in listed.items()}


def tv_refusal(name: str, parameters: Mapping[str, Any], shape: tuple[int, int, int], *, uint8: bool) -> str:
    """Return why a transform cannot be used on images of a shape, or nothing."""
    return _refusal(json.dumps([name, dict(parameters), shape, uint8], default=str))


@lru_cache
def _refusal(question: str) -> str:
    if "torchvision" in sys.modules:
        from augbench_plugins.augmenters._tv_build import refusal

        return refusal(question)
    # Whatever else goes wrong in that process will be told where the transform is used.
    return subprocess.run([sys.executable, "-P", "-c", _TRY, question], capture_output=True, text=True, check=False).stdout.strip()


def _listed() -> dict[str, list[str]]:
    # -P: a file called torchvision.py in the user's folder is not torchvision.
    ran = subprocess.run([sys.executable, "-P", "-c", _LIST], capture_output=True, text=True, check=False)
    if ran.returncode:
        why = ImportError(ran.stderr.strip().rpartition("\n")[2])
        raise BrokenComponent("augmenter", "tv/NAME", f"torchvision {version('torchvision')}", why)
    listed: dict[str, list[str]] = json.loads(ran.stdout.splitlines()[-1])
    return listed


def _write(path: Path, listed: dict[str, list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: another process never reads half a list.
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(listed))
    unfinished.replace(path)
