"""results.parquet and tables/*.parquet: the comparison's numbers as typed columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from augbench import Comparison, Report
from augbench_reports.flat.table import FlatTable, Value
from augbench_reports.flat.tables import results, tables


@dataclass(frozen=True, kw_only=True)
class Parquet(Report):
    """Write every result of every seed, and each table of the CSV files, as typed columns."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write results.parquet and the files below ``tables``."""
        (folder / "tables").mkdir(exist_ok=True)
        twins = [_write(folder / "tables" / f"{name}.parquet", found) for name, found in tables(comparison).items()]
        return _write(folder / "results.parquet", results(comparison)), *twins


def _write(path: Path, found: FlatTable) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[type, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    columns = zip(*found.lines, strict=True) if found.lines else [() for _ in found.columns]
    arrays = [pa.array(list(map(_utf8, values)), types[kind]) for values, kind in zip(columns, found.types, strict=True)]
    pq.write_table(pa.table(dict(zip(found.columns, arrays, strict=True))), path, compression="zstd")
    return path


def _utf8(value: Value) -> Value:
    # Half a surrogate pair in a name is no UTF-8.
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
