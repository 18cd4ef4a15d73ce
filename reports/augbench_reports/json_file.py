"""report.json: the whole comparison, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from augbench import Comparison, Report
from augbench_reports.flat.table import finite


@dataclass(frozen=True, kw_only=True)
class Json(Report):
    """Write every number of the comparison, unrounded, with the version of its schema."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write report.json."""
        path = folder / "report.json"
        # Half a surrogate pair in a name is no UTF-8.
        path.write_bytes(f"{_written(tree(comparison))}\n".encode("utf-8", "backslashreplace"))
        return (path,)


def tree(value: Any) -> Any:
    """Return what JSON can hold of a value; a float that is no number, which JSON lacks, is null."""
    if is_dataclass(value):
        return {field.name: tree(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: tree(each) for key, each in value.items()}
    return [tree(each) for each in value] if isinstance(value, tuple | list) else finite(value)


def _written(value: Any, indent: str = "") -> str:
    """Write what holds objects over lines, and the rest on one: half the size of json's own way, and a change is still a line."""
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if not any(isinstance(each, dict | list) and each for each in inside) or _is_of_numbers(inside):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    deeper = indent + " "
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {_written(each, deeper)}" for key, each in value.items()]
    else:
        items = [_written(each, deeper) for each in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n" + ",\n".join(deeper + item for item in items) + f"\n{indent}{last}"


def _is_of_numbers(inside: list[Any]) -> bool:
    """Tell whether lists hold no object: curves, counts."""
    return all(isinstance(each, list) and not any(isinstance(item, dict) for item in each) for each in inside)
