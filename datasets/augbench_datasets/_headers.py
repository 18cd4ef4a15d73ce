"""Look at many pictures of a folder: by several threads, and only at those that have changed since the last look."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from augbench import UnreadableImage, in_order
from augbench_datasets._pictures import Header, Pages, inspect
from augbench_datasets._seen import Seen, memory_of, signature_of

THREADS = 8
"""Reading and hashing let other threads run, and a network's disk answers many at once."""


def headers(root: Path, names: Sequence[str], pages: Pages | None = None) -> list[Header]:
    """Return what is known of each picture, by its path within a folder, in their order.

    Raise ``UnreadableImage`` for the first in this order that is none, however the threads run.
    """
    seen = memory_of(root, pages)
    try:
        return list(in_order(lambda place: _header(root, names[place], pages, seen), len(names), THREADS))
    finally:
        # What was read before an error need not be read again once it is mended.
        seen.save()


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
