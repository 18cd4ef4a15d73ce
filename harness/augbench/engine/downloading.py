"""Bring one file of a data set, once, and let it have its name when it is what was published."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from augbench.engine.partial import Part, is_plain
from augbench.engine.transfer import BrokenOff, Refused, transfer
from augbench.engine.watching import Watcher
from augbench.values.data import Download
from augbench.values.errors import UnusableFile
from augbench.values.fetch_errors import OtherContent, OtherFile, PlainHttp, TooLittleSpace, Unreachable
from augbench.values.numbers import many

if TYPE_CHECKING:
    from requests import Session

State = Literal["sound", "unchecked", "other", "missing"]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a server is waited for."""

    attempts: int = 6
    """In a row that bring nothing."""
    pause: float = 1.0
    """Seconds before the second attempt; twice as many before each further one."""
    timeout: float = 30.0
    """Seconds of silence."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is known of a file on this machine."""

    state: State
    """``unchecked`` where nobody has published a checksum."""
    checksum: str | None = None
    """As it is."""
    bytes: int | None = None


def look(download: Download) -> Found:
    """Compare a file that is there with what was published.  Raise ``UnusableFile`` for a folder in its place."""
    if download.to.is_dir():
        raise UnusableFile(download.to, "it is a folder, where a file belongs")
    if not download.to.is_file():
        return Found(state="missing")
    checksum, size = _checksum(download, download.to), download.to.stat().st_size
    state: State = "sound" if checksum == _normal(download.checksum) else "other" if download.checksum else "unchecked"
    if state == "unchecked" and download.bytes not in (None, size):
        state = "other"
    return Found(state=state, checksum=checksum, bytes=size)


def expected(download: Download) -> str:
    """Say how a file is told from others."""
    return _normal(download.checksum) or (f"{download.bytes:,} bytes" if download.bytes else "any")


def got(download: Download, found: Found) -> str:
    """Say what is there instead, in the terms of ``expected``."""
    return f"{found.checksum}" if download.checksum else f"{found.bytes:,} bytes"


def download_file(
    download: Download, watcher: Watcher, patience: Patience, *, force: bool = False, insecure: bool = False
) -> Literal["there", "fetched"]:
    """Bring a file, unless it is there.

    ``force`` fetches again what is not as published, or of which nobody can tell.  ``insecure`` takes what may be changed on the way.
    Raise ``OtherFile`` without ``force``, ``PlainHttp`` without ``insecure``, ``Unreachable``, ``OtherContent`` or ``TooLittleSpace``;
    on anything but a wrong checksum the half file stays, for the next time.
    """
    if _stays(download, force=force):
        return "there"
    if not insecure:
        _demand_safe(download, download.url)
    with _alone(download, watcher) as waited:
        if waited and _stays(download, force=False):
            return "there"
        part = Part(download.to)
        resumed = bool(part.size)
        try:
            _bring(download, part, watcher, patience, insecure=insecure)
        except OtherContent:
            # Two halves may be of two files, or of one that was cut off by a power failure.
            if not resumed:
                raise
            _bring(download, part, watcher, patience, insecure=insecure)
    return "fetched"


def demand_room(downloads: list[Download]) -> None:
    """Raise ``TooLittleSpace`` where a disk has less space than the files take that are still to come."""
    needed: dict[int, tuple[Path, int]] = {}
    for download in downloads:
        folder = _existing(download.to.parent)
        there = needed.get(folder.stat().st_dev, (folder, 0))[1]
        rest = max(0, (download.bytes or 0) - Part(download.to).size)
        needed[folder.stat().st_dev] = (folder, there + rest)
    for folder, total in needed.values():
        _demand(folder, total)


def _stays(download: Download, *, force: bool) -> bool:
    found = look(download)
    if found.state == "other" and not force:
        raise OtherFile(download.to, expected(download), got(download, found))
    return found.state == "sound" or (found.state == "unchecked" and not force)


def _bring(download: Download, part: Part, watcher: Watcher, patience: Patience, *, insecure: bool) -> None:
    from requests import Session

    watcher.began(download.to.name)
    try:
        with Session() as session:
            _patiently(session, download, part, watcher, patience)
        if not insecure:
            _demand_safe(download, str(part.said.get("came", download.url)))
        _demand_published(download, part)
    except (PlainHttp, OtherContent):
        part.drop()
        raise
    with part.path.open("rb") as file:
        os.fsync(file.fileno())
    part.path.replace(download.to)
    part.forget()


def _patiently(session: Session, download: Download, part: Part, watcher: Watcher, patience: Patience) -> None:
    """Ask again while there is hope: a server that has never answered is not there, one that goes on sending may take its time."""
    failed, most, answered = 0, part.size, False
    moved = _Moved(download, watcher)
    while True:
        try:
            transfer(session, download.url, part, moved, trusting=download.checksum is not None, timeout=patience.timeout)
            return
        except Refused as error:
            raise Unreachable(download, error.why) from error
        except BrokenOff as error:
            answered |= error.answered
            failed, most = (1, part.size) if part.size > most else (failed + 1, most)
            if failed >= patience.attempts or not answered:
                raise Unreachable(download, error.why + (f" ({many(failed, 'time')} in a row)" if failed > 1 else "")) from error
            pause = max(patience.pause * 2 ** (failed - 1), error.wait)
            watcher.said(f"{download.to.name}: {error.why}; trying again in {pause:g} s")
            time.sleep(pause)


class _Moved:
    """Passes on how far a file has come, looks whether there is room as soon as its size is known, and ends one that does not end."""

    def __init__(self, download: Download, watcher: Watcher) -> None:
        self._download, self._watcher = download, watcher
        self._asked = False

    def __call__(self, done: int, total: int | None) -> None:
        most = self._download.bytes
        if most is not None and done > most:
            raise OtherContent(self._download, f"{most:,} bytes", f"{max(done, total or 0):,} bytes{' and more' * (total is None)}")
        if total is not None and not self._asked:
            self._asked = True
            _demand(self._download.to.parent, total - done)
        self._watcher.moved(done, total)


def _demand(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise TooLittleSpace(folder, needed, free)


def _demand_safe(download: Download, url: str) -> None:
    if download.checksum is None and is_plain(url):
        raise PlainHttp(download, url)


def _demand_published(download: Download, part: Part) -> None:
    if download.checksum is None and download.bytes is None:
        return
    found = Found(state="unchecked", checksum=_checksum(download, part.path), bytes=part.size)
    if got(download, found) != expected(download):
        raise OtherContent(download, expected(download), got(download, found))


def _checksum(download: Download, path: Path) -> str:
    """Return the checksum of a file by the method of the published one, or sha256."""
    from pooch import file_hash

    method = _normal(download.checksum).partition(":")[0] or "sha256"
    return f"{method}:{file_hash(str(path), method)}"


def _normal(checksum: str | None) -> str:
    return (checksum or "").lower()


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.is_dir())


@contextmanager
def _alone(download: Download, watcher: Watcher) -> Iterator[bool]:
    """Be the only one who fetches this file; tell whether another was before."""
    from filelock import FileLock, Timeout

    download.to.parent.mkdir(parents=True, exist_ok=True)
    lock, waited = FileLock(download.to.with_name(f".{download.to.name}.lock")), False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waited = True
        watcher.said(f"{download.to.name}: another process is fetching it; waiting")
        lock.acquire()
    try:
        yield waited
    finally:
        lock.release()
