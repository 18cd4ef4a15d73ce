"""What is told of long work on data sets, such as fetching, decoding and comparing."""

from __future__ import annotations

from typing import Literal, Protocol


class Watcher(Protocol):
    """Shows how long work on a data set goes on."""

    def began(self, what: str, unit: Literal["bytes", "parts"] = "bytes") -> None:
        """Show that a file, or another long piece of work, begins."""

    def moved(self, done: int, total: int | None) -> None:
        """Show how much is done, and of how much where that is known."""

    def said(self, text: str) -> None:
        """Show a sentence."""
