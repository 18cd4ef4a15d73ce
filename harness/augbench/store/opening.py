"""Open a store by its location."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from augbench.store.artefacts import Store
from augbench.store.local import LocalStore
from augbench.values.run_errors import UnknownStore

__all__ = ["Store", "open_store"]

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(//?)(.*)")
"""One slash, too: what has gone through a ``Path`` has lost the other.  One letter before the colon is a drive."""


def open_store(location: str | Path) -> Store:
    """Return the store of a folder, or of an address that fsspec knows; nothing is read or written yet.

    Raise ``UnknownStore`` for an address that cannot be one.
    """
    text = str(location)
    address = _ADDRESS.fullmatch(text)
    if address is None and text and "://" not in text:
        return LocalStore(root=Path(text).expanduser())
    if address and address[2] == "//" and address[3].strip("/") and not set(text) & set("*?[]"):
        return LocalStore(root=Path(address[3])) if address[1] in ("file", "local") else _remote(text.rstrip("/"))
    raise UnknownStore(text, "an address is a protocol, two slashes and a name without * ? [ ]" if text else "it is empty")


def _remote(url: str) -> Store:
    from platformdirs import user_cache_path

    from augbench.store.bucket import Bucket
    from augbench.store.remote import RemoteStore

    # Readable, and different for each address.
    name = f"{re.sub('[^A-Za-z0-9]+', '-', url)[:40]}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    return RemoteStore(bucket=Bucket(url=url), mirror=LocalStore(root=user_cache_path("augbench") / "mirrors" / name))
