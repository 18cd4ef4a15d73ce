"""What can be wrong with a user's images: every wording of these data sets is made here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from augbench import AugbenchError, DataError

_LAYOUT = "FOLDER/train/CLASS/PICTURE, FOLDER/test/CLASS/PICTURE and, if there is one, FOLDER/val/CLASS/PICTURE"


class NoSuchFolder(DataError):
    """The data set's folder is not there."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"no folder at '{path}'; correct the data set's path")


class NoSplits(DataError):
    """A folder is not laid out by split and class."""

    def __init__(self, path: Path | str, missing: str) -> None:
        super().__init__(
            f"no folder '{missing}' in '{path}'; lay pictures out as {_LAYOUT}, or name a CSV file: manifest = \"manifest.csv\""
        )


class NoPictures(DataError):
    """A folder, or a manifest, names no picture."""

    def __init__(self, path: Path | str, suffixes: Iterable[str]) -> None:
        super().__init__(f"no pictures in '{path}'; expected {_LAYOUT}, with pictures ending in {', '.join(sorted(suffixes))}")


class NoManifest(DataError):
    """The manifest is not there."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"no manifest at '{path}'; a relative name starts in the data set's folder")


class BadManifest(DataError):
    """A line of a manifest cannot be used."""

    def __init__(self, path: Path | str, line: int, why: str, hint: str) -> None:
        super().__init__(f"{path}:{line}: {why}; {hint}")


class TooSmall(DataError):
    """An image has fewer pixels than are to be cut out of it; the harness puts the image's name in front."""

    def __init__(self, height: int, width: int, size: int) -> None:
        super().__init__(
            f'has {height} x {width} pixels, less than the {size} x {size} to be cut out; lower resize.size, or set resize.use = "bilinear"'
        )


class NoBank(DataError):
    """The pictures of a class are not there any more, or too few of them."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; it was otherwise when the plan was made")


class NoClassInPath(AugbenchError, ValueError):
    """A path of banks is the same for all classes."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"path = '{path}' names no class; write {{class}} where the name of the class stands, such as banks/{{class}}")
