"""An artefact's manifest: what it is, its files and their checksums, in the one way that JSON can be written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from augbench.plan.keys import Key
from augbench.plan.summary import Summary
from augbench.plan.tasks import Stage
from augbench.store.files import as_json, sha256, sync, write_bytes

MANIFEST = "manifest.json"
# Ours are of some kilobytes; what has grown beyond this is not read into memory.
_LARGEST = 1 << 26


class Unfit(ValueError):
    """An artefact is not what was written; the message tells why, for the middle of a sentence."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a manifest says."""

    key: Key
    label: str
    identity: Mapping[str, Any]
    files: Mapping[str, tuple[int, str]]
    """Bytes and sha256 of each file."""
    notes: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Return the kind of stage that made it."""
        return str(self.identity["stage"])

    @property
    def bytes(self) -> int:
        """Return the size of all its files."""
        return sum(size for size, _ in self.files.values())

    def summary(self, made: float = 0.0) -> Summary:
        """Return what the planner wants to know; ``made`` is the time of the manifest, where that is known."""
        return Summary(
            key=self.key,
            kind=self.kind,
            label=self.label,
            identity=self.identity,
            seconds=float(self.notes.get("seconds", 0.0)),
            bytes=self.bytes,
            made=made,
        )


def seal(folder: Path, stage: Stage, notes: Mapping[str, Any]) -> bytes:
    """Write the manifest of all that lies in a folder, sync everything, and return the manifest's bytes."""
    files = {}
    for path in sorted(folder.iterdir()):
        sync(path)
        files[path.name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    document = {"key": stage.key, "label": stage.label, "identity": stage.identity, "files": files, "notes": dict(notes)}
    # As it will be read: JSON has no tuples, and no names but strings.
    document = json.loads(as_json(document))
    content = as_json(document | {"sha256": _digest(document)}).encode()
    write_bytes(folder / MANIFEST, content)
    sync(folder)
    return content


def parse(content: bytes, key: Key) -> Manifest:
    """Read a manifest.  Raise ``Unfit`` where a bit of it has changed, even one that means nothing."""
    try:
        document = json.loads(content)
        stated = document.pop("sha256")
        # White space, and other ways to write the same number, are no part of what is digested.
        whole = _digest(document) == stated and as_json(document | {"sha256": stated}).encode() == content
        files = {name: (facts["bytes"], facts["sha256"]) for name, facts in document["files"].items()}
        manifest = Manifest(
            key=document["key"], label=document["label"], identity=document["identity"], files=files, notes=document["notes"]
        )
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise Unfit("its manifest is not readable") from None
    # A name with a folder in it would reach files of others.
    if not whole or manifest.key != key or any(name != Path(name).name for name in files):
        raise Unfit("its manifest has changed")
    return manifest


def read_manifest(folder: Path, key: Key) -> Manifest:
    """Read a folder's manifest and nothing else.  Raise ``Unfit``."""
    with _reading("its manifest"):
        path = folder / MANIFEST
        if path.stat().st_size > _LARGEST:
            raise Unfit("its manifest is not readable")
        content = path.read_bytes()
    return parse(content, key)


def verify(folder: Path, key: Key) -> Manifest:
    """Read a whole artefact.  Raise ``Unfit`` where a byte of it has changed."""
    manifest = read_manifest(folder, key)
    for name, (size, digest) in manifest.files.items():
        with _reading(name):
            path = folder / name
            if path.stat().st_size != size or sha256(path) != digest:
                raise Unfit(f"{name} has changed")
    return manifest


@contextmanager
def _reading(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Unfit(f"{what} is missing") from None
    except PermissionError:
        # The bytes may be well: a person has to look.
        raise
    except OSError as error:
        raise Unfit(f"{what} cannot be read: {error.strerror or error}") from error


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
