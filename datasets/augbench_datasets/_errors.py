"""What can be wrong with a user's images: every wording of these data sets is made here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from augbench import AugbenchError, DataError, numbers

_LAYOUT = "FOLDER/train/CLASS/PICTURE, FOLDER/test/CLASS/PICTURE and, if there is one, FOLDER/val/CLASS/PICTURE"
_UNDIVIDED = "FOLDER/CLASS/PICTURE"


class NoSuchFolder(DataError):
    """The data set's folder is not there."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"no folder at '{path}'; correct the data set's path")


class UnreadableFolder(DataError):
    """The system does not let a folder be listed."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"cannot list the folder '{path}': {why}; let it be read, or move it away")


class OddName(DataError):
    """A name is not in UTF-8."""

    def __init__(self, path: str) -> None:
        shown = path.encode(errors="surrogateescape").decode(errors="backslashreplace")
        super().__init__(f"the name '{shown}' is not in UTF-8; rename it")


class NoSplits(DataError):
    """A folder has some of its splits, but not all that are needed."""

    def __init__(self, path: Path | str, missing: str) -> None:
        super().__init__(
            f"no folder '{missing}' in '{path}', which has other splits; lay pictures out as {_LAYOUT}, "
            f'or as {_UNDIVIDED} to have them divided, or name a CSV file: manifest = "manifest.csv"'
        )


class OddSplit(DataError):
    """A folder is called like a split, but not quite."""

    def __init__(self, path: Path | str, found: str, known: Iterable[str]) -> None:
        super().__init__(f"the folder '{found}' in '{path}' looks like a split, not like a class; rename it: {', '.join(sorted(known))}")


class OneClass(DataError):
    """Pictures to be divided are all of one class."""

    def __init__(self, name: str, path: Path | str) -> None:
        super().__init__(
            f"'{name}' is the only class in '{path}', and a classifier needs two; is the folder one too high? "
            f"Expected {_UNDIVIDED}, or {_LAYOUT}"
        )


class EmptyFolder(DataError):
    """A folder among those of the classes holds no pictures."""

    def __init__(self, name: str, path: Path | str) -> None:
        super().__init__(f"class '{name}' has no pictures in '{path}'; add some, or move its folder away")


class GivenSplits(DataError):
    """Pictures are to be divided that have splits already."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"the pictures of '{path}' have splits already; leave split out, or take their splits away")


class BadPattern(AugbenchError, ValueError):
    """A regular expression for groups cannot be used."""

    def __init__(self, pattern: str, why: str) -> None:
        super().__init__(f"groups = '{pattern}' {why}; as in groups = 'patient(\\d+)', whose parenthesis is the group")


class GroupsTwice(DataError):
    """Groups come with the manifest, and are to be found in paths, too."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"the manifest of '{path}' has a column group; leave groups out, or remove the column")


class NoGroupInPath(DataError):
    """The regular expression for groups finds nothing in a picture's path."""

    def __init__(self, identity: str, pattern: str) -> None:
        super().__init__(f"groups = '{pattern}' finds no group in '{identity}'; correct the pattern, or rename the picture")


class NoConversion(DataError):
    """``channels`` cannot make an image what it says."""

    def __init__(self, path: Path | str, found: str, channels: str) -> None:
        super().__init__(
            f"the image '{path}' is {found}, which channels = \"{channels}\" cannot convert; leave channels out, or convert it"
        )


class NoPictures(DataError):
    """No folder of a class holds a picture."""

    def __init__(self, path: Path | str, suffixes: Iterable[str]) -> None:
        super().__init__(
            f"no pictures in folders of classes in '{path}'; expected {_LAYOUT}, or {_UNDIVIDED}, "
            f"with pictures ending in {', '.join(sorted(suffixes))}"
        )


class NoManifest(DataError):
    """The manifest is not there, or may not be read."""

    def __init__(self, path: Path | str, why: str = "") -> None:
        super().__init__(f"no manifest at '{path}'{why and f' ({why})'}; a relative name starts in the data set's folder")


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
        within = "" if groups is None else f" in {numbers.many(groups, 'group')}"
        aim, least = {"test": ("testing", 2), "validation": ("validation", 1), "train": ("training", 1)}[part]
        super().__init__(
            f"class '{name}' of '{where}' has {numbers.many(count, 'image')}{within}, of which {found or 'none'} "
            f"would be for {aim}, where {least} {'is' if least == 1 else 'are'} needed; {hint}"
        )


class UnsafeArchive(DataError):
    """An archive holds what could do harm, or would fill the disk."""

    def __init__(self, path: Path | str, member: str, why: str) -> None:
        shown = member if len(member) <= 80 else f"{member[:77]}..."
        super().__init__(
            f"'{path}' was not unpacked: its member {shown!r} {why}; fetch it again, or unpack it yourself if you trust where it is from"
        )
