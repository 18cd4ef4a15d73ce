"""A test of paired differences that keeps the laws, and one for each law that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from augbench import Component, PairedTest, evidence, statistics


@dataclass(frozen=True, kw_only=True)
class Signs(PairedTest):
    """The mean difference among those under all patterns of signs."""

    def test(self, differences: Any) -> evidence.Tested | None:
        found = statistics.tested("sign-flip", self.seen(differences), "seed")
        return found and replace(found, p=self.p(differences, found.p))

    def smallest_p(self, pairs: int) -> float:
        return statistics.smallest_p(pairs)

    def seen(self, differences: Any) -> Any:
        return differences

    def p(self, differences: Any, p: float) -> float:
        return p


class BeyondOne(Signs):
    def p(self, differences, p):
        return 1.5 if p == 1 else p


class OneSided(Signs):
    def p(self, differences, p):
        return p if differences.mean() > 0 else 1.0


class LatePairsCountMore(Signs):
    def seen(self, differences):
        return differences * np.linspace(1, 5, len(differences))


class ConvincedByNothing(Signs):
    def p(self, differences, p):
        return p if differences.any() else 0.01


class Eager(Signs):
    def p(self, differences, p):
        return p if p == 1 else max(self.smallest_p(len(differences)), p / 6)


class TooModest(Signs):
    def smallest_p(self, pairs):
        return min(1.0, 2 * super().smallest_p(pairs))


class TooBold(Signs):
    def smallest_p(self, pairs):
        return super().smallest_p(pairs) / 2


class Sorts(Signs):
    def seen(self, differences):
        differences.sort()
        return differences


GOOD: tuple[Component, ...] = (Signs(),)
BAD: dict[str, Component] = {
    "p-is-a-probability": BeyondOne(),
    "two-sided": OneSided(),
    "order-of-pairs": LatePairsCountMore(),
    "no-difference": ConvincedByNothing(),
    "chance": Eager(),
    "smallest-p-is-the-smallest": TooModest(),
    "smallest-p-is-reached": TooBold(),
    "nothing-is-written-to": Sorts(),
}
