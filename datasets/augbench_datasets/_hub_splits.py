"""Make splits of the tables of a Hugging Face data set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from augbench import Lazy, Probe, Split, Splits, UnreadableImage
from augbench_datasets._counting import demand_all, groups_by_class, one_size
from augbench_datasets._division import Division
from augbench_datasets._hub_columns import group_column, image_column, in_order, label_column, labels_of, names_of
from augbench_datasets._hub_errors import NeedlessDivision, NoSplitCalled
from augbench_datasets._hub_tables import Table, read_tables
from augbench_datasets._kinds import Channels, Kind, check_kind
from augbench_datasets._pictures import Header, decode_content, look

if TYPE_CHECKING:
    from augbench_datasets.hugging_face import HuggingFace

_REVISION = 1
_VALIDATIONS = ("validation", "valid", "val", "dev")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One split: labels are read, files wait."""

    files: Sequence[bytes | None]
    labels: NDArray[np.int64]
    ids: tuple[str, ...]
    groups: tuple[str, ...] | None

    def content(self, index: int) -> bytes:
        """Return an image's file.  Raise ``UnreadableImage`` where the table knows no more than its path."""
        found = self.files[index]
        if found is None:
            raise UnreadableImage(self.ids[index], "the table holds no file, only a path at most: save_to_disk() takes files in")
        return found

    def only(self, places: NDArray[np.int64]) -> Part:
        """Return some of the images."""
        chosen = places.tolist()
        return Part(
            files=Lazy(len(chosen), lambda index: self.files[chosen[index]]),
            labels=self.labels[places],
            ids=tuple(self.ids[place] for place in chosen),
            groups=None if self.groups is None else tuple(self.groups[place] for place in chosen),
        )


@dataclass(frozen=True, kw_only=True)
class HubSplits:
    """A data set, read but for its images."""

    classes: tuple[str, ...]
    parts: Mapping[str, Part]
    channels: Channels | None
    notes: tuple[str, ...]

    def probe(self) -> Probe:
        """Look at every image's header, and hash its file."""
        headers = {name: list(_headers(part)) for name, part in self.parts.items()}
        kind = headers["train"][0].kind
        for name, part in self.parts.items():
            for identity, header in zip(part.ids, headers[name], strict=True):
                check_kind(header.kind, identity, kind, self.channels)
        return Probe(
            classes=self.classes,
            counts=self.counts(),
            channels=kind.becomes(self.channels),
            size=one_size(header.size for each in headers.values() for header in each),
            groups=self._groups(),
            digest=self._digest(headers),
            notes=self.notes,
        )

    def counts(self) -> dict[str, tuple[int, ...]]:
        """Count the images of each class by split."""
        return {name: tuple(np.bincount(part.labels, minlength=len(self.classes)).tolist()) for name, part in self.parts.items()}

    def load(self) -> Splits:
        """Return splits whose images are decoded when asked for."""
        first = self.parts["train"]
        kind = look(first.content(0), first.ids[0]).kind
        made = {name: self._split(part, kind) for name, part in self.parts.items()}
        return Splits(classes=self.classes, train=made["train"], validation=made.get("validation"), test=made["test"])

    def _split(self, part: Part, kind: Kind) -> Split:
        images = Lazy(len(part.ids), lambda index: decode_content(part.content(index), part.ids[index], kind, self.channels))
        return Split(images=images, labels=part.labels, ids=part.ids, groups=part.groups)

    def _groups(self) -> tuple[int, ...] | None:
        if self.parts["train"].groups is None:
            return None
        learnt = [part for name, part in self.parts.items() if name != "test"]
        pairs = (pair for part in learnt for pair in zip(part.labels.tolist(), part.groups or (), strict=True))
        return groups_by_class(range(len(self.classes)), pairs)

    def _digest(self, headers: Mapping[str, list[Header]]) -> str:
        content = hashlib.sha256(json.dumps(["hugging-face", _REVISION, self.channels, self.classes]).encode())
        for name, part in self.parts.items():
            groups = part.groups or (None,) * len(part.ids)
            for *told, header in zip(part.ids, part.labels.tolist(), groups, headers[name], strict=True):
                content.update(json.dumps([name, *told, header.sha256.hex()]).encode())
        return content.hexdigest()


def read_splits(asked: HuggingFace, path: Path) -> HubSplits:
    """Read labels and groups.  Raise ``DataError`` for what cannot be used."""
    command = "hugging-face" + (f" --set name={asked.name}" if asked.name else "")
    where = asked.name or str(path)
    tables = _chosen(asked, read_tables(path, command if asked.name else ""), where)
    columns = {split: label_column(table, asked.label, where) for split, table in tables.items()}
    labels = {split: labels_of(table, columns[split], where, split) for split, table in tables.items()}
    names = names_of(tables["train"], columns["train"])
    classes = in_order((label for split in labels.values() for label in split), names)
    parts = {split: _part(asked, table, labels[split], classes, split, where) for split, table in tables.items()}
    unused = sorted(set(names or ()) - set(classes))
    notes: tuple[str, ...] = (f"classes that no image has are left out: {', '.join(unused)}",) if unused else ()
    if "test" not in parts:
        parts, told = _divided(parts["train"], asked.split or Division(), classes, where)
        notes += told
    found = HubSplits(classes=classes, parts=parts, channels=asked.channels, notes=notes)
    demand_all(classes, found.counts(), where)
    return found


def _part(asked: HuggingFace, table: Table, labels: Sequence[str], classes: Sequence[str], split: str, where: str) -> Part:
    number = {name: index for index, name in enumerate(classes)}
    return Part(
        files=table.contents(image_column(table, asked.image, where)),
        labels=np.array([number[label] for label in labels], dtype=np.int64),
        ids=tuple(f"{split}/{index:06d}" for index in range(len(labels))),
        groups=tuple(map(str, table.values(group_column(table, asked.group, where)))) if asked.group else None,
    )


def _chosen(asked: HuggingFace, tables: Mapping[str, Table], where: str) -> dict[str, Table]:
    """Return the tables of train, validation and test; of train alone, where it is to be divided."""
    wanted = dict(asked.splits) if asked.splits else _usual(tables)
    for split in ("train", *wanted):
        if wanted.get(split, split) not in tables:
            raise NoSplitCalled(where, wanted.get(split, split), tables)
    if "test" not in wanted and "validation" in wanted:
        raise NoSplitCalled(where, "test", tables)
    if "test" in wanted and asked.split is not None:
        raise NeedlessDivision(where)
    return {split: tables[wanted[split]] for split in ("train", "validation", "test") if split in wanted}


def _usual(tables: Mapping[str, Table]) -> dict[str, str]:
    validation = next((name for name in _VALIDATIONS if name in tables), None)
    found = {"train": "train", "validation": validation, "test": "test" if "test" in tables else None}
    return {split: name for split, name in found.items() if name is not None}


def _divided(part: Part, division: Division, classes: Sequence[str], where: str) -> tuple[dict[str, Part], tuple[str, ...]]:
    places = division.divide(part.labels, part.groups, classes, where)
    notes = division.told(places, part.labels, part.groups, classes)
    return {name: part.only(chosen) for name, chosen in places.items()}, notes


def _headers(part: Part) -> Iterator[Header]:
    return (look(part.content(index), identity) for index, identity in enumerate(part.ids))
