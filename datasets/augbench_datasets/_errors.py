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


class NothingToTrainOn(AugbenchError, ValueError):
    """Test and validation shares take every image."""

    def __init__(self, test: float, val: float) -> None:
        super().__init__(f"split.test = {test:g} and split.val = {val:g} leave nothing to train on; their sum must be below 1")


class NoGroups(DataError):
    """Images are to be divided by groups that nobody has named."""

    def __init__(self, where: Path | str) -> None:
        super().__init__(f'split.by = "group", and the images of \'{where}\' come without groups; name some, or set split.by = "class"')


class TooFewToDivide(DataError):
    """A class has too few images, or groups, for training, validation and test."""

    def __init__(self, name: str, where: Path | str, part: str, found: int, count: int, groups: int | None, hint: str) -> None:
        within = "" if groups is None else f" in {groups} group{'s' * (groups != 1)}"
        aim, least = {"test": ("testing", 2), "validation": ("validation", 1), "train": ("training", 1)}[part]
        super().__init__(
            f"class '{name}' of '{where}' has {count} image{'s' * (count != 1)}{within}, of which {found or 'none'} "
            f"would be for {aim}, where {least} {'is' if least == 1 else 'are'} needed; {hint}"
        )


class UnsafeArchive(DataError):
    """An archive holds what could do harm, or would fill the disk."""

    def __init__(self, path: Path | str, member: str, why: str) -> None:
        shown = member if len(member) <= 80 else f"{member[:77]}..."
        super().__init__(
            f"'{path}' was not unpacked: its member {shown!r} {why}; fetch it again, or unpack it yourself if you trust where it is from"
        )
