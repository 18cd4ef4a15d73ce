"""A block without a network notices who reaches for one."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from augbench.testing.laws._offline import offline

# Nobody has this address (RFC 5737).
NOBODY = ("192.0.2.1", 80)


def call(how: str) -> None:
    with socket.socket() as one:
        one.setblocking(False)
        if how == "look up":
            socket.getaddrinfo("example.org", 80)
        else:
            getattr(one, how)(NOBODY)


@pytest.mark.parametrize(("how", "host"), [("connect", "192.0.2.1"), ("connect_ex", "192.0.2.1"), ("look up", "example.org")])
def test_whoever_reaches_for_it_is_refused_and_noted(how, host):
    with offline() as asked:
        with pytest.raises(OSError, match="no network is to be used"):
            call(how)
        assert asked == [host]


def test_other_threads_are_refused_too():
    with offline() as asked, ThreadPoolExecutor(1) as threads:
        assert isinstance(threads.submit(call, "connect").exception(), OSError)
    assert asked == ["192.0.2.1"]


def test_this_machine_may_talk_to_itself():
    with offline() as asked, socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    assert asked == []


def test_afterwards_all_is_as_it_was():
    before = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
    with pytest.raises(KeyError), offline():
        raise KeyError
    assert (socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo) == before
    assert "connect" not in vars(socket.socket)
