"""Laws of data sets: what ``probe`` tells is what ``load`` gives, and images can be read by anyone, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from augbench.testing.checking import require
from augbench.testing.laws._offline import offline
from augbench.values.data import SCALES, Dataset, Split, Splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EACH = 6
"""Images of a split that are read: a law must not decode a whole data set."""
_THREADS = 4


def exercise(component: Dataset) -> object:
    """Probe, load, and read some images of each split."""
    probe, splits, card = component.probe(), component.load(), component.card()
    told = (probe.classes, dict(probe.counts), probe.channels, probe.size, probe.groups, probe.digest, probe.notes)
    read = {name: (split.labels, split.ids, split.groups, *_some(split)) for name, split in splits.parts.items()}
    return told, read, splits.classes, (card.title, card.source, card.licence, card.citation)


def check_classes(component: Dataset) -> None:
    """Classes have different names, and there are two at least."""
    classes = component.probe().classes
    kept = len(classes) > 1 and len(set(classes)) == len(classes) and all(isinstance(name, str) and name.strip() for name in classes)
    require(kept, f"classes are {classes}")


def check_counts(component: Dataset) -> None:
    """``probe`` tells the classes, the splits and the counts of what ``load`` gives."""
    probe, splits = component.probe(), component.load()
    require(probe.classes == splits.classes, f"probe tells classes {probe.classes}, load gives {splits.classes}")
    told, given = {name: tuple(counts) for name, counts in probe.counts.items()}, splits.counts
    require(told.keys() == given.keys(), f"probe tells splits {sorted(told)}, load gives {sorted(given)}")
    for name in given:
        if _within(splits, name):
            require(told[name] == given[name], f"probe tells {told[name]} images of the {name} split's classes, load gives {given[name]}")


def check_every_class_has_images(component: Dataset) -> None:
    """Every class has images in training and test."""
    probe = component.probe()
    for name in ("train", "test"):
        empty = [known for known, count in zip(probe.classes, probe.counts.get(name, ()), strict=False) if not count]
        require(not empty, f"the {name} split has no images of {', '.join(map(str, empty))}")


def check_labels(component: Dataset) -> None:
    """Labels are int64 from 0 to classes - 1, one for each image, as ids and groups are."""
    splits = component.load()
    for name, split in splits.parts.items():
        require(split.labels.dtype == np.int64, f"labels of the {name} split are {split.labels.dtype}")
        require(_within(splits, name), f"labels of the {name} split go from {split.labels.min()} to {split.labels.max()}")
        sizes = {"images": len(split.images), "labels": len(split.labels), "ids": len(split.ids)}
        sizes |= {} if split.groups is None else {"groups": len(split.groups)}
        require(len(set(sizes.values())) == 1, f"the {name} split has {', '.join(f'{size} {what}' for what, size in sizes.items())}")


def check_ids(component: Dataset) -> None:
    """Every image has a name that no other image has, whatever their splits."""
    ids = Counter(identity for split in component.load().parts.values() for identity in split.ids)
    identity, times = ids.most_common(1)[0]
    require(times == 1, f"{times} images are called '{identity}'")
    require("" not in ids, "an image's id is empty")


def check_pixels(component: Dataset) -> None:
    """Images are uint8 or uint16 [height, width, channels], all of one type."""
    kinds = set()
    for name, index, image in _read(component):
        kept = isinstance(image, np.ndarray) and str(image.dtype) in SCALES and image.ndim == 3
        said = f"{image.dtype} {list(image.shape)}" if isinstance(image, np.ndarray) else type(image).__name__
        require(kept, f"image {index} of the {name} split is {said}")
        kinds.add(str(image.dtype))
    require(len(kinds) == 1, f"images are {' and '.join(sorted(kinds))}")


def check_size(component: Dataset) -> None:
    """Images have the channels, and the size if it tells one, that ``probe`` tells."""
    probe = component.probe()
    for name, index, image in _read(component):
        if np.ndim(image) == 3:
            *size, channels = image.shape
            told = f"image {index} of the {name} split has"
            require(channels == probe.channels, f"{told} {channels} channels, probe tells {probe.channels}")
            require(probe.size is None or tuple(size) == tuple(probe.size), f"{told} the size {tuple(size)}, probe tells {probe.size}")


def check_groups(component: Dataset) -> None:
    """``probe`` tells how many groups each class has over training and validation, or that there are none."""
    told, splits = component.probe().groups, component.load()
    learnt = [split for name, split in splits.parts.items() if name != "test"]
    if any(split.groups is None for split in learnt):
        require(told is None, f"probe tells {told} groups, and load gives images without")
        return
    pairs = {(int(label), group) for split in learnt for label, group in zip(split.labels, split.groups or (), strict=False)}
    found = tuple(sum(label == place for label, _ in pairs) for place in range(len(splits.classes)))
    require(told is not None and tuple(told) == found, f"probe tells {told} groups of the classes, load gives {found}")


def check_digest(component: Dataset) -> None:
    """``probe`` tells a digest, that of the pixels, labels, splits and groups."""
    digest = component.probe().digest
    require(isinstance(digest, str) and len(digest) > 3, f"the digest is {digest!r}; hash all that decides the data set")


def check_card(component: Dataset) -> None:
    """The card has a title."""
    require(bool(component.card().title.strip()), "the card's title is empty")


def check_no_network(component: Dataset) -> None:
    """Neither ``probe`` nor ``load`` reaches for the network: what is missing is fetched by ``bench datasets fetch``."""
    with offline() as asked:
        try:
            component.probe()
            for _ in _read(component):
                pass
        finally:
            require(not asked, f"it reaches for {asked[0]}; name its files in downloads()" if asked else "")


def check_threads(component: Dataset) -> None:
    """Images are the same read one by one and by several threads at once, in another order."""
    for name, split in component.load().parts.items():
        places = _places(split)
        alone = [np.array(split.images[place]) for place in places]
        order = [*reversed(range(len(places)))] * 2
        with ThreadPoolExecutor(_THREADS) as threads:
            together = list(threads.map(lambda at, read=split.images, there=places: np.array(read[there[at]]), order))
        others = [places[at] for at, image in zip(order, together, strict=True) if not np.array_equal(image, alone[at])]
        require(not others, f"image {others[0]} of the {name} split is another when four threads read at once" if others else "")


def _within(splits: Splits, name: str) -> bool:
    labels = splits.parts[name].labels
    return not len(labels) or bool(labels.min() >= 0 and labels.max() < len(splits.classes))


def _read(component: Dataset) -> Iterator[tuple[str, int, Any]]:
    """Yield some images of each split, with split and place."""
    for name, split in component.load().parts.items():
        for place in _places(split):
            yield name, place, split.images[place]


def _some(split: Split) -> list[NDArray[Any]]:
    return [np.array(split.images[place]) for place in _places(split)]


def _places(split: Split) -> list[int]:
    """Return the places of a few images, the first and the last among them."""
    count = len(split.images)
    return sorted({place * (count - 1) // max(1, _EACH - 1) for place in range(_EACH)}) if count else []
