"""The data set that a verb of ``bench datasets`` is about: by name, by folder, or a column of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from augbench.values.errors import UnknownColumn

if TYPE_CHECKING:
    from augbench.values.data import Dataset, Resize

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATASET]",
        help="A folder of images, the name of a data set (its parameters with --set), or with --matrix one of its data sets.",
        show_default=False,
    ),
]
Parameters = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the data set, such as [cyan]size=64[/cyan]. Repeatable."),
]
InMatrix = Annotated[
    Path | None, typer.Option("--matrix", "-m", metavar="FILE", help="Take the data sets of this matrix file.", show_default=False)
]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A data set and what it is called."""

    name: str
    dataset: Dataset
    resize: Resize | None = None
    """As its matrix has it."""


def chosen(what: str | None, sets: Sequence[str], matrix: Path | None) -> tuple[Chosen, ...]:
    """Return the data sets meant; without ``what``, all of the matrix.

    Raise ``ConfigError`` for a name or a parameter that there is not, ``UnknownColumn``, or ``typer.BadParameter`` where nothing is named.
    """
    if matrix is not None:
        return _of_matrix(what, sets, matrix)
    if what is None:
        raise typer.BadParameter("name a folder of images or a data set, or a matrix file with --matrix")
    return (_named(what, sets),)


def _named(what: str, sets: Sequence[str]) -> Chosen:
    from augbench.config.single import component_from
    from augbench.registry.discovery import discover

    registry = discover()
    # A name such as medmnist/bloodmnist looks like a folder, too.
    folder = Path(what).is_dir() and what not in registry.names("dataset")
    text, parameters = ("image-folder", (f"path={Path(what).absolute()}", *sets)) if folder else (what, sets)
    dataset = component_from(text, "dataset", "dataset", registry, parameters)
    return Chosen(name=Path(what).resolve().name if folder else what, dataset=cast("Dataset", dataset))


def _of_matrix(what: str | None, sets: Sequence[str], path: Path) -> tuple[Chosen, ...]:
    from augbench.matrix import load_matrix, plugins_of
    from augbench.registry.discovery import discover
    from augbench.registry.local import load_local

    registry = discover()
    load_local(registry, plugins_of(path), path.parent)
    columns = load_matrix(path, registry, sets=sets).columns
    found = [column for column in columns if what in (None, column.name)]
    if what is not None and not found:
        raise UnknownColumn(what, [column.name for column in columns])
    return tuple(Chosen(name=column.name, dataset=column.dataset, resize=column.resize) for column in found)
