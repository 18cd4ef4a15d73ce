"""List the pictures of a folder by a CSV manifest."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from augbench_datasets._errors import BadManifest, NoManifest
from augbench_datasets._listing import SPLITS, Entry

_NEEDED = ("path", "class")
_READ = ("path", "split", "class", "group")
_HEADER = "the first line names the columns path, class and, if there are any, split and group"


def by_manifest(root: Path, manifest: Path) -> tuple[set[str], list[Entry]]:
    """Return classes and pictures; without a column split, pictures have none.

    Raise ``NoManifest``, or ``BadManifest`` for the first line that cannot be used.
    """
    if not manifest.is_file():
        raise NoManifest(manifest)
    entries: dict[str, Entry] = {}
    for number, line in _lines(manifest):
        entry = _entry(root, manifest, number, line)
        if entry.identity in entries:
            raise BadManifest(manifest, number, f"'{entry.identity}' is listed more than once", "keep one of its lines")
        entries[entry.identity] = entry
    if not entries:
        raise BadManifest(manifest, 1, "no pictures are listed", "write one a line, below the names of the columns")
    return {entry.label for entry in entries.values()}, list(entries.values())


def _lines(manifest: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each line and what is read of it."""
    number = 1
    try:
        # Spreadsheets put a byte order mark in front.
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            columns = _columns(manifest, next(reader, []))
            for cells in reader:
                number = reader.line_num
                if cells:
                    yield number, _read(manifest, number, columns, cells)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadManifest(manifest, number, f"not a CSV file in UTF-8 ({error})", "save it as one") from error
    except OSError as error:
        raise NoManifest(manifest, str(error.strerror)) from error


def _columns(manifest: Path, line: Sequence[str]) -> Sequence[str]:
    found = [name.strip() for name in line]
    if len(found) == 1 and (other := next((mark for mark in ";\t" if mark in found[0]), None)):
        raise BadManifest(manifest, 1, f"columns are set apart by {'semicolons' if other == ';' else 'tabs'}", "save it with commas")
    if missing := [name for name in _NEEDED if name not in found]:
        listed = ", ".join(f"'{name}'" for name in missing)
        raise BadManifest(manifest, 1, f"no column {listed}", _HEADER)
    for name, count in Counter(found).items():
        if name in _READ and count > 1:
            raise BadManifest(manifest, 1, f"{count} columns are called '{name}'", "keep one of them")
    return found


def _read(manifest: Path, number: int, columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) > len(columns):
        why = f"{len(cells)} cells, and there are {len(columns)} columns"
        raise BadManifest(manifest, number, why, "put cells that hold commas in double quotes")
    found = dict(zip(columns, cells, strict=False))
    values = {name: found.get(name, "").strip() for name in _READ if name in columns}
    for name, value in values.items():
        if not value:
            raise BadManifest(manifest, number, f"no {name}", "fill it in, or remove the line")
        if "\0" in value:
            raise BadManifest(manifest, number, f"the {name} holds a NUL byte", "save the file anew")
    return values


def _entry(root: Path, manifest: Path, number: int, line: dict[str, str]) -> Entry:
    split = SPLITS.get(line["split"]) if "split" in line else None
    if split is None and "split" in line:
        raise BadManifest(manifest, number, f"unknown split '{line['split']}'", f"known: {', '.join(sorted(SPLITS))}")
    identity = os.path.normpath(line["path"]).replace(os.sep, "/")
    if os.path.isabs(identity) or identity.startswith("../"):
        raise BadManifest(manifest, number, f"'{line['path']}' leaves the folder '{root}'", "list only pictures below it")
    if not os.path.isfile(os.path.join(root, identity)):
        hint = "write / for \\" if "\\" in identity else "correct the path, or remove the line"
        raise BadManifest(manifest, number, f"no picture '{line['path']}' in '{root}'", hint)
    # Labels and groups repeat by the hundred thousand: one copy of each will do.
    group = sys.intern(line["group"]) if "group" in line else None
    return Entry(identity=identity, split=split, label=sys.intern(line["class"]), group=group)
