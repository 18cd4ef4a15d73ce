"""A machine without a network, for a while."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

_HERE = ("localhost", "127.0.0.1", "::1")


@contextmanager
def offline() -> Iterator[list[str]]:
    """Refuse connections to other machines within the block, in all threads; yield where to they were tried."""
    asked: list[str] = []

    def refuse(host: object) -> None:
        if host not in _HERE:
            asked.append(str(host))
            raise OSError(f"no network is to be used: {host}")

    def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
        def connecting(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                refuse(address[0])
            return connect(self, address)

        return connecting

    def looking_up(host: Any, *arguments: Any, **named: Any) -> Any:
        refuse(host)
        return look_up(host, *arguments, **named)

    look_up, kind = socket.getaddrinfo, socket.socket
    with (
        patch.object(kind, "connect", guarded(kind.connect)),
        patch.object(kind, "connect_ex", guarded(kind.connect_ex)),
        patch.object(socket, "getaddrinfo", looking_up),
    ):
        yield asked
