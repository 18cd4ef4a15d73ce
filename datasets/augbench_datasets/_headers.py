"""Look at many pictures of a folder: by several threads, and only at those that have changed since the last look."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from augbench import UnreadableImage
from augbench_datasets._pictures import Header, Pages, inspect
from augbench_datasets._seen import Seen, memory_of, signature_of

_THREADS = 8
"""Reading and hashing let other threads run, and a network's disk answers many at once."""
_CHUNK = 64
"""Pictures of one piece of work, so that handing it over costs nothing beside it."""


def headers(root: Path, names: Sequence[str], pages: Pages | None = None) -> list[Header]:
    """Return what is known of each picture, by its path within a folder, in their order.

    Raise ``UnreadableImage`` for the first in this order that is none, however the threads run.
    """
    seen = memory_of(root, pages)
    pieces = [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]
    found: list[Header] = []
    pool = ThreadPoolExecutor(min(_THREADS, max(1, len(pieces))), thread_name_prefix="look")
    try:
        for piece in pool.map(lambda piece: [_header(root, name, pages, seen) for name in piece], pieces):
            found += piece
    finally:
        pool.shutdown(cancel_futures=True)
        # What was read before an error need not be read again once it is mended.
        seen.save()
    return found


def _header(root: Path, name: str, pages: Pages | None, seen: Seen) -> Header:
    path = os.path.join(root, name)
    try:
        signature = signature_of(os.stat(path))
    except OSError as error:
        raise UnreadableImage(name, str(error.strerror)) from error
    known = seen.get(name, signature)
    if known is not None:
        return known
    found = inspect(path, name, pages)
    seen.keep(name, signature, found)
    return found
