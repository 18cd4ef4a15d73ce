"""Bring a data set to this machine: its files, what is made of them, and the proof that it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from augbench.engine.downloading import Patience, demand_room, download_file
from augbench.engine.watching import Watcher
from augbench.registry.asking import downloads_of, probed
from augbench.values.data import Dataset, Download
from augbench.values.errors import DataError

if TYPE_CHECKING:
    from augbench.values.data import Probe


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A data set that is on this machine."""

    outcome: Literal["nothing to fetch", "there", "fetched"]
    files: tuple[Download, ...] = ()
    """Those that were fetched just now."""
    probe: Probe | None = None
    """What was seen in it; None where there was nothing to fetch."""


def fetch(
    name: str, dataset: Dataset, watcher: Watcher, patience: Patience | None = None, *, force: bool = False, insecure: bool = False
) -> Brought:
    """Bring a data set, unless it can be used already.

    Raise ``DataError`` where what has come cannot be used, and what ``download_file`` raises.
    """
    downloads = downloads_of(dataset)
    if not downloads and type(dataset).unpack is Dataset.unpack:
        return Brought(outcome="nothing to fetch")
    missing = [download for download in downloads if not download.to.exists()]
    if (missing or not downloads) and not force and (probe := _usable(dataset)):
        # Such as what a package of the system has brought, or was unpacked before.
        return Brought(outcome="there", probe=probe)
    demand_room(missing)
    fetched = tuple(
        download
        for download in downloads
        if download_file(download, watcher, patience or Patience(), force=force, insecure=insecure) == "fetched"
    )
    watcher.began(f"{name}: unpacking", unit="parts")
    dataset.unpack(lambda done, total, **numbers: watcher.moved(done, total))
    return Brought(outcome="fetched" if fetched or not downloads else "there", files=fetched, probe=probed(dataset))


def place(dataset: Dataset) -> Path | None:
    """Return the folder that a data set's files belong in, or None where it has none."""
    folders = [download.to.parent for download in downloads_of(dataset)]
    own = getattr(dataset, "path", None)
    return folders[0] if folders else own if isinstance(own, Path) else None


def _usable(dataset: Dataset) -> Probe | None:
    try:
        return probed(dataset)
    except DataError:
        return None
