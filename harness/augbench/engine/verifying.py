"""Compare a data set on this machine with what was published of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from augbench.engine.downloading import Found, expected, got, look
from augbench.engine.watching import Watcher
from augbench.registry.asking import card_of, downloads_of, loaded, probed
from augbench.values.data import SCALES, Card, Dataset, Download
from augbench.values.errors import AugbenchError, DataError
from augbench.values.fetch_errors import OtherFile
from augbench.values.numbers import many
from augbench.values.trial_errors import TrialError

if TYPE_CHECKING:
    from augbench.values.data import Probe, Split, Splits


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found out about a data set."""

    files: tuple[tuple[Download, Found], ...]
    probe: Probe | None
    decoded: int | None
    """How many images were looked at to their last pixel; None where nobody asked."""
    problems: tuple[str, ...]


def verify(name: str, dataset: Dataset, watcher: Watcher, *, pixels: bool = False) -> Verdict:
    """Read every file, compare the counts, and with ``pixels`` decode every image."""
    files = tuple(_looked(dataset, watcher))
    problems = [str(OtherFile(file.to, expected(file), got(file, found))) for file, found in files if found.state == "other"]
    probe: Probe | None = None
    try:
        watcher.began(f"{name}: looking", unit="parts")
        probe = probed(dataset)
        problems += _differences(card_of(dataset), probe)
    except (DataError, TrialError) as error:
        problems.append(str(error))
    decoded, broken = _decoded(name, dataset, probe, watcher) if pixels else (None, [])
    return Verdict(files=files, probe=probe, decoded=decoded, problems=tuple(dict.fromkeys([*problems, *broken])))


def _looked(dataset: Dataset, watcher: Watcher) -> Iterator[tuple[Download, Found]]:
    for download in downloads_of(dataset):
        watcher.began(f"{download.to.name}: checking", unit="parts")
        yield download, look(download)


def _differences(card: Card, probe: Probe) -> Iterator[str]:
    """Say where classes and counts are not the published ones."""
    for split, published in card.counts.items():
        if split not in probe.counts:
            yield f"there is no {split} split, and {many(sum(published.values()), 'image')} are published"
            continue
        found = dict(zip(probe.classes, probe.counts[split], strict=True))
        for name in dict.fromkeys([*published, *found]):
            if (there := found.get(name, 0)) != (wanted := published.get(name, 0)):
                yield f"class '{name}' has {many(there, f'{split} image')}, and {wanted:,} are published"


def _decoded(name: str, dataset: Dataset, probe: Probe | None, watcher: Watcher) -> tuple[int, list[str]]:
    from augbench.values.ordered import in_order

    try:
        splits = loaded(dataset)
    except (DataError, TrialError) as error:
        return 0, [str(error)]
    problems = list(_labels(splits, probe)) if probe else []
    done, total = 0, sum(len(split.ids) for split in splits.parts.values())
    watcher.began(f"{name}: decoding", unit="parts")
    for split in splits.parts.values():
        for problem in in_order(_looking(split, probe.channels if probe else None), len(split.ids)):
            problems += filter(None, [problem])
            done += 1
            watcher.moved(done, total)
    return total, problems


def _labels(splits: Splits, probe: Probe) -> Iterator[str]:
    """Say where what is loaded is not what was announced: a mistake of the data set's module."""
    for name, split in splits.parts.items():
        counted = Counter(split.labels.tolist())
        loaded = tuple(counted[label] for label in range(len(probe.classes)))
        if sum(loaded) and loaded != tuple(probe.counts.get(name, ())):
            yield f"its probe() announces {list(probe.counts.get(name, ()))} {name} images by class, and load() gives {list(loaded)}"


def _looking(split: Split, channels: int | None) -> Callable[[int], str | None]:
    return lambda index: _fault(split, index, channels)


def _fault(split: Split, index: int, channels: int | None) -> str | None:
    """Say what is wrong with an image, or return None."""
    try:
        image: Any = split.images[index]
    except AugbenchError as error:
        return str(error)
    except Exception as error:
        return f"the image '{split.ids[index]}' cannot be decoded: {type(error).__name__}: {error}"
    if str(image.dtype) not in SCALES or image.ndim != 3 or 0 in image.shape:
        return f"the image '{split.ids[index]}' is {image.dtype} {list(image.shape)}, not uint8 or uint16 [H, W, C]"
    if channels is not None and image.shape[2] != channels:
        return f"the image '{split.ids[index]}' has {many(image.shape[2], 'channel')}, not {channels}"
    return None
