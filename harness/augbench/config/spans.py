"""Find where every key and value of a TOML document stands.

``tomllib`` gives values without positions.  A document that it accepted is valid, so this scanner only has to skip
values, never to judge them::

    document = { header | pair }          header = "[" key "]" | "[[" key "]]"
    pair     = key "=" value              key    = name { "." name }
    value    = string | "[" values "]" | "{" pairs "}" | anything up to , ] } # or the line's end

Nesting is followed with a list, not with calls, and is bounded.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]
DEPTH = 64
"""Tables and lists within each other; nothing in a matrix comes near."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BRACKETS = re.compile(rf"{_STRING.pattern}|#[^\n]*|[\[{{]|[\]}}]", re.DOTALL)


class Span(NamedTuple):
    """Where a key and its value stand, as offsets; an item of a list is its own key."""

    key: int
    key_end: int
    value: int
    end: int


class TooDeep(Exception):
    """Tables or lists are nested beyond ``DEPTH``."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"nested more than {DEPTH} deep at offset {offset}")


def spans(text: str) -> dict[Path, Span]:
    """Return the span of every key and list item of a valid TOML text whose lines end in \\n.  Raise ``TooDeep``."""
    return _Scanner(text).document()


def depth_exceeded(text: str) -> int:
    """Return the offset of the first bracket beyond ``DEPTH``, valid TOML or not, or 0."""
    depth = 0
    for match in _BRACKETS.finditer(text):
        token = match.group()
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        if depth > DEPTH:
            return match.start()
    return 0


@dataclass
class _Open:
    """A list or inline table whose end has not been reached."""

    path: Path
    key: tuple[int, int] | None
    start: int
    close: str
    items: int = 0


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Span] = {}
        self.last: dict[Path, int] = {}  # array of tables -> index of its newest item

    def document(self) -> dict[Path, Span]:
        prefix: Path = ()
        while self.skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                prefix = self.header()
            else:
                path, key = self.pair(prefix)
                self.value(path, key)
        return self.found

    def header(self) -> Path:
        many = 1 + self.text.startswith("[[", self.at)
        self.at += many
        path: Path = ()
        names = self.key(())
        for place, (name, start, end) in enumerate(names, 1):
            path += (name,)
            self.found.setdefault(path, Span(start, end, start, end))
            if many == 2 and place == len(names):
                self.last[path] = self.last.get(path, -1) + 1
            if path in self.last:
                path += (self.last[path],)
        # Its own header tells more than a subtable's that came first.
        self.found[path] = Span(start, end, start, end)
        self.at += many
        return path

    def pair(self, prefix: Path) -> tuple[Path, tuple[int, int]]:
        """Read a key and its equals sign."""
        path = prefix
        for name, start, end in self.key(prefix):
            path += (name,)
            self.found.setdefault(path, Span(start, end, start, end))
        self.at += 1  # "="
        self.skip(_SPACE)
        return path, (start, end)

    def key(self, prefix: Path) -> list[tuple[str, int, int]]:
        """Read a dotted key: each name and where it stands."""
        names: list[tuple[str, int, int]] = []
        while True:
            start = self.skip(_SPACE)
            if len(prefix) + len(names) >= DEPTH:
                raise TooDeep(start)
            raw = self.take(_STRING if self.text[start] in "\"'" else _BARE)
            names.append((_unquoted(raw), start, self.at))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def value(self, path: Path, key: tuple[int, int] | None) -> None:
        """Skip a value and everything in it."""
        stack: list[_Open] = []
        while True:
            start, letter = self.at, self.text[self.at]
            if letter in "[{":
                if len(path) >= DEPTH:
                    raise TooDeep(start)
                stack.append(_Open(path, key, start, "]" if letter == "[" else "}"))
                self.at += 1
            else:
                self.scalar()
                self.mark(path, key, start)
            while stack:
                self.skip(_BETWEEN)
                if self.text[self.at] != stack[-1].close:
                    break
                self.at += 1
                done = stack.pop()
                self.mark(done.path, done.key, done.start)
            if not stack:
                return
            path, key = self.within(stack[-1])

    def within(self, container: _Open) -> tuple[Path, tuple[int, int] | None]:
        """Name the value that comes next in a list or inline table."""
        if container.close == "}":
            return self.pair(container.path)
        container.items += 1
        return (*container.path, container.items - 1), None

    def scalar(self) -> None:
        if self.text[self.at] in "\"'":
            self.take(_STRING)
        else:
            raw = self.take(_SCALAR)
            self.at -= len(raw) - len(raw.rstrip())

    def mark(self, path: Path, key: tuple[int, int] | None, start: int) -> None:
        first, last = key or (start, self.at)
        self.found[path] = Span(first, last, start, self.at)

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match, f"not TOML at offset {self.at}"
        self.at = match.end()
        return match.group()

    def skip(self, pattern: re.Pattern[str]) -> int:
        self.take(pattern)
        return self.at


def _unquoted(raw: str) -> str:
    if raw[0] not in "\"'":
        return raw
    if raw[0] == "'" or "\\" not in raw:
        return raw[1:-1]
    return str(tomllib.loads(f"k = {raw}")["k"])
