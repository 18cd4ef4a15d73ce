"""List the pictures of a folder: by its layout, or by a manifest."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from augbench_datasets._errors import BadManifest, NoManifest, NoPictures, NoSplits, NoSuchFolder

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
_SPLITS = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}
_COLUMNS = ("path", "split", "class")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One picture and what is said of it."""

    identity: str
    """Its path within the folder, with slashes."""
    split: str
    """``train``, ``validation`` or ``test``."""
    label: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The pictures of a folder, ascending by path."""

    root: Path
    classes: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def grouped(self) -> bool:
        """Tell whether the pictures come with groups."""
        return self.entries[0].group is not None

    def split(self, name: str) -> tuple[Entry, ...]:
        """Return the pictures of one split."""
        return tuple(entry for entry in self.entries if entry.split == name)

    def file(self, entry: Entry) -> Path:
        """Return where a picture lies."""
        return self.root / entry.identity


def list_pictures(root: Path, manifest: str | None) -> Listing:
    """List a folder; raise a ``DataError`` where folder, layout or manifest cannot be used."""
    if not root.is_dir():
        raise NoSuchFolder(root)
    classes, entries = _by_layout(root) if manifest is None else _by_manifest(root, root / manifest)
    if not entries:
        raise NoPictures(root, SUFFIXES)
    return Listing(root=root, classes=tuple(sorted(classes)), entries=tuple(sorted(entries, key=lambda entry: entry.identity)))


def _by_layout(root: Path) -> tuple[set[str], list[Entry]]:
    for needed in ("train", "test"):
        if not (root / needed).is_dir():
            raise NoSplits(root, needed)
    classes, entries = set(), []
    for folder, split in _SPLITS.items():
        above = frozenset(map(os.path.realpath, (root, root / folder)))
        for place in _folders(root / folder):
            classes.add(place.name)
            start = PurePosixPath(folder, place.name)
            entries += [Entry(identity=str(start / name), split=split, label=place.name) for name in _pictures(place, above)]
    return classes, entries


def _folders(path: Path) -> list[Path]:
    return [place for place in path.iterdir() if place.is_dir() and not place.name.startswith(".")] if path.is_dir() else []


def _pictures(folder: Path, above: frozenset[str]) -> Iterator[str]:
    """Yield the pictures below a folder, by path within it; a link to a folder above itself is not followed."""
    own = os.path.realpath(folder)
    if own in above:
        return
    for place in folder.iterdir():
        if place.name.startswith("."):
            continue
        if place.is_dir():
            yield from (f"{place.name}/{name}" for name in _pictures(place, above | {own}))
        elif place.suffix.lower() in SUFFIXES:
            yield place.name


def _by_manifest(root: Path, manifest: Path) -> tuple[set[str], list[Entry]]:
    if not manifest.is_file():
        raise NoManifest(manifest)
    try:
        # Spreadsheets put a byte order mark in front.
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            _check_columns(manifest, reader.fieldnames or ())
            entries: dict[str, Entry] = {}
            for line in reader:
                entry = _entry(root, manifest, reader.line_num, line)
                if entry.identity in entries:
                    raise BadManifest(manifest, reader.line_num, f"'{entry.identity}' is listed more than once", "keep one of its lines")
                entries[entry.identity] = entry
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadManifest(manifest, 1, f"not a CSV file in UTF-8 ({error})", "save it as one") from error
    return {entry.label for entry in entries.values()}, list(entries.values())


def _check_columns(manifest: Path, found: Collection[str]) -> None:
    if missing := [name for name in _COLUMNS if name not in found]:
        listed = ", ".join(f"'{name}'" for name in missing)
        raise BadManifest(
            manifest, 1, f"no column {listed}", "the first line names the columns path, split, class and, if there are groups, group"
        )


def _entry(root: Path, manifest: Path, number: int, line: dict[str, str | None]) -> Entry:
    values = {name: (line[name] or "").strip() for name in (*_COLUMNS, "group") if name in line}
    for name, value in values.items():
        if not value:
            raise BadManifest(manifest, number, f"no {name}", "fill it in, or remove the line")
    split = _SPLITS.get(values["split"])
    if split is None:
        raise BadManifest(manifest, number, f"unknown split '{values['split']}'", f"known: {', '.join(sorted(_SPLITS))}")
    identity = os.path.normpath(values["path"]).replace(os.sep, "/")
    if os.path.isabs(identity) or identity.startswith("../"):
        raise BadManifest(manifest, number, f"'{values['path']}' leaves the folder '{root}'", "list only pictures below it")
    if not (root / identity).is_file():
        raise BadManifest(manifest, number, f"no picture '{values['path']}' in '{root}'", "correct the path, or remove the line")
    return Entry(identity=identity, split=split, label=values["class"], group=values.get("group"))
