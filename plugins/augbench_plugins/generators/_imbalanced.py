"""imbalanced-learn's samplers on images, without their traps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench import TrainingView
from augbench.values.errors import NothingDrawn

LEAST_ASKED = 10
"""Some divide a smaller number between images until nothing is left of it."""
MOST_ASKED = 4
"""Times the wanted count that a sampler which rounds its numbers is asked for before it is given up."""


def drawn(build: Callable[[dict[int, int], int], Any], name: str, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
    """Return ``count`` new images of the target; ``build`` makes a sampler of a strategy and a seed.

    Raise ``NothingDrawn`` where the sampler makes no image, which some do without a word.
    """
    assert view.target is not None, "learns one class"
    seed = int(torch.randint(2**31, (), generator=rng))
    # Floats: on 8-bit integers its differences would wrap around.
    pixels = view.images.take(torch.arange(len(view.labels)).to(view.images.indices_on)).cpu().flatten(1).double().numpy()
    labels, members, asked = view.labels.numpy(), int((view.labels == view.target).sum()), max(count, LEAST_ASKED)
    most = MOST_ASKED * asked
    while asked <= most:
        made = _made(build({view.target: members + asked}, seed), pixels, labels, name, view.classes[view.target])
        if len(made) >= count:
            # In random order: some go through the class image by image.
            chosen = torch.from_numpy(made)[torch.randperm(len(made), generator=rng)[:count]]
            return _whole(chosen.view(-1, *view.images.shape), view.images.scale)
        # ADASYN rounds what each image is to give, and may give a few too few.
        asked += asked // 4 + 1
    raise NothingDrawn(name, view.classes[view.target], f"it made {len(made)} images where {count} were asked for")


def _made(sampler: Any, pixels: NDArray[Any], labels: NDArray[Any], name: str, class_name: str) -> NDArray[Any]:
    try:
        resampled, _ = sampler.fit_resample(pixels, labels)
    except (ValueError, RuntimeError) as error:
        raise NothingDrawn(name, class_name, str(error).partition("\n")[0].rstrip(".")) from error
    made: NDArray[Any] = resampled[len(pixels) :]
    if not len(made):
        raise NothingDrawn(name, class_name, "no image of the class lies near the border to other classes")
    return made


def _whole(images: Tensor, scale: float) -> Tensor:
    # Some extrapolate beyond an image: what leaves the range is cut off.
    return images.clamp(0, scale).round_().to(torch.uint8 if scale == 255 else torch.uint16)
