"""What settings are where a matrix is silent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from augbench.config.source import Node, Source, parse

_TEXT = """\
sampler = "instance"
transforms-at = "batch"

[training]
optimizer = { use = "sgd", momentum = 0.9, weight-decay = 1e-4 }
schedule = "constant"
loss = "cross-entropy"
"""


def fallbacks() -> Mapping[tuple[str, ...], Node]:
    """Return the nodes that answer for unsaid settings, by path."""
    root = parse(Source("augbench's defaults", _TEXT, Path.cwd()))
    training = root.value["training"].value
    return {
        ("sampler",): root.value["sampler"],
        ("transforms-at",): root.value["transforms-at"],
        **{("training", key): node for key, node in training.items()},
    }
