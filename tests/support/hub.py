"""As much of the Hugging Face hub as its client asks for, in a thread: one data set, as files."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SHA = "0a" * 20


@contextmanager
def serving_hub(name: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Serve a data set and give the hub's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        http.name, http.files = name, {"README.md": b"---\nlicense: mit\n---\n", **files}  # type: ignore[attr-defined]
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, (name, files) = self.path.partition("?")[0], (self.server.name, self.server.files)  # type: ignore[attr-defined]
        about, tree = f"/api/datasets/{name}", f"/api/datasets/{name}/tree/{SHA}"
        if path.startswith(tree):
            self._json(list(_listed(files, path.removeprefix(tree).strip("/"))))
        elif path in (about, f"{about}/revision/{SHA}", f"{about}/revision/main"):
            self._json({"id": name, "sha": SHA, "siblings": [{"rfilename": file} for file in files], "tags": [], "private": False})
        elif path.startswith(f"{about}/revision/"):
            self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        elif path.startswith("/api/datasets/"):
            self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})
        else:
            self._file(files.get(path.partition(f"/datasets/{name}/resolve/{SHA}/")[2]))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _file(self, content: bytes | None) -> None:
        if content is None:
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": SHA})
        else:
            self._answer(200, content, {"X-Repo-Commit": SHA, "ETag": f'"{_digest(content)}"', "X-Linked-Size": str(len(content))})

    def _json(self, value: Any) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _listed(files: Mapping[str, bytes], folder: str) -> Iterator[dict[str, Any]]:
    """Describe what lies directly in a folder."""
    inside = {path.removeprefix(f"{folder}/" if folder else ""): path for path in files if path.startswith(folder)}
    for name in sorted({name.partition("/")[0] for name in inside}):
        path = f"{folder}/{name}" if folder else name
        if path in files:
            yield {"type": "file", "path": path, "size": len(files[path]), "oid": _digest(files[path])}
        else:
            yield {"type": "directory", "path": path, "size": 0, "oid": SHA}


def _digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
