"""Write the stages of a run's trials as one table that trials refer to by number: most trials share most of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def packed(document: Document) -> dict[str, Any]:
    """Return what run.json holds of a run."""
    places: dict[tuple[str, ...], int] = {}
    table: list[Document] = []

    def place(stage: Document) -> int:
        found = places.setdefault((stage["kind"], stage["label"], stage["key"]), len(table))
        if found == len(table):
            table.append(stage)
        return found

    trials = [{**trial, "stages": [place(stage) for stage in trial["stages"]]} for trial in document["trials"]]
    return {**document, "stages": table, "trials": trials}


def unpacked(document: Document) -> dict[str, Any]:
    """Return a run with the stages of each trial in their place.  Raise what a damaged one makes Python raise."""
    whole = dict(document)
    table = whole.pop("stages", ())
    trials = [{**trial, "stages": [_looked_up(stage, table) for stage in trial["stages"]]} for trial in whole["trials"]]
    return whole | {"trials": trials}


def _looked_up(stage: Any, table: Any) -> Any:
    return table[stage] if isinstance(stage, int) else stage
