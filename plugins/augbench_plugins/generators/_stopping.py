"""Which iteration of a fit is kept, judged from the readings of its losses or of its quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor, nn

# Share of the highest average below which the critic has learnt.
FALLEN = 0.5


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a rule says after the latest reading."""

    best: int
    """Position of the reading to keep so far."""
    over: bool
    """Whether no further reading can change it."""


class Rule(Protocol):
    """Chooses among readings."""

    @property
    def watches(self) -> str:
        """The curve that it judges."""

    def judge(self, values: Sequence[float]) -> Verdict:
        """Choose among all readings so far, of which there is one at least."""


@dataclass(frozen=True, kw_only=True)
class Lowest:
    """Keep the lowest reading of a distance."""

    watches: str
    patience: int
    """Readings without a lower one that end the fit."""

    def judge(self, values: Sequence[float]) -> Verdict:
        """Return the first of the lowest."""
        best = min(range(len(values)), key=values.__getitem__)
        return Verdict(best=best, over=len(values) - 1 - best >= self.patience)


@dataclass(frozen=True, kw_only=True)
class Plateau:
    """Keep the reading from which |critic loss| no longer decreases or starts increasing (Rana 2022)."""

    watches: str = "critic loss"
    window: int
    """Readings of one moving average."""
    patience: int
    """Readings without a lower average that end the fit."""

    def judge(self, losses: Sequence[float]) -> Verdict:
        """Return the lowest moving average of |losses| after their highest one.

        A critic starts from scores near zero: its loss grows before it can decrease, so what comes before the highest
        average is the start.  Once the average has fallen to half of that, growth is an increase and no start.  A loss
        that only grows ends no fit; its last reading is kept.
        """
        sizes = [abs(loss) for loss in losses]
        averages = [sum(sizes[end - self.window : end]) / self.window for end in range(self.window, len(sizes) + 1)]
        if not averages:
            return Verdict(best=len(sizes) - 1, over=False)
        best = peak = 0
        for position, average in enumerate(averages):
            if average > averages[peak] and averages[best] > FALLEN * averages[peak]:
                best = peak = position
            elif average < averages[best]:
                best = position
            elif position - best >= self.patience:
                return Verdict(best=best + self.window - 1, over=True)
        return Verdict(best=best + self.window - 1, over=False)


class Kept:
    """The weights that are chosen so far, on the CPU."""

    def __init__(self) -> None:
        self.iteration = 0
        self.tensors: dict[str, Tensor] = {}

    def take(self, iteration: int, network: nn.Module) -> None:
        """Keep a network's weights of this iteration in place of what was kept."""
        self.iteration = iteration
        # Copies: on the CPU the network would go on writing into its own.
        self.tensors = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in network.state_dict().items()}

    def ends(self, rule: Rule, iteration: int, values: Sequence[float], network: nn.Module) -> bool:
        """Keep the network's weights if the latest of ``values`` is the best reading; tell whether the fit is over."""
        verdict = rule.judge(values)
        if verdict.best == len(values) - 1:
            self.take(iteration, network)
        return verdict.over
