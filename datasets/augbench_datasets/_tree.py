"""List the pictures of a folder by its layout: split/class/picture, or class/picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from augbench_datasets._errors import NoSplits, OddName, OddSplit, UnreadableFolder
from augbench_datasets._listing import SPLITS, SUFFIXES, Entry

_LIKE_SPLITS = frozenset({*SPLITS, "dev", "testing", "training", "valid"})


def by_layout(root: Path) -> tuple[set[str], list[Entry]]:
    """Return classes and pictures; pictures below no folder of a split have none."""
    folders = _folders(str(root))
    for name in folders:
        # 'Train' and 'Testing' as classes would be a benchmark of nothing, and 'valid' beside 'train' would be left out without a word.
        if name not in SPLITS and name.lower() in _LIKE_SPLITS:
            raise OddSplit(root, name, SPLITS)
    if not any(name in SPLITS for name in folders):
        return set(folders), list(_by_class(str(root), "", None, folders))
    for needed in ("train", "test"):
        if needed not in folders:
            raise NoSplits(root, needed)
    classes: set[str] = set()
    entries: list[Entry] = []
    for split in filter(SPLITS.__contains__, folders):
        names = _folders(os.path.join(root, split))
        classes |= set(names)
        entries += _by_class(str(root), f"{split}/", SPLITS[split], names)
    return classes, entries


def _by_class(root: str, start: str, split: str | None, names: list[str]) -> Iterator[Entry]:
    above = frozenset(map(os.path.realpath, (root, os.path.join(root, start))))
    for label in names:
        for identity in _pictures(root, f"{start}{label}", above):
            yield Entry(identity=identity, split=split, label=label)


def _pictures(root: str, folder: str, above: frozenset[str]) -> Iterator[str]:
    """Yield the pictures below a folder, by path within the root; a link to a folder above itself is not followed."""
    own = os.path.realpath(os.path.join(root, folder))
    if own in above:
        return
    for name, place in _listed(os.path.join(root, folder)):
        if place.is_dir(follow_symlinks=False) or (place.is_symlink() and os.path.isdir(place)):
            yield from _pictures(root, f"{folder}/{_plain(name, place)}", above | {own})
        elif os.path.splitext(name)[1].lower() in SUFFIXES:
            yield f"{folder}/{_plain(name, place)}"


def _folders(path: str) -> list[str]:
    return sorted(_plain(name, place) for name, place in _listed(path) if os.path.isdir(place))


def _listed(path: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield what lies in a folder and is not hidden."""
    try:
        with os.scandir(path) as places:
            for place in places:
                if not place.name.startswith("."):
                    yield place.name, place
    except OSError as error:
        raise UnreadableFolder(path, str(error.strerror)) from error


def _plain(name: str, place: os.DirEntry[str]) -> str:
    """Refuse a name that is no UTF-8, which neither reports nor other machines could hold."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise OddName(place.path) from error
    return name
