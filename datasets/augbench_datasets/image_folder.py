"""A folder of the user's own images."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from augbench import Card, Dataset, Lazy, Probe, Split, Splits
from augbench_datasets._counting import demand_all, one_size
from augbench_datasets._division import Division
from augbench_datasets._errors import BadPattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from augbench_datasets._kinds import Kind
    from augbench_datasets._listing import Listing
    from augbench_datasets._pictures import Header

_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class ImageFolder(Dataset):
    """Images laid out as split/class/picture (train, test and maybe val) or class/picture, or listed in a CSV manifest."""

    path: Path
    """The folder."""
    # Text, since a relative Path starts at the matrix file, and this one starts in the folder.
    manifest: str | None = None
    """Name of a CSV file with columns path, class and maybe split and group; its paths, and its own, start in the folder."""
    split: Division | None = None
    """How images without splits are divided, as { test = 0.2, val = 0.2, by = "group", seed = 0 }; by "class", groups may be torn apart."""
    groups: str | None = None
    """Regular expression that finds a picture's group in its path, as in 'patient(\\d+)': the parenthesis called group, or the first."""
    channels: Literal["rgb", "grey"] | None = None
    """Convert all images to this; unless given, all must be of one kind."""
    pages: Literal["channels"] | None = None
    """Take the pages of a TIFF for channels; unless given, a picture of several pages is refused."""

    def __post_init__(self) -> None:
        """Refuse a pattern that cannot find groups."""
        if self.groups is None:
            return
        try:
            found = re.compile(self.groups).groups
        except (re.error, RecursionError, OverflowError) as error:
            raise BadPattern(self.groups, f"is no regular expression ({error})") from error
        if not found:
            raise BadPattern(self.groups, "has no parenthesis")

    def card(self) -> Card:
        """Name the folder."""
        name = self.path.resolve().name
        return Card(title=name, source=f"folder {name}")

    def probe(self) -> Probe:
        """Read every header and hash every byte of what has changed since the last look.

        Raise ``UnreadableImage``, ``OddImage``, ``EmptyClass``, or another ``DataError`` for folder, layout or manifest.
        """
        from augbench_datasets._headers import headers
        from augbench_datasets._kinds import check_kind

        listing = self._listing()
        found = headers(listing.root, [entry.identity for entry in listing.entries], self.pages)
        kind = found[0].kind
        for entry, header in zip(listing.entries, found, strict=True):
            check_kind(header.kind, entry.identity, kind, self.channels)
        return Probe(
            classes=listing.classes,
            counts=listing.counts(),
            channels=kind.becomes(self.channels),
            size=one_size(header.size for header in found),
            groups=listing.groups() if listing.grouped else None,
            digest=self._digest(listing, found),
            notes=listing.notes,
        )

    def load(self) -> Splits:
        """Return splits whose pictures are decoded when asked for."""
        from augbench_datasets._pictures import inspect

        listing = self._listing()
        first = listing.entries[0]
        kind = inspect(listing.file(first), first.identity, self.pages).kind
        parts = {name: self._split(listing, name, kind) for name in listing.splits}
        return Splits(classes=listing.classes, train=parts["train"], validation=parts.get("validation"), test=parts["test"])

    def _listing(self) -> Listing:
        from augbench_datasets._listing import list_pictures

        listing = list_pictures(self.path, self.manifest, self.groups, self.split)
        demand_all(listing.classes, listing.counts(), listing.root)
        return listing

    def _digest(self, listing: Listing, headers: Sequence[Header]) -> str:
        import hashlib
        import json

        pages = f" pages {self.pages}" if self.pages else ""
        content = hashlib.sha256(f"image-folder {_REVISION} {self.channels}{pages}\n".encode())
        for entry, header in zip(listing.entries, headers, strict=True):
            # A file that is turned says so itself, but older digests stand for pixels as they lie.
            told = [entry.identity, entry.split, entry.label, entry.group, header.sha256.hex(), *(["turned"] if header.turned else [])]
            content.update(json.dumps(told).encode() + b"\n")
        return content.hexdigest()

    def _split(self, listing: Listing, name: str, kind: Kind) -> Split:
        import numpy as np

        from augbench_datasets._pictures import decode

        entries = listing.splits[name]

        def decoded(index: int) -> NDArray[Any]:
            entry = entries[index]
            return decode(listing.file(entry), entry.identity, kind, self.channels, self.pages)

        number = {label: index for index, label in enumerate(listing.classes)}
        return Split(
            images=Lazy(len(entries), decoded),
            labels=np.array([number[entry.label] for entry in entries], dtype=np.int64),
            ids=tuple(entry.identity for entry in entries),
            groups=tuple(str(entry.group) for entry in entries) if listing.grouped else None,
        )
