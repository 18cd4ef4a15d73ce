"""Read the tables of the Hugging Face library that are on this machine: Arrow as it saves them, or Parquet; never from the network."""

from __future__ import annotations

import importlib
import json
import re
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as parquet

from augbench import DataError, NotFetched, UnreadableData
from augbench_datasets._hub_errors import NotSaved

_PART = re.compile(r"(?P<split>.+?)(-\d{5}-of-\d{5}(-[0-9a-f]+)?)?\.parquet")
_GROUPS = 4
"""Row groups of a Parquet file that are kept: readers go through a table from its start, several at once."""


class Table(Protocol):
    """One split: columns of values, and one of files."""

    schema: pa.Schema
    features: Mapping[str, Mapping[str, Any]]
    """What the library knows of columns beyond their types: ``{"label": {"_type": "ClassLabel", "names": [...]}}``."""

    def values(self, column: str) -> list[Any]:
        """Return a whole column."""

    def contents(self, column: str) -> Sequence[bytes | None]:
        """Return the files of a column of images, each read when it is asked for; None where only a path is known."""


def read_tables(path: Path, name: str) -> dict[str, Table]:
    """Return the splits that lie at a path, by name; ``name`` is what fetches them, if anything does.

    Raise ``NotFetched``, ``NotSaved`` or ``UnreadableData``.
    """
    if not path.exists():
        raise NotFetched(path, name) if name else NotSaved(path, "nothing is there")
    try:
        if path.is_file() or not _saved(path):
            return dict(_parquets(path))
        return dict(_arrows(path))
    except DataError:
        raise
    except Exception as error:
        # Of broken tables two libraries make whatever error comes first.
        raise UnreadableData(path, str(error).partition("\n")[0] or type(error).__name__, "fetch it again, or write it anew") from error


def library() -> Any:
    """Import Hugging Face's library, whose name a type checker takes for that of our own folder."""
    return importlib.import_module("datasets")


def saved(path: Path) -> bool:
    """Tell whether the library has saved a data set here."""
    return (path / "dataset_dict.json").is_file()


def _saved(path: Path) -> bool:
    return saved(path) or (path / "state.json").is_file()


def _arrows(path: Path) -> Iterator[tuple[str, Table]]:
    found = library().load_from_disk(str(path))
    splits = found if isinstance(found, dict) else {"train": found}
    for name, dataset in splits.items():
        yield str(name), _Arrow(dataset)


def _parquets(path: Path) -> Iterator[tuple[str, Table]]:
    folder = next((folder for folder in (path, path / "data") if any(folder.glob("*.parquet"))), None)
    if path.is_file() and path.suffix == ".parquet":
        yield "train", _Parquet([path])
        return
    if folder is None:
        raise NotSaved(path)
    parts: dict[str, list[Path]] = {}
    for file in sorted(folder.glob("*.parquet")):
        if found := _PART.fullmatch(file.name):
            parts.setdefault(found["split"], []).append(file)
    for split, files in parts.items():
        yield split, _Parquet(files)


class _Arrow:
    """A table that the library has mapped."""

    def __init__(self, dataset: Any) -> None:
        self._table = dataset.data
        self.schema: pa.Schema = self._table.schema
        self.features: Mapping[str, Mapping[str, Any]] = dataset.features.to_dict()

    def values(self, column: str) -> list[Any]:
        return list(self._table.column(column).to_pylist())

    def contents(self, column: str) -> Sequence[bytes | None]:
        return _Cells(self._table.column(column))


class _Parquet:
    """The files of one split; images are read a row group at a time."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self.schema: pa.Schema = parquet.read_schema(files[0])
        self.features: Mapping[str, Mapping[str, Any]] = _features(self.schema)

    def values(self, column: str) -> list[Any]:
        return [value for file in self._files for value in parquet.ParquetFile(file).read(columns=[column]).column(0).to_pylist()]

    def contents(self, column: str) -> Sequence[bytes | None]:
        return _Groups(self._files, column)


class _Cells(Sequence["bytes | None"]):
    """The files in a column of an Arrow table."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, index: Any) -> Any:
        return _bytes(self._column[index].as_py())


class _Groups(Sequence["bytes | None"]):
    """The files in a column of Parquet files, of which the row groups last read are kept."""

    def __init__(self, files: Sequence[Path], column: str) -> None:
        opened = [parquet.ParquetFile(file).metadata for file in files]
        self._column = column
        self._groups = [(file, number) for file, about in zip(files, opened, strict=True) for number in range(about.num_row_groups)]
        rows = [about.row_group(number).num_rows for about in opened for number in range(about.num_row_groups)]
        self._starts = [0, *accumulate(rows)]
        self._kept: OrderedDict[int, pa.ChunkedArray] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, index: Any) -> Any:
        place = range(len(self))[index]
        number = bisect_right(self._starts, place) - 1
        return _bytes(self._group(number)[place - self._starts[number]].as_py())

    def _group(self, number: int) -> pa.ChunkedArray:
        with self._lock:
            if number not in self._kept:
                file, group = self._groups[number]
                self._kept[number] = parquet.ParquetFile(file).read_row_group(group, columns=[self._column]).column(0)
                if len(self._kept) > _GROUPS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(number)
            return self._kept[number]


def _bytes(cell: Any) -> bytes | None:
    return cell.get("bytes") if isinstance(cell, dict) else cell


def _features(schema: pa.Schema) -> Mapping[str, Mapping[str, Any]]:
    try:
        known = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    return known if isinstance(known, dict) else {}
