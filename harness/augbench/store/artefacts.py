"""The store: folders addressed by key, which exist once their manifest does."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from augbench.plan.keys import Key
from augbench.plan.tasks import REVISIONS, Stage
from augbench.store.files import sha256, space_for, sync, write_json
from augbench.values.errors import Corrupt

MANIFEST = "manifest.json"
CHECKPOINTS = "checkpoints"


@dataclass(kw_only=True)
class Store:
    """Artefacts by key: ``root/KIND/KEY/`` with a manifest that names every file and its checksum."""

    root: Path
    verified: set[Key] = field(default_factory=set)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def open(self, key: Key) -> Path:
        """Return an artefact's folder, checked once a process.

        Raise ``Corrupt`` and set the artefact aside where a byte has changed.
        """
        folder = self._find(key)
        if folder is None:
            raise KeyError(key)
        if key not in self.verified:
            if why := _damage(folder, key):
                self._set_aside(folder)
                raise Corrupt(folder, why)
            self.verified.add(key)
        return folder

    def notes(self, key: Key) -> dict[str, Any]:
        """Return what was noted when an artefact was made: seconds, peak memory, device."""
        notes: dict[str, Any] = json.loads((self.open(key) / MANIFEST).read_text(encoding="utf-8"))["notes"]
        return notes

    def check_writable(self) -> None:
        """Raise ``OSError`` where nothing can be written, before any work is done for it."""
        folder = self.root / "tmp"
        with space_for(self.root):
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder):
                pass

    @contextmanager
    def write(self, stage: Stage, notes: Mapping[str, Any]) -> Iterator[Path]:
        """Hand out a temporary folder; what the block leaves there becomes the artefact, whole or not at all.

        ``notes`` (times, versions, machine) go into the manifest when the block ends.
        """
        with self._temporary(stage.key) as temporary:
            yield temporary
            self._commit(stage, notes, temporary, self.root / stage.kind / stage.key)
        shutil.rmtree(self.root / CHECKPOINTS / stage.key, ignore_errors=True)

    @contextmanager
    def keep(self, stage: Stage) -> Iterator[Path]:
        """Hand out a temporary folder; what the block leaves there becomes the stage's checkpoint, in place of the last one."""
        final = self.root / CHECKPOINTS / stage.key
        with self._temporary(stage.key) as temporary:
            yield temporary
            shutil.rmtree(final, ignore_errors=True)
            self._commit(stage, {}, temporary, final)

    def kept(self, key: Key) -> Path | None:
        """Return the checkpoint of a stage that was cut short, or None; a damaged one counts for nothing."""
        folder = self.root / CHECKPOINTS / key
        return folder if (folder / MANIFEST).is_file() and not _damage(folder, key) else None

    @contextmanager
    def _temporary(self, key: Key) -> Iterator[Path]:
        temporary = self.root / "tmp" / f"{key[:12]}-{uuid.uuid4().hex}"
        with space_for(self.root):
            try:
                temporary.mkdir(parents=True)
                yield temporary
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    def _commit(self, stage: Stage, notes: Mapping[str, Any], temporary: Path, final: Path) -> None:
        files = {}
        for path in sorted(temporary.iterdir()):
            sync(path)
            files[path.name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
        manifest = {"key": stage.key, "label": stage.label, "identity": stage.identity, "files": files, "notes": dict(notes)}
        write_json(temporary / MANIFEST, manifest | {"sha256": _digest(manifest)})
        sync(temporary)
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.rename(final)
        except OSError:
            # Somebody else made the same artefact first: equal keys mean equal content, so theirs serves.
            if not (final / MANIFEST).is_file():
                raise
        sync(final.parent)

    def _find(self, key: Key) -> Path | None:
        return next((path.parent for kind in REVISIONS if (path := self.root / kind / key / MANIFEST).is_file()), None)

    def _set_aside(self, folder: Path) -> None:
        aside = self.root / "damaged" / f"{folder.name}-{uuid.uuid4().hex[:8]}"
        aside.parent.mkdir(parents=True, exist_ok=True)
        os.replace(folder, aside)


def _damage(folder: Path, key: Key) -> str | None:
    """Tell what is wrong with an artefact, or None."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        stated = manifest.pop("sha256")
    except (ValueError, KeyError, AttributeError):
        return "its manifest is not readable"
    if _digest(manifest) != stated or manifest.get("key") != key:
        return "its manifest has changed"
    for name, expected in manifest["files"].items():
        if not (folder / name).is_file():
            return f"{name} is missing"
        if sha256(folder / name) != expected["sha256"]:
            return f"{name} has changed"
    return None


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
