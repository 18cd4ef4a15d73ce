"""What a picture is made of, and which pictures can be one data set's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from augbench import OddImage
from augbench_datasets._errors import NoConversion

Channels = Literal["rgb", "grey"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Channels of a picture, and their bits."""

    channels: int
    bits: Literal[8, 16] = 8

    def __str__(self) -> str:
        name = {1: "grey", 3: "rgb"}.get(self.channels, f"{self.channels}-channel")
        return name if self.bits == 8 else f"{self.bits}-bit {name}"

    def becomes(self, channels: Channels | None) -> int:
        """Return how many channels there are after conversion."""
        return {"rgb": 3, "grey": 1, None: self.channels}[channels]

    def converts(self, channels: Channels) -> bool:
        """Tell whether a conversion loses nothing but colour."""
        return self.channels == 1 or (self.channels == 3 and (self.bits == 8 or channels == "rgb"))


def check_kind(found: Kind, name: Path | str, expected: Kind, channels: Channels | None) -> None:
    """Raise ``OddImage`` where a picture cannot be like the first, ``NoConversion`` where it cannot become what is wanted."""
    if channels is not None and not found.converts(channels):
        raise NoConversion(name, str(found), channels)
    if found.bits != expected.bits:
        raise OddImage(name, str(found), str(expected), "bring all to 8 bits")
    if found == expected or channels is not None:
        return
    some = found.converts("rgb") and expected.converts("rgb")
    hint = 'set channels = "rgb" (or "grey") to convert all' if some else "bring all to the same channels"
    raise OddImage(name, str(found), str(expected), hint)
