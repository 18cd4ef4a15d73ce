"""Read the files of torchvision's sets, without torchvision and without pickles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from augbench import NotFetched, UnreadableData
from augbench_datasets._idx import MNIST, folder_with, read_four
from augbench_datasets._labelled import Labelled, Part
from augbench_datasets._mat import read_mat
from augbench_datasets._numbers import Numbers, records
from augbench_datasets._torchvision_sets import EMNIST, SETS

_CIFAR = {
    "CIFAR10": ("cifar-10-batches-bin", tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin", "batches.meta.txt"),
    "CIFAR100": ("cifar-100-binary", ("train.bin",), "test.bin", "fine_label_names.txt"),
}
_PIXELS = 3 * 32 * 32


def read(name: str, root: Path, unpacked: Path, split: str) -> Labelled:
    """Read labels; pixels wait.  ``unpacked`` is where an archive was unpacked to, ``split`` the one of EMNIST's."""
    use = f"torchvision/{name}"
    readers: dict[str, Callable[[], Labelled]] = {
        "idx": lambda: read_four(folder_with((root / name / "raw", root), MNIST, use), MNIST, SETS[name].classes),
        "emnist": lambda: _emnist((root / name / "raw", unpacked / "gzip"), split, use),
        "cifar": lambda: _cifar(name, (root, unpacked), use),
        "mat": lambda: _svhn(root, use),
        "stl": lambda: _stl((root, unpacked), use),
    }
    return readers[SETS[name].format]()


def _emnist(folders: Iterable[Path], split: str, use: str) -> Labelled:
    files = [f"emnist-{split}-{part}-{what}" for part in ("train", "test") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    # Its letters alone are numbered from 1.
    return read_four(folder_with(folders, files, use), files, EMNIST[split][0], first=int(split == "letters"))


def _cifar(name: str, folders: Sequence[Path], use: str) -> Labelled:
    base, train, test, names = _CIFAR[name]
    folder = _folder([place / base for place in folders], (*train, test, names), use)
    classes = _class_names(folder / names, 100 if name == "CIFAR100" else 10)
    # One byte of label, the last of several, then the pixels.
    marks = 2 if name == "CIFAR100" else 1
    parts, sources = {}, []
    for split, files in (("train", train), ("test", (test,))):
        found = [records(folder / file, (marks + _PIXELS,)) for file in files]
        labels = np.concatenate([numbers.array()[:, marks - 1] for numbers in found]).astype(np.int64)
        parts[split] = _part(split, folder, labels, len(classes), _joined(found, marks))
        sources += found
    return Labelled(path=folder, classes=classes, shape=(32, 32, 3), parts=parts, sources=tuple(sources))


def _joined(found: Sequence[Numbers], marks: int) -> Callable[[], NDArray[Any]]:
    def pixels() -> NDArray[Any]:
        return np.concatenate([numbers.array()[:, marks:] for numbers in found]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)

    return pixels


def _stl(folders: Sequence[Path], use: str) -> Labelled:
    files = [f"{split}_{what}.bin" for split in ("train", "test") for what in "Xy"]
    folder = _folder([place / "stl10_binary" for place in folders], (*files, "class_names.txt"), use)
    classes = _class_names(folder / "class_names.txt", 10)
    parts, sources = {}, []
    for split in ("train", "test"):
        pictures, marks = records(folder / f"{split}_X.bin", (3, 96, 96)), records(folder / f"{split}_y.bin", (1,))
        if pictures.shape[0] != marks.shape[0]:
            raise UnreadableData(folder / f"{split}_y.bin", f"it has {marks.shape[0]:,} labels for {pictures.shape[0]:,} images")
        labels = marks.read()[:, 0].astype(np.int64) - 1
        # Columns before rows.
        parts[split] = _part(split, folder, labels, 10, lambda numbers=pictures: numbers.array().transpose(0, 3, 2, 1))  # type: ignore[misc]
        sources.append(pictures)
    return Labelled(path=folder, classes=classes, shape=(96, 96, 3), parts=parts, sources=tuple(sources))


def _svhn(root: Path, use: str) -> Labelled:
    files = {split: f"{split}_32x32.mat" for split in ("train", "test")}
    folder = _folder([root], tuple(files.values()), use)
    parts = {split: _of_mat(split, folder / file) for split, file in files.items()}
    sources = tuple(records(folder / file, (1,)) for file in files.values())
    return Labelled(path=folder, classes=SETS["SVHN"].classes, shape=(32, 32, 3), parts=parts, sources=sources)


def _of_mat(split: str, path: Path) -> Part:
    held = read_mat(path)
    described = {name: f"{' x '.join(map(str, numbers.shape))} of {numbers.dtype}" for name, numbers in held.items()}
    images, marks = held.get("X"), held.get("y")
    if images is None or marks is None or images.dtype != np.uint8 or images.shape[:3] != (32, 32, 3) or len(images.shape) != 4:
        raise UnreadableData(path, f"it holds {described or 'nothing'}, and X is to be 32 x 32 x 3 x N of uint8, and y its labels")
    if marks.dtype.kind not in "iu":
        raise UnreadableData(path, f"its labels y are {marks.dtype}, not whole numbers")
    count = images.shape[3]
    if math.prod(marks.shape) != count or not count:
        raise UnreadableData(path, f"it has {math.prod(marks.shape):,} labels for {count:,} images")
    labels = marks.read().reshape(-1).astype(np.int64)
    return _part(split, path, np.where(labels == 10, 0, labels), 10, lambda: np.moveaxis(images.array(), 3, 0))


def _part(split: str, path: Path, labels: NDArray[np.int64], classes: int, images: Callable[[], Any]) -> Part:
    if labels.min() < 0 or labels.max() >= classes:
        place = int((labels < 0).argmax() if labels.min() < 0 else labels.argmax())
        raise UnreadableData(path, f"{split} image {place} has a label beyond the {classes} classes")
    return Part(images=images, labels=labels, ids=tuple(f"{split}/{index}" for index in range(len(labels))))


def _folder(folders: Sequence[Path], files: Sequence[str], use: str) -> Path:
    """Return the first folder that has all files.  Raise ``NotFetched``."""
    for folder in folders:
        if all((folder / file).is_file() for file in files):
            return folder
    raise NotFetched(folders[0] / files[0], use)


def _class_names(path: Path, count: int) -> tuple[str, ...]:
    names = tuple(line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip())
    if len(names) != count or len(set(names)) != count:
        raise UnreadableData(path, f"it names {len(set(names))} classes, not {count}")
    return names
