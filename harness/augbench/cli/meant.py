"""The components that a command line names: by name, by address, in a file, or with parameters of their own."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from augbench.cli.plugins import found
from augbench.values.components import KINDS, Kind

if TYPE_CHECKING:
    from augbench.engine.trying import Subject
    from augbench.registry.collect import Registry

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME...",
        help="A name, kind:name, module:Class, a file such as ./my_mix.py, or a table with parameters, such as "
        "[cyan]'{ use = \"mixup\", low = 0.0 }'[/cyan].",
        show_default=False,
    ),
]
Parameters = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="KEY=VALUE", help="A parameter of every NAME, such as [cyan]low=0.0[/cyan]. Repeatable.", rich_help_panel="What"
    ),
]
_CLASS = re.compile(r"[^\W\d][\w.]*:[^\W\d]\w*")


def meant(names: Sequence[str], registry: Registry, sets: Sequence[str] = (), kinds: Collection[str] = KINDS) -> list[Subject]:
    """Build the components that are named; of a name that several kinds have, those of ``kinds``.

    Files are loaded first, so that tables may name what they hold.  Raise ``UnknownComponent``, ``BrokenComponent`` or
    ``ConfigError``.
    """
    from augbench.config.single import component_from
    from augbench.engine.trying import Subject
    from augbench.registry.local import load_local

    files = [name for name in names if name.endswith(".py")]
    load_local(registry, tuple(files), Path())
    pairs = [pair for name in names for pair in addressed(name, registry, kinds)]
    return [Subject(name=used(use), component=component_from(use, cast("Kind", kind), kind, registry, sets, "NAME")) for kind, use in pairs]


def addressed(name: str, registry: Registry, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the kind of each component that a text means, and how a slot of a matrix would name it."""
    if name.endswith(".py"):
        yield from ((entry.kind, entry.name) for entry in registry.entries if entry.origin.distribution == name and not entry.family)
        return
    use = used(name)
    if module_of(use):
        yield _kind_of(use), name
        return
    every = list(dict.fromkeys(entry.kind for entry in found(registry, use)))
    yield from ((kind, _without_kind(name)) for kind in [kind for kind in every if kind in kinds] or every)


def module_of(use: str) -> str:
    """Return the module of a class that is named by its address; empty for any other name."""
    module = use.partition(":")[0]
    return module if _CLASS.fullmatch(use) and module not in KINDS else ""


def used(name: str) -> str:
    """Return what a table names; any other text names it itself."""
    if not name.lstrip().startswith("{"):
        return name
    try:
        table = tomllib.loads(f"table = {name}")["table"]
    except tomllib.TOMLDecodeError as error:
        raise typer.BadParameter(f"'{name}' is no table of TOML: {error}") from error
    if not isinstance(table.get("use"), str):
        raise typer.BadParameter(f"'{name}' does not say which component it is about; write {{ use = \"NAME\", ... }}")
    return str(table["use"])


def _without_kind(name: str) -> str:
    kind, _, rest = name.partition(":")
    return rest if kind in KINDS else name


def _kind_of(use: str) -> str:
    """Look at a class for its kind; of one that does not import, any kind's slot tells why."""
    module, _, name = use.partition(":")
    try:
        kind = getattr(getattr(importlib.import_module(module), name), "kind", None)
    except (Exception, SystemExit):
        kind = None
    return kind if kind in KINDS else "augmenter"
