"""Bring one file over HTTP, going on where an earlier attempt broke off."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from augbench.engine.partial import Part, is_plain, origin
from augbench.store.files import space_for

if TYPE_CHECKING:
    from requests import Response, Session

_CHUNK = 2**18
# No more digits than sizes have: a number may be as long as a server likes.
_NUMBER = re.compile(r"[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\*)")
_PASSING = {202, 408, 425, 429, 500, 502, 503, 504}
"""Answers that may be others in a while; with 202 a server says that it is still packing."""
_REFUSED = {
    401: "the server does not give it to everybody (401): it may want a login",
    403: "the server does not give it to everybody (403): it may want a login, or a browser",
    404: "the server has no such file (404): it may have moved",
    410: "the server has no such file any more (410)",
}
_NO_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


class Refused(Exception):
    """The file is not to be had there, however often one asks."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class BrokenOff(Exception):
    """Something that may go better next time."""

    def __init__(self, why: str, *, answered: bool, wait: float = 0.0) -> None:
        self.why, self.answered, self.wait = why, answered, wait
        super().__init__(why)


def transfer(session: Session, url: str, part: Part, moved: Callable[[int, int | None], None], *, trusting: bool, timeout: float) -> None:
    """Bring what is missing of a file, or all of it where it has changed or a server cannot do less.

    ``trusting`` goes on even with a file of which nothing tells whether it has changed: its checksum will.
    ``moved`` is told how many bytes there are, and will be.  Raise ``Refused`` or ``BrokenOff``, which leaves the part for the next time.
    """
    if part.whole(url):
        return
    headers = _request(part, url, trusting=trusting)
    with _words(answered=False, timeout=timeout):
        response = session.get(url, headers={"Accept-Encoding": "identity", **headers}, stream=True, timeout=timeout)
    with response:
        if response.ok and not trusting and part.is_no_page and "text/html" in response.headers.get("Content-Type", ""):
            raise Refused("a web page comes instead of the file: it may have moved, or want a login")
        total = _answer(response, part, url)
        _receive(response, part, total, moved, timeout)


def _request(part: Part, url: str, *, trusting: bool) -> dict[str, str]:
    """Ask for the rest of what has not changed since, or, with no headers, for all."""
    said = part.said
    # A weak validator says that two files mean the same, not that their bytes are.
    etag = said.get("etag") if not str(said.get("etag")).startswith("W/") else None
    validator = etag or said.get("modified")
    if not part.size or said.get("url") != url or not (validator or trusting):
        return {}
    return {"Range": f"bytes={part.size}-"} | ({"If-Range": validator} if validator else {})


def _answer(response: Response, part: Part, url: str) -> int | None:
    """Make the part ready for what follows, and return how large the file will be."""
    status = response.status_code
    if status == HTTPStatus.PARTIAL_CONTENT:
        return _rest(response, part)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.drop()
        raise BrokenOff("the file on the server is another now", answered=True)
    if status != HTTPStatus.OK:
        raise _failure(response)
    total = _number(response.headers.get("Content-Length", ""))
    part.begin(url, response, total)
    return total


def _rest(response: Response, part: Part) -> int | None:
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    total = _number(found[2]) if found else None
    # Not every server heeds If-Range.
    now = {"total": total, "etag": response.headers.get("ETag"), "modified": response.headers.get("Last-Modified")}
    said = part.said
    changed = any(value is not None and value != said.get(name) for name, value in now.items())
    unsafe = is_plain(origin(response)) and not is_plain(str(said.get("came")))
    if not found or int(found[1]) != part.size or changed or unsafe:
        part.drop()
        raise BrokenOff("the file on the server has changed", answered=True)
    return said.get("total") if total is None else total


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _receive(response: Response, part: Part, total: int | None, moved: Callable[[int, int | None], None], timeout: float) -> None:
    done = part.size
    moved(done, total)
    with space_for(part.path), part.path.open("ab") as file, _words(answered=True, timeout=timeout):
        # As they come: what a server calls its encoding may be the file's own, as of a .gz.
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            file.write(chunk)
            done += len(chunk)
            moved(done, total)
    if total is not None and done < total:
        raise BrokenOff(f"the connection broke off at {done:,} of {total:,} bytes", answered=True)
    if total is not None and done > total:
        part.drop()
        raise BrokenOff(f"{done:,} bytes came, and the server said {total:,}", answered=True)


def _failure(response: Response) -> Exception:
    status = response.status_code
    if status in _PASSING:
        wait = _number(response.headers.get("Retry-After", "")) or 0
        return BrokenOff(f"the server answers {_named(status)}", answered=True, wait=min(float(wait), 60.0))
    return Refused(_REFUSED.get(status, f"the server answers {_named(status)}, and no file"))


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


@contextmanager
def _words(*, answered: bool, timeout: float) -> Iterator[None]:
    """Say in words what two libraries raise."""
    from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, RequestException, TooManyRedirects
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (InvalidSchema, InvalidURL, MissingSchema) as error:
        raise Refused("it is no address that starts with http:// or https://") from error
    except TooManyRedirects as error:
        raise Refused("the server sends one in circles") from error
    except (RequestException, HTTPError) as error:
        why, lasting = _why(error, timeout)
        raise (Refused(why) if lasting else BrokenOff(why, answered=answered)) from error
    except ValueError as error:
        # Of addresses and lengths that are none, both libraries let some pass.
        raise BrokenOff("the server answers what makes no sense", answered=answered) from error


def _why(error: Exception, timeout: float) -> tuple[str, bool]:
    """Return what went wrong, and whether it will do so again."""
    from requests.exceptions import ProxyError, Timeout
    from urllib3.exceptions import TimeoutError as Late

    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({cause.verify_message or cause.reason})", True
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection comes about ({cause.reason or cause})", True
        if isinstance(cause, ProxyError):
            return "the proxy does not pass it on (see HTTP_PROXY, HTTPS_PROXY and NO_PROXY)", False
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "its server is not found: this machine is offline, or needs a proxy (HTTPS_PROXY)", False
        if isinstance(cause, ConnectionRefusedError):
            return "its server refuses the connection", False
        if isinstance(cause, OSError) and cause.errno in _NO_NETWORK:
            return "there is no way to its server: this machine is offline, or needs a proxy (HTTPS_PROXY)", False
    if any(isinstance(cause, (Timeout, Late, TimeoutError)) for cause in causes):
        return f"the server is silent for {timeout:g} s", False
    return "the connection broke off", False


def _causes(error: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[BaseException]:
    """Go through an error and all that it wraps: libraries differ in where they put it."""
    if id(error) in seen:
        return
    yield error
    seen |= {id(error)}
    for inner in (*error.args, getattr(error, "reason", None), error.__cause__, error.__context__):
        if isinstance(inner, BaseException):
            yield from _causes(inner, seen)
