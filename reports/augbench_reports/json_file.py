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
        text = json.dumps(tree(comparison), indent=1, ensure_ascii=False, allow_nan=False)
        # Half a surrogate pair in a name is no UTF-8.
        path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))
        return (path,)


def tree(value: Any) -> Any:
    """Return what JSON can hold of a value; a float that is no number, which JSON lacks, is null."""
    if is_dataclass(value):
        return {field.name: tree(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: tree(each) for key, each in value.items()}
    return [tree(each) for each in value] if isinstance(value, tuple | list) else finite(value)
