"""Names that a distribution brings which is not installed here: only of such as really exist, and with the command that gets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Known:
    """A component that somebody published."""

    kind: str
    name: str
    install: str
    """A command, and where it works."""


_EXAMPLE = "pip install ./examples/augbench-gridmix, in a copy of augbench's repository,"
KNOWN = (
    Known(kind="augmenter", name="grid-mix", install=_EXAMPLE),
    Known(kind="sampler", name="effective-sampling", install=_EXAMPLE),
)


def sources(kind: str, name: str) -> Iterator[str]:
    """Say how to get what a name means."""
    yield from (f"{one.install} provides it" for one in KNOWN if (one.kind, one.name) == (kind, name))
