"""A page of documentation as a script: the files that it shows, the commands that it tells, and what it says comes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"# ([\w./-]+\.\w+)")
_SHELL, _SESSION = "sh", "console"


@dataclass(frozen=True, kw_only=True)
class File:
    """A block that starts with the path of a file as a comment."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line that a reader types."""

    line: str
    output: str | None = None
    """What comes of it: lines, of which ``...`` stands for any others; None where the page does not say."""


def steps(page: str) -> Iterator[File | Command]:
    """Find the files and commands of a page, from top to bottom; other blocks are none of either."""
    for language, block in _FENCE.findall(page):
        if language == _SHELL:
            yield from (Command(line=line) for line in block.splitlines() if line.strip())
        elif language == _SESSION:
            yield from _session(block)
        elif title := _TITLE.fullmatch(block.partition("\n")[0]):
            yield File(path=title[1], text=block)


def _session(block: str) -> Iterator[Command]:
    first, *rest = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert not first, f"a session starts with '$ ', not with {first!r}"
    for part in rest:
        line, _, output = part.partition("\n")
        yield Command(line=line, output=output)


def agrees(written: str, seen: str) -> bool:
    """Tell whether an output is what a page says, whatever the numbers and the widths of tables are."""
    parts = [re.escape(_plain(line)) for line in written.strip("\n").splitlines()]
    pattern = "\n".join(part.replace(r"\.\.\.", ".*") for part in parts)
    return re.fullmatch(pattern, "\n".join(map(_plain, seen.strip("\n").splitlines())), re.DOTALL) is not None


def _plain(line: str) -> str:
    return " ".join(re.sub(r"\d+(?:[.,]\d+)*", "0", line).split())
