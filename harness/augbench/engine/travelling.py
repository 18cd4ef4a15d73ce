"""Take a matrix' own modules to machines that do not have them, and see that what is installed there is the same."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import augbench
from augbench.registry.digest import modules_digest
from augbench.values.components import Component

_MODULES, _PLUGINS = "modules", "plugins"
_LEFT_HERE = ("augbench", "__main__")


@dataclass(frozen=True, kw_only=True)
class Luggage:
    """What a machine needs beside an installation of augbench and of the plugins that are installed here."""

    files: Mapping[str, bytes]
    """Python source by path: of plugin files, and of packages that lie in no folder of installed ones."""
    plugins: tuple[str, ...]
    """What ``load_local`` is to load there."""
    code: Mapping[str, str]
    """Digests of the installed modules that define components; keys speak of this code and no other."""
    version: str = augbench.__version__


def pack(plugins: Iterable[str], folder: Path, modules: Iterable[str]) -> Luggage:
    """Gather what plugins, with relative paths from a folder, and modules need elsewhere."""
    references = tuple(plugins)
    own = {Path(reference).stem: folder / reference for reference in references if reference.endswith(".py")}
    files = {f"{_PLUGINS}/{name}.py": path.read_bytes() for name, path in own.items()}
    named = [reference for reference in references if not reference.endswith(".py")]
    # Plugin files are modules by now, too.
    names = [name for name in dict.fromkeys([*named, *modules]) if name not in own]
    installed = {top: _installed(top) for top in dict.fromkeys(map(_top, names))}
    for top in (top for top, there in installed.items() if not there):
        files |= {f"{_MODULES}/{path}": source for path, source in _sources(top)}
    return Luggage(
        files=files,
        plugins=tuple(Path(reference).name if reference.endswith(".py") else reference for reference in references),
        code={name: modules_digest([name]) for name in names if installed[_top(name)] and _defines_components(name)},
    )


def unpack(luggage: Luggage, folder: Path) -> Path:
    """Write the files below a folder and let Python find them first; return where the plugins' paths start."""
    for name, content in luggage.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sys.path.insert(0, str(folder / _MODULES))
    return folder / _PLUGINS


def differences(luggage: Luggage) -> str:
    """Say what is installed here in another version than where the luggage was packed, or nothing."""
    if luggage.version != augbench.__version__:
        return f"it has augbench {augbench.__version__}, not {luggage.version}"
    other = [name for name, digest in luggage.code.items() if modules_digest([name]) != digest]
    return f"its code of {', '.join(other)} is missing or another" if other else ""


def _installed(top: str) -> bool:
    """Tell whether a top-level module is for whoever installs software on a machine to provide."""
    spec = find_spec(top) if top not in _LEFT_HERE else None
    return spec is None or all(map(_provided, _paths(spec)))


def _provided(path: str) -> bool:
    if not (path.endswith(".py") or os.path.isdir(path)):
        return True  # built in, or no Python
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return "site-packages" in Path(path).parts or any(path.startswith(f"{place}{os.sep}") for place in places)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _paths(spec: ModuleSpec) -> list[str]:
    """Return the folders of a package, or the file of a module."""
    return list(spec.submodule_search_locations or [spec.origin or ""])


def _sources(top: str) -> Iterator[tuple[str, bytes]]:
    """Return a top-level module's files of Python source, by their paths below a folder of modules."""
    spec = find_spec(top)
    assert spec is not None
    for place in map(Path, reversed(_paths(spec))):  # of two files of a name the first found counts, and so comes last
        for path in _python_files(place) if place.is_dir() else [place]:
            yield (Path(top) / path.relative_to(place)).as_posix() if place.is_dir() else path.name, path.read_bytes()


def _python_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        # Only what can be imported: no caches, no environments, no hidden folders.
        folders[:] = [name for name in folders if name.isidentifier() and name != "__pycache__"]
        yield from (Path(place) / name for name in names if name.endswith(".py"))


def _defines_components(name: str) -> bool:
    members = vars(sys.modules[name]).values() if name in sys.modules else ()
    return any(isinstance(member, type) and issubclass(member, Component) and member.__module__ == name for member in members)
