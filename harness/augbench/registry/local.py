"""Plugins that a matrix file names itself: a file beside it, or a module, without packaging."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from augbench.registry.collect import Registry
from augbench.registry.discovery import collect
from augbench.registry.entries import Origin
from augbench.values.errors import BrokenComponent, MissingFile


@dataclass(frozen=True)
class Local:
    """What ``plugins = ["./my_mix.py"]`` names."""

    reference: str
    folder: Path
    """Where relative paths start: the matrix file's folder."""

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return Path(self.reference).stem if self.reference.endswith(".py") else self.reference

    @property
    def value(self) -> str:
        """Return the name of the module, as an entry point does."""
        return self.name

    def load(self) -> ModuleType:
        """Import it."""
        if not self.reference.endswith(".py"):
            return import_module(self.reference)
        path = (self.folder / self.reference).resolve()
        if not path.is_file():
            raise MissingFile(path, "plugin file")
        known = sys.modules.get(self.name)
        if known is not None and _lies_at(getattr(known, "__file__", None), path):
            return known
        # In a notebook or a script the current folder is one that Python imports from: the very file may be found there.
        if known is not None or ((spec := find_spec(self.name)) is not None and not _lies_at(spec.origin, path)):
            raise ImportError(f"the file '{path.name}' has the name of an installed module; give it another")
        return _import(self.name, path)


def load_local(registry: Registry, references: tuple[str, ...], folder: Path) -> None:
    """Add the components of plugins that are not installed; raise ``BrokenComponent`` for the first that fails.

    A module that registers nothing offers the component classes that it defines, under dashed names.
    """
    for reference in references:
        plugin = Local(reference, folder)
        before = len(registry.failures)
        collect(registry, Origin(plugin=plugin.name, distribution=reference), plugin, offers=True)
        for failure in registry.failures[before:]:
            raise BrokenComponent("plugin", reference, "", failure.error, failure.place)


def _lies_at(file: str | None, path: Path) -> bool:
    return file is not None and Path(file).resolve() == path


def _import(name: str, path: Path) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    # Known by its name before it runs: its dataclasses look themselves up, and "my_mix:MyMix" names a class of it.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
