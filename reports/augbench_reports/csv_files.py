"""tables/*.csv: the comparison's numbers, one table a file, unrounded."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from augbench import Comparison, Report
from augbench_reports.flat.table import FlatTable, Value
from augbench_reports.flat.tables import tables


@dataclass(frozen=True, kw_only=True)
class Csv(Report):
    """Write every part of the comparison as a table for spreadsheets and R."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write the files below ``tables``."""
        (folder / "tables").mkdir(exist_ok=True)
        return tuple(_write(folder / "tables" / f"{name}.csv", found) for name, found in tables(comparison).items())


def _write(path: Path, found: FlatTable) -> Path:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows([_guarded(value) for value in line] for line in found.lines)
    path.write_bytes(buffer.getvalue().encode("utf-8", "backslashreplace"))
    return path


def _guarded(value: Value) -> Value:
    """Put an apostrophe before text that a spreadsheet would run as a formula; write a truth as 0 or 1."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return int(value) if isinstance(value, bool) else value
