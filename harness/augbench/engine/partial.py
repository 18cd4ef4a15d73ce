"""A file that has come in part: its bytes so far, and what the server said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.store.files import write_json

if TYPE_CHECKING:
    from requests import Response


class Part:
    """What has come of a file so far, beside its place under another name, and what the server said of it."""

    def __init__(self, to: Path) -> None:
        self.path = to.with_name(f"{to.name}.part")
        self._notes = to.with_name(f"{to.name}.part.json")
        self._page = to.suffix.lower()

    @property
    def size(self) -> int:
        """Return how many bytes have come."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def said(self) -> dict[str, Any]:
        """Return how it came: ``url``, ``came`` (as ``origin`` says), ``total``, ``etag``, ``modified``; empty where nothing is known."""
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def begin(self, url: str, response: Response, total: int | None) -> None:
        """Start anew."""
        self.path.write_bytes(b"")
        validators = {"etag": response.headers.get("ETag"), "modified": response.headers.get("Last-Modified")}
        write_json(self._notes, {"url": url, "came": origin(response), "total": total, **validators})

    def whole(self, url: str) -> bool:
        """Tell whether all has come."""
        said = self.said
        return bool(said) and said.get("url") == url and said.get("total") == self.size

    @property
    def is_no_page(self) -> bool:
        """Tell whether the file is anything but a web page."""
        return self._page not in (".html", ".htm")

    def drop(self) -> None:
        """Keep nothing."""
        self.path.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Keep no notes."""
        self._notes.unlink(missing_ok=True)


def origin(response: Response) -> str:
    """Return where a file came from, or the first place on its way where anybody could change it."""
    return next(filter(is_plain, (each.url for each in response.history)), response.url)


def is_plain(url: str) -> bool:
    """Tell whether what comes from an address can be changed on its way."""
    return url.lower().startswith("http://")
