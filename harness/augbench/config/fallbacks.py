"""What settings are where a matrix is silent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from augbench.config.source import Node, Source, parse

SOURCE = "augbench's defaults"
"""Where these settings were written, as positions have it."""
_TEXT = """\
sampler = "instance"
transforms-at = "batch"

[training]
optimizer = { use = "sgd", momentum = 0.9, weight-decay = 1e-4 }
schedule = "constant"
loss = "cross-entropy"

[quality]
features = "random-conv"
"""


def fallbacks() -> Mapping[tuple[str, ...], Node]:
    """Return the nodes that answer for unsaid settings, by path."""
    root = parse(Source(SOURCE, _TEXT, Path.cwd()))
    return {
        ("sampler",): root.value["sampler"],
        ("transforms-at",): root.value["transforms-at"],
        **{(table, key): node for table in ("training", "quality") for key, node in root.value[table].value.items()},
    }
