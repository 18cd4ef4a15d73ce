"""A web server in a thread, whose files come as badly as a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """A file on the server, and how it comes."""

    content: bytes
    statuses: list[int] = field(default_factory=list)
    """What the next requests are answered with, instead of the file."""
    breaks: list[int] = field(default_factory=list)
    """After how many bytes the next answers break off."""
    ranges: bool = True
    heeds_if_range: bool = True
    etag: str | None = '"one"'
    modified: str | None = None
    kind: str = "application/octet-stream"
    pause: float = 0.0
    """Seconds before each answer."""
    location: str | None = None
    """Where the file is to be had instead."""
    headers: dict[str, str] = field(default_factory=dict)
    told_length: bool = True
    rest: tuple[str, bytes] | None = None
    """What the rest of the file is said to be, and what comes instead."""


@dataclass
class Server:
    """Pages by path, and what was asked for."""

    address: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request."""

    def url(self, name: str) -> str:
        """Return the address of a page."""
        return f"{self.address}/{name}"


@contextmanager
def serving() -> Iterator[Server]:
    """Serve pages on this machine."""
    with _Http(("127.0.0.1", 0), _Handler) as http:
        server = Server(address=f"http://127.0.0.1:{http.server_port}")
        http.pages = server  # type: ignore[attr-defined]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        http.shutdown()


class _Http(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up: tests have them do so."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        server: Server = self.server.pages  # type: ignore[attr-defined]
        server.asked.append(dict(self.headers))
        page = server.pages.get(self.path.lstrip("/"))
        if page is None:
            self.send_error(404)
            return
        time.sleep(page.pause)
        if page.statuses:
            self.send_response(page.statuses.pop(0))
            self._end({"Content-Length": "0", **page.headers})
        elif page.location:
            self.send_response(302)
            self._end({"Content-Length": "0", "Location": page.location})
        else:
            self._send(page)

    def _send(self, page: Page) -> None:
        start = self._start(page)
        if start and page.rest:
            said, content = page.rest
            self.send_response(206)
            self._end({"Content-Length": str(len(content)), "Content-Range": said, "ETag": str(page.etag)})
            self.wfile.write(content)
            return
        if start > len(page.content):
            self.send_response(416)
            self._end({"Content-Length": "0"})
            return
        rest = page.content[start:]
        self.send_response(206 if start else 200)
        headers = {"ETag": page.etag, "Last-Modified": page.modified, "Content-Type": page.kind}
        if page.told_length:
            headers["Content-Length"] = str(len(rest))
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(page.content) - 1}/{len(page.content)}"
        self._end({name: value for name, value in headers.items() if value})
        end = page.breaks.pop(0) if page.breaks else len(rest)
        self.wfile.write(rest[:end])
        self.close_connection = end < len(rest) or not page.told_length

    def _start(self, page: Page) -> int:
        asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
        changed = page.heeds_if_range and condition is not None and condition not in (page.etag, page.modified)
        if asked is None or changed or not page.ranges:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _end(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
