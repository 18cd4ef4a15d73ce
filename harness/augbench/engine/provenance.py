"""Where and with what a run was made: recorded, never part of a key."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from augbench.registry.collect import Registry
from augbench.values.invoked import invoked

PACKAGES = ("augbench", "torch", "torchvision", "timm", "numpy", "scipy", "pandas")


def provenance(registry: Registry, matrix: Path, out: Path, device: str) -> dict[str, str]:
    """Return what the report prints under its numbers."""
    plugins = sorted({f"{entry.origin}" for entry in registry.entries})
    left_out = [f"{each.origin.plugin} ({each.by})" for each in registry.left_out]
    return {
        "command": invoked(),
        "matrix": str(matrix),
        "run folder": str(out),
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": _device_name(device),
        "machine": f"{platform.system()} {platform.machine()}, {_processor()}",
        "python": platform.python_version(),
        **{package: _version(package) for package in PACKAGES},
        "plugins": ", ".join(plugins),
        **({"plugins left out": ", ".join(left_out)} if left_out else {}),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _device_name(device: str) -> str:
    if not device.startswith("cuda"):
        return device
    import torch

    if not torch.cuda.is_available():
        return f"{device} (of other machines)"
    return f"{device} ({torch.cuda.get_device_name(device)})"


def _processor() -> str:
    """Return the processor's name; Linux tells it only here."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
