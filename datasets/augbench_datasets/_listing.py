"""List the pictures of a folder, by its layout or by a manifest, with their splits and groups."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from augbench_datasets._counting import groups_by_class
from augbench_datasets._division import Division
from augbench_datasets._errors import EmptyFolder, GivenSplits, GroupsTwice, NoGroupInPath, NoPictures, NoSuchFolder, OneClass

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".npy", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
SPLITS = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One picture and what is said of it."""

    identity: str
    """Its path within the folder, with slashes."""
    split: str | None
    """``train``, ``validation`` or ``test``; None where nobody says."""
    label: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The pictures of a folder, ascending by path; every one is in a split."""

    root: Path
    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    """How they were divided, if nobody had."""

    @property
    def grouped(self) -> bool:
        """Tell whether the pictures come with groups."""
        return self.entries[0].group is not None

    @cached_property
    def splits(self) -> dict[str, tuple[Entry, ...]]:
        """Return the pictures of each split that there is: ``train``, maybe ``validation``, ``test``."""
        found: dict[str, list[Entry]] = {"train": [], "validation": [], "test": []}
        for entry in self.entries:
            found[str(entry.split)].append(entry)
        return {name: tuple(entries) for name, entries in found.items() if entries or name != "validation"}

    def counts(self) -> dict[str, tuple[int, ...]]:
        """Count the pictures of each class by split."""
        found = {split: Counter(entry.label for entry in entries) for split, entries in self.splits.items()}
        return {split: tuple(count[name] for name in self.classes) for split, count in found.items()}

    def groups(self) -> tuple[int, ...]:
        """Count the groups of each class outside the test split."""
        return groups_by_class(self.classes, ((entry.label, entry.group) for entry in self.entries if entry.split != "test"))

    def file(self, entry: Entry) -> str:
        """Return where a picture lies."""
        return os.path.join(self.root, entry.identity)


def list_pictures(root: Path, manifest: str | None, groups: str | None, division: Division | None) -> Listing:
    """List a folder; raise a ``DataError`` where folder, layout or manifest cannot be used.

    ``groups`` is a regular expression that finds a picture's group in its path.  ``division`` divides pictures that come
    without splits, as its defaults do where it is None.
    """
    from augbench_datasets._manifest import by_manifest
    from augbench_datasets._tree import by_layout

    if not root.is_dir():
        raise NoSuchFolder(root)
    classes, entries = by_layout(root) if manifest is None else by_manifest(root, root / manifest)
    if not entries:
        raise NoPictures(root, SUFFIXES)
    entries.sort(key=lambda entry: entry.identity)
    listing = Listing(root=root, classes=tuple(sorted(classes)), entries=tuple(entries))
    if groups is not None:
        listing = replace(listing, entries=_with_groups(listing, groups))
    if entries[0].split is None:
        return _divided(listing, division or Division())
    if division is not None:
        raise GivenSplits(root)
    return listing


def _with_groups(listing: Listing, pattern: str) -> tuple[Entry, ...]:
    if listing.grouped:
        raise GroupsTwice(listing.root)
    found = re.compile(pattern)
    chosen = "group" if "group" in found.groupindex else 1

    def group(identity: str) -> str:
        match = found.search(identity)
        if match is None or not match[chosen]:
            raise NoGroupInPath(identity, pattern)
        return match[chosen]

    return tuple(replace(entry, group=group(entry.identity)) for entry in listing.entries)


def _divided(listing: Listing, division: Division) -> Listing:
    import numpy as np

    _check_classes(listing.classes, {entry.label for entry in listing.entries}, listing.root)
    number = {name: index for index, name in enumerate(listing.classes)}
    labels = np.array([number[entry.label] for entry in listing.entries], dtype=np.int64)
    groups = [str(entry.group) for entry in listing.entries] if listing.grouped else None
    parts = division.divide(labels, groups, listing.classes, listing.root)
    entries = list(listing.entries)
    for name, indices in parts.items():
        for index in indices.tolist():
            entries[index] = replace(entries[index], split=name)
    return replace(listing, entries=tuple(entries), notes=division.told(parts, labels, groups, listing.classes))


def _check_classes(classes: tuple[str, ...], found: Collection[str], root: Path) -> None:
    if len(classes) == 1:
        # A folder too high, whose one folder holds the classes, or the splits, would become one class without a word.
        raise OneClass(classes[0], root)
    for name in classes:
        if name not in found:
            raise EmptyFolder(name, root)
