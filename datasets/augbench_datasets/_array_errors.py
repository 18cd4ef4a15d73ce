"""What can be wrong with arrays of images, and with data sets made of them: every wording is made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from augbench import AugbenchError, DataError

_EXPECTED = "train_images, train_labels, test_images, test_labels and maybe val_images, val_labels; or images and labels"


class NoArrays(DataError):
    """There is nothing at the path of arrays."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"no .npz file and no folder of .npy files at '{path}'; correct the data set's path")


class NoArray(DataError):
    """An array is missing."""

    def __init__(self, path: Path | str, missing: str, found: Iterable[str]) -> None:
        there = ", ".join(sorted(found)) or "none"
        super().__init__(f"no array '{missing}' in '{path}' (found: {there}); name arrays {_EXPECTED}")


class BadArray(DataError):
    """An array cannot be used."""

    def __init__(self, name: str, path: Path | str, why: str, hint: str) -> None:
        super().__init__(f"the array '{name}' of '{path}' {why}; {hint}")


class TwoDivisions(DataError):
    """Arrays come with splits, and are to be divided, too."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"'{path}' is divided into train_images and test_images already; leave split out")


class BadClassNames(AugbenchError, ValueError):
    """Names of classes do not tell classes apart."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"classes = {list(names)}: name at least two, each once")


class WrongSet(DataError):
    """A file is not what was published under its name."""

    def __init__(self, path: Path | str, name: str, found: str, published: str) -> None:
        super().__init__(
            f"'{path}' is not {name}: it holds {found}, published are {published}; fetch it again, or read what you have with "
            'use = "numpy"'
        )


class NotSingleLabel(AugbenchError, ValueError):
    """A published set has several labels an image."""

    def __init__(self, name: str, labels: int) -> None:
        super().__init__(f"{name} has {labels} labels an image, any number of them true, and only one class an image can be compared here")


class NeedlessKey(AugbenchError, ValueError):
    """A parameter belongs to other members of a family."""

    def __init__(self, key: str, name: str, where: str) -> None:
        super().__init__(f"'{key}' means nothing to {name}, only to {where}; leave it out")


class OtherClasses(DataError):
    """A long tail names classes that the data set does not have, or not all that it has."""

    def __init__(self, key: str, why: str, classes: Sequence[str]) -> None:
        super().__init__(f"{key} of the long tail {why}; the classes are {', '.join(map(repr, classes))}")


class TooFewImages(DataError):
    """A long tail wants more images of a class than there are."""

    def __init__(self, name: str, wanted: int, there: int) -> None:
        super().__init__(f"counts of the long tail wants {wanted:,} training images of class '{name}', and there are {there:,}; lower it")


class NoSuchChannel(DataError):
    """A channel is to be kept that images do not have."""

    def __init__(self, number: int, channels: int) -> None:
        there = f"channels 0 to {channels - 1}" if channels > 1 else "one channel, number 0"
        super().__init__(f"keep names channel {number}, but the images have {there}; correct the number")
