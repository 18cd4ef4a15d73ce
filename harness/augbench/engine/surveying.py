"""Look at a folder of images for which there is no matrix yet: what is in it, and how a data set would read it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from augbench.config.single import component_from
from augbench.config.writing import quoted
from augbench.registry.discovery import discover
from augbench.values.data import Dataset, Probe, Split
from augbench.values.errors import DataError, OddImage, UnreadableImage, UnwritablePath
from augbench.values.numbers import by_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from augbench.registry.collect import Registry

READER = "image-folder"
MANIFEST = "manifest.csv"
_LOOKED_AT = 200
"""Images whose pixels are looked at."""
_DIVISION = "{ test = 0.2, val = 0.2, seed = 0 }"
"""What the data set does where nobody says how to divide images."""
# Tried where the data set's own division leaves a class too few images; folds then take the place of validation images.
_DIVISIONS = ("{ test = 0.2, val = 0, seed = 0 }", "{ test = 0.3, val = 0, seed = 0 }", "{ test = 0.4, val = 0, seed = 0 }")


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What was found in a folder."""

    folder: Path
    parameters: Mapping[str, str]
    """What the data set has to be told, as TOML, beside its path."""
    passed_over: str
    """Why a manifest that lies in the folder is not read; empty where there is none, or it is."""
    probe: Probe
    sizes: tuple[tuple[int, int], ...]
    """Heights and widths of some images, ascending by area."""
    bits: int
    groups: int | None
    """How many there are; None where images come without."""
    groups_shared: int
    """Groups with images both for training or validation and for testing."""


def survey(folder: Path) -> Survey:
    """Look at a folder.  Raise the data set's own error where no way to read it works."""
    check_writable(folder)
    registry = discover()
    manifest = {"manifest": quoted(MANIFEST)} if (folder / MANIFEST).is_file() else {}
    try:
        return _surveyed(folder, manifest, registry)
    except DataError as error:
        if not manifest:
            raise
        try:
            found = _surveyed(folder, {}, registry)
        except DataError:
            raise error from None
        return replace(found, passed_over=str(error))


def check_writable(path: Path) -> None:
    """Raise ``UnwritablePath`` for a path that a matrix file cannot name."""
    text = str(path.absolute())
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnwritablePath(text.encode(errors="surrogateescape").decode(errors="backslashreplace"), "is not in UTF-8") from None
    if "$" in text:
        raise UnwritablePath(text, "holds a $, which a matrix file takes for a variable of the shell")


def _surveyed(folder: Path, known: Mapping[str, str], registry: Registry) -> Survey:
    """Read a folder, with other shares for testing and validation if need be."""
    try:
        return _coloured(folder, known, registry)
    except (OddImage, UnreadableImage):
        raise
    except DataError as error:
        for division in _DIVISIONS:
            with suppress(DataError):
                return _coloured(folder, {**known, "split": division}, registry)
        raise error


def _coloured(folder: Path, known: Mapping[str, str], registry: Registry) -> Survey:
    """Read a folder, as colours where some images are grey."""
    try:
        return _read(folder, known, registry)
    except OddImage as error:
        with suppress(DataError):
            return _read(folder, {**known, "channels": quoted("rgb")}, registry)
        raise error


def _read(folder: Path, parameters: Mapping[str, str], registry: Registry) -> Survey:
    said = [f"path={quoted(str(folder.absolute()))}", *(f"{key}={value}" for key, value in parameters.items())]
    dataset = cast("Dataset", component_from(READER, "dataset", "dataset", registry, said))
    probe, splits = dataset.probe(), dataset.load()
    # A folder has something to note only where it had to be divided.
    divided = {"split": parameters.get("split", _DIVISION)} if probe.notes else {}
    images = _some(splits.train)
    learnt, tested = _groups(splits.train) | _groups(splits.validation), _groups(splits.test)
    return Survey(
        folder=folder,
        parameters={**parameters, **divided},
        passed_over="",
        probe=probe,
        sizes=tuple(by_area(image.shape[:2] for image in images)),
        bits=8 * images[0].itemsize,
        groups=len(learnt | tested) if splits.train.groups is not None else None,
        groups_shared=len(learnt & tested),
    )


def _some(split: Split) -> list[NDArray[Any]]:
    """Decode a few training images, chosen evenly."""
    step = max(1, len(split.ids) // _LOOKED_AT)
    return [split.images[place] for place in range(0, len(split.ids), step)][:_LOOKED_AT]


def _groups(split: Split | None) -> set[str]:
    return set(split.groups or ()) if split else set()
