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
    """Yield the pictures below a folder, by path within the root.

    Of several ways to a folder one counts: that without a link, or the first by name.  Links that lead above are not followed.
    """
    seen, links = set(above), [folder]
    while links:
        starts, links = sorted(links), []
        # A stack, since folders may lie deeper than Python calls itself.
        waiting = [(start, os.path.realpath(os.path.join(root, start))) for start in reversed(starts)]
        while waiting:
            inside, own = waiting.pop()
            if own in seen:
                continue
            seen.add(own)
            for name, place in _listed(os.path.join(root, inside)):
                path = f"{inside}/{name}"
                if place.is_dir(follow_symlinks=False):
                    waiting.append((_plain(path, place), os.path.join(own, name)))
                elif place.is_symlink() and os.path.isdir(place):
                    links.append(_plain(path, place))
                elif os.path.splitext(name)[1].lower() in SUFFIXES:
                    yield _plain(path, place)


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
