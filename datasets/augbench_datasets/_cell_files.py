"""Sort the files of a download into cells, each of one file or of one for each channel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from augbench_datasets._cell_errors import LackingChannels, UnmatchedFiles
from augbench_datasets._templates import Template

_DEPTH = 3


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell and what is said of it."""

    identity: str
    """Unique in the data set."""
    label: str
    split: str
    """``train``, ``validation`` or ``test``."""
    files: tuple[str, ...]
    """Within the folder, with slashes: one, or one for each channel, in the order of channels."""
    group: str | None = None


def folders_within(root: Path) -> Iterator[Path]:
    """Yield a folder and those in it, a few levels deep, the highest first."""
    level = [root] if root.is_dir() else []
    for depth in range(_DEPTH + 1):
        yield from level
        level = [place for folder in level for place in folders_in(folder)] if depth < _DEPTH else []


def folders_in(folder: Path) -> list[Path]:
    """Return the folders directly in a folder that are not hidden, by name."""
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries if entry.is_dir() and not _hidden(entry.name))


def files_within(root: Path) -> Iterator[str]:
    """Yield the files below a folder, with slashes; hidden ones are passed over, and a folder is entered once."""
    entered = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        if (real := os.path.realpath(folder)) in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not _hidden(name))
        start = "" if (within := os.path.relpath(folder, root)) == "." else f"{within.replace(os.sep, '/')}/"
        yield from (start + name for name in sorted(files) if not _hidden(name))


def _hidden(name: str) -> bool:
    # What macOS adds to archives is no picture, whatever it is called.
    return name.startswith(".") or name == "__MACOSX"


@dataclass(frozen=True, kw_only=True)
class Sorter:
    """What the names of files mean."""

    template: Template
    channels: tuple[str, ...]
    """Wanted of each cell; passed over where the template names no channel."""
    others: tuple[Template, ...] = ()
    """Names of files that are known and not wanted."""
    ignore: tuple[str, ...] = ()
    """Patterns of names that are passed over."""
    drop: bool = False
    """Leave cells out that lack a channel."""

    def sort(self, root: Path, names: Iterable[str], keys: str, lost: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
        """Return the files of each cell, named by its folder and its own name.

        ``lost`` are files whose place already says nothing; ``keys`` are the parameters that say what names mean.
        Raise ``UnmatchedFiles``, or ``LackingChannels``.
        """
        found: dict[str, dict[str, str]] = {}
        unmatched = [name for name in lost if not self._known(name)]
        for name in names:
            folder, _, file = name.rpartition("/")
            if read := self.template.read(file):
                found.setdefault(f"{folder}/{read[0]}", {})[read[1]] = name
            elif not self._known(name):
                unmatched.append(name)
        if unmatched:
            raise UnmatchedFiles(root, unmatched, self._expected(), keys)
        return self._complete(root, found)

    def _known(self, name: str) -> bool:
        file = name.rpartition("/")[2]
        return any(other.read(file) for other in self.others) or any(fnmatch(file, pattern) for pattern in self.ignore)

    def _expected(self) -> Sequence[str]:
        return [f"'{template.text}'" for template in (self.template, *self.others)]

    def _complete(self, root: Path, found: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
        wanted = self.channels if self.template.has_channel else ("",)
        lacking = {
            cell: (sorted(files), [channel for channel in wanted if channel not in files])
            for cell, files in found.items()
            if not files.keys() >= set(wanted)
        }
        if lacking and not self.drop:
            raise LackingChannels(root, lacking)
        return {cell: tuple(files[channel] for channel in wanted) for cell, files in found.items() if cell not in lacking}
