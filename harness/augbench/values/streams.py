"""Random streams, named by purpose and identity: who asks first, or beside whom, changes no number."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

Name = str | int | None


@dataclass(frozen=True)
class Streams:
    """The streams of one stage; equal identities give equal numbers, in any order of asking."""

    identity: tuple[tuple[str, Name], ...]

    @classmethod
    def of(cls, **identity: Name) -> Streams:
        """Name the streams of a stage: ``Streams.of(seed=0, data=digest, fold=3)``."""
        return cls(tuple(sorted(identity.items())))

    def seed(self, name: str, **within: Name) -> int:
        """Return the seed of a stream, 0 <= seed < 2**63."""
        text = json.dumps([name, self.identity, sorted(within.items())], separators=(",", ":"))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1

    def rng(self, name: str, **within: Name) -> torch.Generator:
        """Return a fresh CPU stream: ``rng("train/augment.rotated", block=4)``."""
        import torch

        return torch.Generator().manual_seed(self.seed(name, **within))
