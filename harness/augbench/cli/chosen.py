"""The data set that a verb of ``bench datasets`` is about: by name, by folder, or a column of a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from augbench.values.errors import UnknownColumn, UnknownData

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.values.data import Dataset, Resize

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATASET]",
        help="A folder of images (by its manifest.csv, if it has one), the name of a data set (its parameters with --set), "
        "or with --matrix one of its data sets.",
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

    Raise ``UnknownData``, ``ConfigError`` for parameters, ``UnknownColumn``, or ``typer.BadParameter`` where nothing is named.
    """
    if matrix is not None:
        return _of_matrix(what, sets, matrix)
    if what is None:
        raise typer.BadParameter("name a folder of images or a data set, or a matrix file with --matrix")
    return (_named(what, sets),)


def _named(what: str, sets: Sequence[str]) -> Chosen:
    from augbench.config.single import component_from
    from augbench.engine.surveying import READER, check_writable
    from augbench.registry.discovery import discover

    registry = discover()
    # A name such as medmnist/bloodmnist looks like a folder, too.
    folder = Path(what).is_dir() and what not in registry.names("dataset")
    if folder:
        # It is read as the path of a matrix file would be.
        check_writable(Path(what))
    else:
        _check(what, registry)
    text, parameters = (READER, (*_of_folder(Path(what), sets), *sets)) if folder else (what, sets)
    dataset = component_from(text, "dataset", "dataset", registry, parameters, "DATASET")
    return Chosen(name=Path(what).resolve().name if folder else what, dataset=cast("Dataset", dataset))


def _check(what: str, registry: Registry) -> None:
    # A class by its address, and a table, are looked up as in a matrix.
    if ":" not in what and "{" not in what and all(entry.kind != "dataset" for entry in registry.find(what)):
        raise UnknownData(what, registry.names("dataset"), is_file=Path(what).is_file())


def _of_folder(folder: Path, sets: Sequence[str]) -> Iterator[str]:
    """Yield what an image-folder is told, so that a folder is here what it is to ``bench init``."""
    from augbench.engine.surveying import MANIFEST

    yield f"path={folder.absolute()}"
    if (folder / MANIFEST).is_file() and not any(one.partition("=")[0].strip() == "manifest" for one in sets):
        yield f"manifest={MANIFEST}"


def _of_matrix(what: str | None, sets: Sequence[str], path: Path) -> tuple[Chosen, ...]:
    from augbench.matrix import load_matrix, registry_of

    columns = load_matrix(path, registry_of(path), sets=sets).columns
    found = [column for column in columns if what in (None, column.name)]
    if what is not None and not found:
        raise UnknownColumn(what, [column.name for column in columns])
    return tuple(Chosen(name=column.name, dataset=column.dataset, resize=column.resize) for column in found)
