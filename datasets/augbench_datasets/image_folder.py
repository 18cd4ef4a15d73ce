"""A folder of the user's own images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from augbench import Card, Dataset, EmptyClass, Probe, Split, Splits

if TYPE_CHECKING:
    from augbench_datasets._listing import Entry, Listing
    from augbench_datasets._pictures import Kind

_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class ImageFolder(Dataset):
    """Images laid out as split/class/picture (train, test and maybe val), or listed in a CSV manifest."""

    path: Path
    """The folder."""
    # Text, since a relative Path starts at the matrix file, and this one starts in the folder.
    manifest: str | None = None
    """Name of a CSV file with columns path, split, class and maybe group; its paths, and its own, start in the folder."""
    channels: Literal["rgb", "grey"] | None = None
    """Convert all images to this; unless given, all must be of one kind."""

    def card(self) -> Card:
        """Name the folder."""
        name = self.path.resolve().name
        return Card(title=name, source=f"folder {name}")

    def probe(self) -> Probe:
        """Read every header and hash every byte.

        Raise ``UnreadableImage``, ``OddImage``, ``EmptyClass``, or another ``DataError`` for folder, layout or manifest.
        """
        listing = self._listing()
        contents = _Contents(self.channels)
        for entry in listing.entries:
            contents.add(listing, entry)
        return Probe(
            classes=listing.classes,
            counts={split: _counts(listing, split) for split in _splits(listing)},
            channels=contents.channels(),
            size=next(iter(contents.sizes)) if len(contents.sizes) == 1 else None,
            groups=_groups(listing) if listing.grouped else None,
            digest=contents.hash.hexdigest(),
        )

    def load(self) -> Splits:
        """Return splits whose pictures are decoded when asked for."""
        from augbench_datasets._pictures import kind_of

        listing = self._listing()
        first = listing.entries[0]
        kind = kind_of(listing.file(first), first.identity)
        parts = {split: self._split(listing, split, kind) for split in _splits(listing)}
        return Splits(
            classes=listing.classes,
            train=parts["train"],
            validation=parts.get("validation"),
            test=parts["test"],
        )

    def _listing(self) -> Listing:
        from augbench_datasets._listing import list_pictures

        listing = list_pictures(self.path, self.manifest)
        for split in ("train", "test"):
            for name, count in zip(listing.classes, _counts(listing, split), strict=True):
                if count == 0:
                    raise EmptyClass(name, split, listing.root)
        return listing

    def _split(self, listing: Listing, name: str, kind: Kind) -> Split:
        import numpy as np

        entries = listing.split(name)
        number = {label: index for index, label in enumerate(listing.classes)}
        return Split(
            images=_Decoded(listing, entries, kind, self.channels),
            labels=np.array([number[entry.label] for entry in entries], dtype=np.int64),
            ids=tuple(entry.identity for entry in entries),
            groups=tuple(str(entry.group) for entry in entries) if listing.grouped else None,
        )


class _Contents:
    """What the files of a listing hold, gathered one by one."""

    def __init__(self, channels: Literal["rgb", "grey"] | None) -> None:
        import hashlib

        self._wanted = channels
        self._first: Kind | None = None
        self.sizes: set[tuple[int, int]] = set()
        self.hash = hashlib.sha256(f"image-folder {_REVISION} {channels}\n".encode())

    def add(self, listing: Listing, entry: Entry) -> None:
        """Look at one picture's header and hash it all."""
        import json

        from augbench_datasets._pictures import check_kind, inspect

        kind, size, digest = inspect(listing.file(entry), entry.identity)
        self._first = self._first or kind
        check_kind(kind, entry.identity, self._first, self._wanted)
        self.sizes.add(size)
        self.hash.update(json.dumps([entry.identity, entry.split, entry.label, entry.group, digest]).encode() + b"\n")

    def channels(self) -> int:
        """Return how many channels every image will have."""
        return 3 if (self._wanted or self._first) == "rgb" else 1


class _Decoded(Sequence[Any]):
    """Pictures of one split, decoded when asked for."""

    def __init__(self, listing: Listing, entries: tuple[Entry, ...], kind: Kind, channels: Literal["rgb", "grey"] | None) -> None:
        self._listing, self._entries, self._kind, self._channels = listing, entries, kind, channels

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: Any) -> Any:
        from augbench_datasets._pictures import decode

        entry = self._entries[index]
        return decode(self._listing.file(entry), entry.identity, self._kind, self._channels)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


def _splits(listing: Listing) -> list[str]:
    return ["train", "validation", "test"] if listing.split("validation") else ["train", "test"]


def _groups(listing: Listing) -> tuple[int, ...]:
    learnt = {(entry.label, entry.group) for entry in listing.entries if entry.split != "test"}
    return tuple(sum(label == name for label, _ in learnt) for name in listing.classes)


def _counts(listing: Listing, split: str) -> tuple[int, ...]:
    labels = [entry.label for entry in listing.split(split)]
    return tuple(labels.count(name) for name in listing.classes)
