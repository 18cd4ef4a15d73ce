"""imbalanced-learn's samplers on images, without their traps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from augbench import TrainingView
from augbench.values.errors import NothingDrawn

SPARE = 10
"""Images asked for beyond those wanted: some divide a small number between two groups until nothing is left of it."""


def drawn(build: Callable[[dict[int, int], int], Any], name: str, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
    """Return ``count`` new images of the target; ``build`` makes a sampler of a strategy and a seed.

    Raise ``NothingDrawn`` where the sampler makes no image, or too few, which some do without a word.
    """
    assert view.target is not None, "learns one class"
    target, class_name, members = view.target, view.classes[view.target], len(view.members())
    seed = int(torch.randint(2**31, (), generator=rng))
    # Floats: on 8-bit integers its differences would wrap around.
    pixels = view.images.take(torch.arange(len(view.labels)).to(view.images.indices_on)).cpu().flatten(1).double().numpy()

    def ask(number: int) -> NDArray[Any]:
        return _made(build({target: members + number}, seed), pixels, view.labels.numpy(), name, class_name)

    # ADASYN rounds what each image of the class is to give, and loses at most half an image each time.
    asked = count + members // 2 + SPARE
    made = ask(asked)
    if len(made) < count:
        # SVM-SMOTE leaves out the share of safe, or endangered, support vectors where it has none: with one seed a constant share.
        made = ask(asked * (count + 1) // max(len(made) - 1, 1) + 1)
    if len(made) < count:
        raise NothingDrawn(name, class_name, f"it made {len(made)} images where {count} were asked for")
    # In random order: some go through the class image by image.
    chosen = torch.from_numpy(made)[torch.randperm(len(made), generator=rng)[:count]]
    return _whole(chosen.view(-1, *view.images.shape), view.images.scale)


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
