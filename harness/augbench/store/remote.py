"""A store behind an address that fsspec knows, such as a bucket of S3, with a mirror on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from augbench.plan.keys import Key
from augbench.plan.tasks import REVISIONS, Stage
from augbench.store.artefacts import DAY, RECENT, Item, Leftover, Listed, Store
from augbench.store.board import BucketBoard
from augbench.store.bucket import Bucket
from augbench.store.files import locked, write_bytes
from augbench.store.leases import BEAT, Leases
from augbench.store.local import CHECKPOINTS, DAMAGED, LEASES, TEMPORARY, LocalStore
from augbench.store.manifest import MANIFEST, Manifest, Unfit, parse, seal, verify
from augbench.values.run_errors import Corrupt, UnreachableStore

MANIFESTS, PAYLOADS = "manifests", "artefacts"
_AT_ONCE = 200
"""Manifests that are asked for side by side."""


@dataclass(kw_only=True)
class RemoteStore(Store):
    """``manifests/KIND/KEY.json``, and the files that it names below ``artefacts/KEY/``, which are uploaded before it.

    The folder of the files is named after the manifest, so two writers of one key never mix their files: the manifest that was
    written last says which are meant.  What a stage opens is copied to the mirror first.
    """

    bucket: Bucket
    mirror: LocalStore
    known: set[Key] = field(default_factory=set)
    """Artefacts of which this process has seen that the mirror's copy is the one that is meant."""

    @property
    def location(self) -> str:
        """Return the address."""
        return self.bucket.url

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def listing(self, kind: str | None = None) -> Iterator[Listed]:
        """List the manifests."""
        for found in self.bucket.find(f"{MANIFESTS}/{kind}" if kind else MANIFESTS):
            _, its_kind, name = found.name.split("/")
            yield Listed(kind=its_kind, key=name.removesuffix(".json"), made=found.changed)

    def open(self, key: Key) -> Path:
        """Return the mirror's copy; of one that this process has checked, the other side is not asked again."""
        if key in self.known:
            with contextlib.suppress(Corrupt):
                return self.mirror.open(key)
        found = self._find(key)
        if found is None:
            raise Corrupt(self._address(key), "it is gone")
        with self._alone(key):
            folder = self._copied(*found, key)
        self.known.add(key)
        return folder

    def manifest(self, key: Key) -> Manifest:
        """Fetch an artefact's manifest, or read that of a copy which this process has checked."""
        if key in self.known:
            with contextlib.suppress(Unfit, KeyError):
                return self.mirror.manifest(key)
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return parse(found[1], key)

    def check_writable(self) -> None:
        """Write something and remove it, on both sides."""
        self.mirror.check_writable()
        name = f"{TEMPORARY}/{uuid.uuid4().hex}"
        self.bucket.write(name, b"can this be written?")
        self.bucket.remove([name])

    @contextmanager
    def write(self, stage: Stage, notes: Mapping[str, Any]) -> Iterator[Path]:
        """Upload the temporary folder when it is whole, unless somebody else made the same artefact first."""
        with self.mirror.temporary(stage.key) as temporary:
            yield temporary
            content = seal(temporary, stage, notes)
            if not self._holds(stage.key):
                self._upload(temporary, content, f"{PAYLOADS}/{stage.key}", _manifest_name(stage.kind, stage.key))
                self.mirror.forget(stage.key)
                self.mirror.adopt(temporary, stage.kind, stage.key)
        self.mirror.drop_checkpoint(stage.key)
        self._discard(f"{CHECKPOINTS}/{stage.key}")

    @contextmanager
    def keep(self, stage: Stage) -> Iterator[Path]:
        """Keep the checkpoint here, and upload it so that another machine can go on from it."""
        below = f"{CHECKPOINTS}/{stage.key}"
        with self.mirror.temporary(stage.key) as temporary:
            yield temporary
            content = seal(temporary, stage, {})
            # Hours of training are worth more than a copy that the next checkpoint makes up for.
            with contextlib.suppress(UnreachableStore):
                self._upload(temporary, content, below, f"{below}.json")
                earlier = [found.name for found in self.bucket.find(below) if f"/{_digest(content)}/" not in found.name]
                self.bucket.remove(earlier)
            self.mirror.adopt_checkpoint(temporary, stage.key)

    def kept(self, key: Key) -> Path | None:
        """Return the mirror's checkpoint, or fetch the one that another machine left."""
        below, here = f"{CHECKPOINTS}/{key}", self.mirror.kept(key)
        content = self.bucket.read(f"{below}.json")
        if content is None or (here and (here / MANIFEST).read_bytes() == content):
            return here
        with contextlib.suppress(Unfit), self.mirror.temporary(key) as temporary:
            self._download(below, key, content, temporary)
            self.mirror.adopt_checkpoint(temporary, key)
        return self.mirror.kept(key)

    def check(self, key: Key) -> str | None:
        """Fetch every byte of an artefact; the mirror keeps no copy of it."""
        if found := self._find(key):
            try:
                with self.mirror.temporary(key) as temporary:
                    self._download(f"{PAYLOADS}/{key}", key, found[1], temporary)
            except Unfit as why:
                return str(why)
        return None

    def set_aside(self, key: Key) -> None:
        """Move an artefact's manifest to ``damaged/``; its files stay, and are left over."""
        self.known.discard(key)
        if found := self._find(key):
            kind, content = found
            self.bucket.write(f"{DAMAGED}/{key}-{uuid.uuid4().hex[:8]}.json", content)
            self.bucket.remove([_manifest_name(kind, key)])

    def forget(self, key: Key) -> None:
        """Remove an artefact's manifest, then its files, and the mirror's copy."""
        self.known.discard(key)
        if found := self._find(key):
            self.bucket.remove([_manifest_name(found[0], key)])
            self._discard(f"{PAYLOADS}/{key}")
        self.mirror.forget(key)

    def inventory(self) -> Iterator[Item]:
        """Add up files.  Nobody notes on the other side when one was used: it counts as used when it was made."""
        sizes: Counter[Key] = Counter()
        for found in self.bucket.find(PAYLOADS):
            sizes[found.name.split("/")[1]] += found.bytes
        for one in self.listing():
            yield Item(kind=one.kind, key=one.key, bytes=sizes[one.key], made=one.made, used=one.made)

    def leases(self, beat: float = BEAT) -> Leases:
        """Return leases below ``leases/``."""
        return Leases(BucketBoard(bucket=self.bucket, below=LEASES), beat)

    def _leftovers(self, living: frozenset[Key]) -> Iterator[Leftover]:
        finished = {one.key: one.kind for one in self.listing()}
        yield from self._given_up(living, finished)
        sizes: Counter[Key] = Counter()
        for found in self.bucket.find(CHECKPOINTS):
            sizes[found.name.split("/")[1].removesuffix(".json")] += found.bytes
        for key in sizes.keys() & finished.keys() - living:
            yield Leftover(what="checkpoint", place=f"{CHECKPOINTS}/{key}", bytes=sizes[key])
        for found in self.bucket.find(DAMAGED):
            yield Leftover(what="damaged artefact", place=found.name, bytes=found.bytes)
        yield from self.mirror._leftovers(living)
        for item in self.mirror.inventory():
            if item.key not in finished and time.time() - item.used > RECENT:
                yield Leftover(what="copy", place=str(self.mirror.root / item.kind / item.key), bytes=item.bytes)

    def _given_up(self, living: frozenset[Key], finished: Mapping[Key, str]) -> Iterator[Leftover]:
        """List folders of files that no manifest names, and that nobody has added to for a day."""
        sizes: dict[Key, Counter[str]] = {}
        newest: dict[str, float] = {}
        for found in self.bucket.find(PAYLOADS):
            place, _, _ = found.name.rpartition("/")
            sizes.setdefault(found.name.split("/")[1], Counter())[place] += found.bytes
            newest[place] = max(newest.get(place, 0.0), found.changed)
        for key, places in sizes.items():
            # Where there is one folder and a manifest, it is that one's.
            content = self.bucket.read(_manifest_name(finished[key], key)) if key in finished and len(places) > 1 else None
            named = next(iter(places)) if key in finished and len(places) == 1 else f"{PAYLOADS}/{key}/{_digest(content or b'')}"
            for place, size in places.items():
                if place != named and key not in living and time.time() - newest[place] > DAY:
                    yield Leftover(what="unfinished artefact", place=place, bytes=size)

    def _discard(self, place: str) -> None:
        if Path(place).is_relative_to(self.mirror.root):
            self.mirror._discard(place)
        else:
            self.bucket.remove([found.name for found in self.bucket.find(place)] + [f"{place}.json"])

    def _manifests(self, listed: Iterable[Listed]) -> Iterator[tuple[Listed, Manifest]]:
        """Fetch manifests, many at once; the mirror remembers them."""
        waiting = list(listed)
        for start in range(0, len(waiting), _AT_ONCE):
            for one, content in self._contents(waiting[start : start + _AT_ONCE]):
                with contextlib.suppress(Unfit):
                    yield one, parse(content, one.key)

    def _contents(self, listed: Sequence[Listed]) -> Iterator[tuple[Listed, bytes]]:
        unknown = {_manifest_name(one.kind, one.key): one for one in listed if not self._memory(one).is_file()}
        for name, content in self.bucket.read_all(unknown).items():
            write_bytes(self._memory(unknown[name]), content)
        for one in listed:
            with contextlib.suppress(FileNotFoundError):  # it went since it was listed
                yield one, self._memory(one).read_bytes()

    def _memory(self, one: Listed) -> Path:
        return self.mirror.root / MANIFESTS / f"{one.key}-{one.made:.3f}"

    def _find(self, key: Key) -> tuple[str, bytes] | None:
        """Return the kind of an artefact and its manifest's content."""
        kinds = {_manifest_name(kind, key): kind for kind in REVISIONS}
        return next(((kinds[name], content) for name, content in self.bucket.read_all(kinds).items()), None)

    def _holds(self, key: Key) -> bool:
        """Tell whether there is an artefact with a manifest that can be read."""
        found = self._find(key)
        with contextlib.suppress(Unfit):
            return found is not None and bool(parse(found[1], key))
        return False

    def _mirrored(self, kind: str, key: Key) -> bytes | None:
        """Return the manifest of the mirror's copy."""
        with contextlib.suppress(OSError):
            return (self.mirror.root / kind / key / MANIFEST).read_bytes()
        return None

    @contextmanager
    def _alone(self, key: Key) -> Iterator[None]:
        """Let one process of this machine fetch an artefact, and the others wait for its copy."""
        # A few files for all keys: they stay.
        path = self.mirror.root / "locks" / key[:2]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file, locked(file.fileno()):
            yield

    def _copied(self, kind: str, content: bytes, key: Key) -> Path:
        """Return the mirror's copy of an artefact, fetched unless it is there.  Raise ``Corrupt``."""
        if self._mirrored(kind, key) == content:
            with contextlib.suppress(Corrupt):
                return self.mirror.open(key)
        try:
            with self.mirror.temporary(key) as temporary:
                self._download(f"{PAYLOADS}/{key}", key, content, temporary)
                self.mirror.forget(key)
                self.mirror.adopt(temporary, kind, key)
        except Unfit as why:
            self.set_aside(key)
            raise Corrupt(self._address(key), str(why)) from None
        return self.mirror.open(key)

    def _upload(self, folder: Path, content: bytes, below: str, name: str) -> None:
        files = [path.name for path in folder.iterdir() if path.name != MANIFEST]
        self.bucket.upload(folder, files, f"{below}/{_digest(content)}")
        self.bucket.write(name, content)

    def _download(self, below: str, key: Key, content: bytes, folder: Path) -> None:
        """Fetch what a manifest names, and check it; what does not fit is fetched once more, as a transfer may go wrong."""
        names = list(parse(content, key).files)
        write_bytes(folder / MANIFEST, content)
        for last in (False, True):
            try:
                self.bucket.download(f"{below}/{_digest(content)}", names, folder)
                verify(folder, key)
                return
            except FileNotFoundError:
                raise Unfit("a file of it is missing") from None
            except Unfit:
                if last:
                    raise

    def _address(self, key: Key) -> str:
        return f"{self.location}/{PAYLOADS}/{key}"


def _manifest_name(kind: str, key: Key) -> str:
    return f"{MANIFESTS}/{kind}/{key}.json"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
