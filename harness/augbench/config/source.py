"""Texts with positions: what was written, and where."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from augbench.config import spans
from augbench.values.errors import ConfigError, Position, Problem

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, eq=False)
class Source:
    """A text that settings were read from; its lines end in \\n."""

    name: str
    """As the user knows it: a path, or ``--set``."""
    text: str
    folder: Path
    """What relative paths are relative to."""
    unsaid: int = 0
    """Characters at its start that nobody has written: the key of what stands alone on a command line."""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def position(self, start: int, end: int) -> Position:
        """Turn offsets into a place; what goes on over several lines is underlined to the first one's end."""
        line = bisect_right(self._starts, start)
        first = self._starts[line - 1]
        last = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        width = max(1, min(end, last) - start)
        first = max(first, self.unsaid)
        return Position(self.name, line, max(start, first) - first + 1, self.text[first:last], width)


class Origin(NamedTuple):
    """Where a key and its value were written."""

    source: Source
    span: spans.Span

    @property
    def key(self) -> Position:
        """Return the place of the key."""
        return self.source.position(self.span.key, self.span.key_end)

    @property
    def value(self) -> Position:
        """Return the place of the value."""
        return self.source.position(self.span.value, self.span.end)


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A value of a TOML document that knows where it was written; never changed, so shared freely."""

    value: Any
    """A scalar, a ``dict[str, Node]`` or a ``tuple[Node, ...]``."""
    origin: Origin

    def plain(self) -> Any:
        """Return the value without positions, lists as tuples."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(child.plain() for child in self.value)
        return self.value

    def without(self, *keys: str) -> Node:
        """Return the table without some of its keys."""
        return Node({key: child for key, child in self.value.items() if key not in keys}, self.origin)


def decoded(raw: bytes, name: str) -> str:
    """Read bytes as a text whose lines end in \\n.  Raise ``ConfigError`` with the place of what is no UTF-8."""
    if raw[:3] == b"\xef\xbb\xbf":
        # TOML 1.0 does not know byte order marks, and tomllib calls them an invalid statement.
        where = Position(name, 1, 1)
        raise ConfigError([Problem("the file starts with a byte order mark", where, "save it as UTF-8 without BOM")])
    try:
        return raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        where = Position(name, line, column)
        raise ConfigError([Problem(f"not UTF-8: byte 0x{raw[error.start]:02x}", where, "save the file as UTF-8")]) from None


def parse(source: Source) -> Node:
    """Read a TOML text.  Raise ``ConfigError`` with the place of what is no TOML."""
    try:
        document = tomllib.loads(source.text)
        found = spans.spans(source.text)
    except (RecursionError, spans.TooDeep) as error:
        offset = error.offset if isinstance(error, spans.TooDeep) else spans.depth_exceeded(source.text)
        raise _refusal(source, f"tables and lists are nested more than {spans.DEPTH} deep", offset) from None
    except ValueError as error:
        # Not only TOMLDecodeError: Python refuses to read integers of thousands of digits.
        raise _refusal(source, *_placed(source, str(error))) from None
    return _node(document, (), found, source)


def grow(value: Any, origin: Origin) -> Node:
    """Turn a plain value that was written in code into a node, with the place where the user asked for it."""
    if isinstance(value, Mapping):
        return Node({key: grow(child, origin) for key, child in value.items()}, origin)
    if isinstance(value, list | tuple):
        return Node(tuple(grow(child, origin) for child in value), origin)
    return Node(value, origin)


def _node(value: Any, path: spans.Path, found: Mapping[spans.Path, spans.Span], source: Source) -> Node:
    origin = Origin(source, found.get(path, spans.Span(0, 0, 0, 0)))
    if isinstance(value, dict):
        return Node({key: _node(child, (*path, key), found, source) for key, child in value.items()}, origin)
    if isinstance(value, list):
        return Node(tuple(_node(child, (*path, index), found, source) for index, child in enumerate(value)), origin)
    return Node(value, origin)


def _placed(source: Source, message: str) -> tuple[str, int]:
    """Split tomllib's message into its words and the offset that it names."""
    place = _PLACE.search(message)
    if place is None:
        return message, 0
    words = message[: place.start()]
    if place[1] is None:
        return f"{words}: the file ends too early", max(0, len(source.text.rstrip()) - 1)
    return words, source._starts[int(place[1]) - 1] + int(place[2]) - 1


def _refusal(source: Source, message: str, offset: int) -> ConfigError:
    words = f"{message[:1].lower()}{message[1:]}"
    return ConfigError([Problem(f"not valid TOML: {words}" if "nested" not in words else words, source.position(offset, offset + 1))])
