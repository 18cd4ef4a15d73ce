"""Find the matrix files that installed distributions ship, each by a name such as ``augbench:rana-2022/cell-cycle``.

An entry point of the group ``augbench.presets`` gives a prefix and the package that holds the files; no code of it is run.
Only what is found there has a name: a name is looked up, never made into a path.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path

from augbench.config.source import Source, decoded
from augbench.registry.installed import PRESETS, points
from augbench.values.errors import ClashingPresets, UnknownComponent

# A prefix has two letters at least: C:\cells.toml is a path.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]+:.*", re.DOTALL)
_HEAD = re.compile(r"# (needs|trials): (.*)")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A matrix file of an installed distribution, and what the comment at its head says of it."""

    name: str
    title: str
    summary: str
    """Its first line."""
    needs: str
    """The data and weights that it reads, in words: the line ``# needs: ...``."""
    trials: int | None
    """How many it trains: the line ``# trials: N``; None where it does not say."""
    path: Path
    distribution: str


def listed() -> tuple[Preset, ...]:
    """Return every preset there is, by name, then distribution: a folder's order is no order."""
    found = [preset for point in points(PRESETS) for preset in _shipped(point)]
    return tuple(sorted(found, key=lambda preset: (preset.name, preset.distribution)))


def is_preset(name: str) -> bool:
    """Tell a preset's name from a path: a file whose name begins so can be written with its folder."""
    return bool(_NAME.fullmatch(name))


def stem(matrix: Path) -> str:
    """Return what a matrix file, or a preset, is called in short: where it lies and ``.toml`` left out."""
    return matrix.name.rpartition(":")[2] if is_preset(str(matrix)) else matrix.stem


def text(name: str) -> str:
    """Return a preset as it was shipped.  Raise ``UnknownComponent``, ``ClashingPresets`` or ``ConfigError`` for what is no text."""
    return source(name).text


def source(name: str) -> Source:
    """Return a preset for reading: relative paths in it start at the current folder, as if it had been copied there."""
    presets = listed()
    found = [preset for preset in presets if preset.name == name]
    if not found:
        raise UnknownComponent("preset", name, [preset.name for preset in presets])
    if len(found) > 1:
        raise ClashingPresets(name, [preset.distribution for preset in found])
    return Source(name, decoded(found[0].path.read_bytes(), name), Path.cwd())


def _shipped(point: EntryPoint) -> Iterator[Preset]:
    distribution = point.dist.name if point.dist else ""
    if folder := _folder(point.value):
        for path in folder.rglob("*.toml"):
            yield _preset(f"{point.name}:{path.relative_to(folder).with_suffix('').as_posix()}", path, distribution)


def _folder(package: str) -> Path | None:
    """Return where a package lies; only the place of its topmost one is looked up, which imports nothing."""
    top, *below = package.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    places = (Path(place, *below) for place in (spec and spec.submodule_search_locations) or ())
    return next((place for place in places if place.is_dir()), None)


def _preset(name: str, path: Path, distribution: str) -> Preset:
    written = path.read_bytes().decode(errors="replace")
    lines = written.splitlines()
    told = {found[1]: found[2] for line in lines if (found := _HEAD.fullmatch(line))}
    trials = told.get("trials", "")
    return Preset(
        name=name,
        title=_title(written),
        summary=lines[0].removeprefix("#").strip() if lines and lines[0].startswith("#") else "",
        needs=told.get("needs", ""),
        trials=int(trials) if trials.isdecimal() else None,
        path=path,
        distribution=distribution,
    )


def _title(written: str) -> str:
    """Return the title; what is wrong with a file is told where it is used."""
    try:
        title = tomllib.loads(written).get("title", "")
    except (ValueError, RecursionError):
        return ""
    return title if isinstance(title, str) else ""
