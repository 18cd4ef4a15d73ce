"""What is known of an artefact without reading it: the planner sees the store as a mapping from keys to summaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from augbench.plan.keys import Key


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """An artefact, as its manifest describes it."""

    key: Key
    kind: str
    label: str
    identity: Mapping[str, Any]
    """All that decides it: ``stage``, ``revision``, ``settings``, ``resample``, ``inputs``."""
    seconds: float
    """Wall time of the stage that made it."""
    bytes: int
    """Of all its files."""
    made: float = 0.0
    """When, in seconds since the epoch; 0 where that is not known."""
