"""Silence Pillow's warnings while pictures are read, by however many threads."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image


class _Filters:
    """Python's filters of warnings belong to the whole process, and so does this: the first reader sets them, the last resets."""

    def __init__(self) -> None:
        self.lock, self.readers, self.before = threading.Lock(), 0, ExitStack()

    def enter(self) -> None:
        with self.lock:
            self.readers += 1
            if self.readers == 1:
                self.before.enter_context(warnings.catch_warnings())
                # What a broken picture makes Pillow say is said in one message, or of no consequence for the pixels.
                warnings.filterwarnings("ignore", module=r"PIL\.")
                # A picture of more than 89 million pixels is refused at once, not from twice as many on.
                warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

    def leave(self) -> None:
        with self.lock:
            self.readers -= 1
            if self.readers == 0:
                self.before.close()


_FILTERS = _Filters()


@contextmanager
def quiet() -> Iterator[None]:
    """Let Pillow warn of nothing, and refuse decompression bombs."""
    _FILTERS.enter()
    try:
        yield
    finally:
        _FILTERS.leave()
