"""Some channels of any data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Len

from augbench import Card, Dataset, Lazy, Probe, Split, Splits
from augbench_datasets._array_errors import NoSuchChannel
from augbench_datasets._wrapper import Wrapper

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class Channels(Wrapper):
    """Another data set, of whose channels some are kept, in a new order or several times: [0, 0, 0] makes colour pictures of grey ones."""

    of: Dataset
    """The data set whose channels are chosen."""
    keep: Annotated[tuple[Annotated[int, Ge(0)], ...], Len(1)]
    """Numbers of the channels that are kept, counted from 0, in their new order."""

    def card(self) -> Card:
        """Return the card of the whole, and say which channels these are."""
        whole = self.of.card()
        return replace(whole, notes=(*whole.notes, self._note()))

    def probe(self) -> Probe:
        """Look at the whole.  Raise ``NoSuchChannel`` where it has fewer channels."""
        import hashlib

        whole = self.of.probe()
        _check(self.keep, whole.channels)
        digest = hashlib.sha256(f"channels {_REVISION} {self.keep} {whole.digest}".encode()).hexdigest()
        return replace(whole, channels=len(self.keep), digest=digest, notes=(*whole.notes, self._note()))

    def load(self) -> Splits:
        """Return the splits; channels are taken out of an image, or ``NoSuchChannel`` is raised, when it is asked for."""
        whole = self.of.load()
        train, test = self._kept(whole.train), self._kept(whole.test)
        return replace(whole, train=train, test=test, validation=whole.validation and self._kept(whole.validation))

    def _kept(self, split: Split) -> Split:
        def chosen(index: int) -> NDArray[Any]:
            image = split.images[index]
            _check(self.keep, image.shape[2])
            return image[:, :, list(self.keep)]

        return replace(split, images=Lazy(len(split.images), chosen))

    def _note(self) -> str:
        return f"of the channels (counted from 0), these are kept: {', '.join(map(str, self.keep))}"


def _check(keep: Sequence[int], channels: int) -> None:
    for number in keep:
        if number >= channels:
            raise NoSuchChannel(number, channels)
