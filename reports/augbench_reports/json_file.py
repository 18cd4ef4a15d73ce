"""report.json: the whole comparison, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from augbench import Comparison, Report


@dataclass(frozen=True, kw_only=True)
class Json(Report):
    """Write every number of the comparison, unrounded, with the version of its schema."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write report.json."""
        path = folder / "report.json"
        text = json.dumps(asdict(comparison), indent=1, ensure_ascii=False, allow_nan=False)
        # Half a surrogate pair in a name is no UTF-8.
        path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))
        return (path,)
