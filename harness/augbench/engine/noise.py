"""Made-up images to time components on: noise, in classes as uneven as those that people have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from augbench.engine.material import Material
from augbench.values.data import Lazy, Split, Splits

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

COUNTS = (600, 360, 360, 60, 24, 14, 10)
"""Images of each class."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What everything is timed on."""

    device: torch.device
    size: int = 64
    batch: int = 32
    channels: int = 3
    limit: float
    """Seconds that one call may take."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return channels, height and width of an image."""
        return self.channels, self.size, self.size

    def material(self) -> Material:
        """Return the images as a data set; none is made before it is asked for."""
        import numpy as np

        labels = np.repeat(np.arange(len(COUNTS), dtype=np.int64), COUNTS)
        ids = tuple(f"noise/{place}" for place in range(len(labels)))
        split = Split(images=Lazy(len(labels), self._image), labels=labels, ids=ids)
        classes = tuple("abcdefg")
        return Material(name="noise", splits=Splits(classes=classes, train=split, test=split), resize=None)

    def _image(self, place: int) -> NDArray[Any]:
        import numpy as np

        return np.random.default_rng(place).integers(0, 256, (self.size, self.size, self.channels), dtype=np.uint8)
