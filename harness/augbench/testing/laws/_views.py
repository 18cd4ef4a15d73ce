"""Small training views, as generators are handed them, and what they learn of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor

from augbench.stages import contents
from augbench.stages.images import ResidentImages
from augbench.testing.checking import NotApplicable
from augbench.values.components import Facts, Reason
from augbench.values.errors import DataError
from augbench.values.synthesis import Fit, Fitted, Generator, TrainingView

CLASSES, COUNTS, TARGET = ("common", "rare", "other"), (12, 9, 10), 1
SIDES = (16, 32, 64, 128)
"""Heights and widths; each component is shown the smallest that it supports."""
KINDS = {"uint8": 255.0, "uint16": 65535.0}
FIELDS: Mapping[str, Any] = {"iterations": 2, "batch_size": 4, "n_critic": 2, "lr": 1e-3}
"""Values of the fields of ``fit`` that a generator uses; the others stay as a matrix leaves them."""


@dataclass(kw_only=True)
class Opinion:
    """A judge that remembers what it was shown, and calls all of it the same."""

    checks: int = 2
    images: int = 3
    shown: list[Any]

    def __call__(self, images: Tensor) -> dict[str, float]:
        """Return numbers of the right names."""
        self.shown.append(images)
        return {"kid": 0.5, "frechet": 2.0, "precision": 0.5, "recall": 0.5}


def views(component: Generator) -> Iterator[TrainingView]:
    """Yield a view of each number of channels that the component supports: colour of 8 bits, grey of 16."""
    found = 0
    reason: Reason | None = None
    for channels, kind in ((3, "uint8"), (1, "uint16")):
        side, reason = _side(component, channels)
        seen = view_of(component, channels, side, kind)
        reason = reason or _refusal(component, seen)
        if reason is None:
            found += 1
            yield seen
    if not found:
        raise NotApplicable(f"it supports no small images: {reason}")


def view(component: Generator) -> TrainingView:
    """Return the first view that the component supports."""
    return next(views(component))


def view_of(component: Generator, channels: int, side: int, kind: str) -> TrainingView:
    """Return a view of three classes that noise mixes, each a little brighter than the one before."""
    labels = np.repeat(np.arange(len(CLASSES)), COUNTS)
    pixels = np.random.default_rng(channels).integers(40, 200, (len(labels), channels, side, side)) + 5 * labels[:, None, None, None]
    scale = KINDS[kind]
    cpu = torch.device("cpu")
    return TrainingView(
        images=ResidentImages.of((pixels * (scale / 255)).astype(kind), scale, cpu),
        labels=torch.from_numpy(labels),
        classes=CLASSES,
        target=None if component.covers == "all" else TARGET,
        settings=Fit(**{name: value for name, value in FIELDS.items() if name in component.uses}),
        device=cpu,
        judge=Opinion(shown=[]) if component.judged else None,
    )


def facts(channels: int, side: int, *, judged: bool = True) -> Facts:
    """Return what is known of a view before it is learnt."""
    rare = CLASSES[TARGET]
    return Facts(
        shape=(channels, side, side),
        classes=CLASSES,
        counts=COUNTS,
        minority=(rare,),
        batch_size=8,
        mix={"generated": 1.0},
        n={rare: 1},
        bank_size={rare: 3},
        judged=judged,
    )


def rng(seed: int = 0) -> torch.Generator:
    """Return a stream."""
    return torch.Generator().manual_seed(seed)


def fitted(component: Generator, seen: TrainingView, seed: int = 0, progress: Callable[..., None] | None = None) -> Fitted:
    """Fit the component to a view."""
    return component.fit(seen, rng(seed), progress or silent)


def drawn(component: Generator, found: Fitted, seen: TrainingView, count: int = 3, seed: int = 1) -> Tensor:
    """Draw images of the rare class, whatever the component was fitted to."""
    return component.sample(found, replace(seen, target=TARGET), count, rng(seed))


def filed(found: Fitted) -> Fitted:
    """Write what was fitted down, and read it again."""
    with TemporaryDirectory() as folder:
        contents.save_fitted(Path(folder), found)
        return contents.load_fitted(Path(folder))


def differs(first: Fitted, second: Fitted) -> str:
    """Name the first part in which two fits differ; empty where there is none."""
    if first.tensors.keys() != second.tensors.keys():
        return "the names of tensors"
    for name, tensor in first.tensors.items():
        if tensor.dtype != second.tensors[name].dtype or not torch.equal(tensor.cpu(), second.tensors[name].cpu()):
            return f"tensor '{name}'"
    return next((name for name in ("numbers", "curves", "chosen") if _plain(first, name) != _plain(second, name)), "")


def _plain(found: Fitted, name: str) -> object:
    value = getattr(found, name)
    if name != "curves":
        return dict(value) if isinstance(value, Mapping) else value
    # A list does as well as a tuple.
    return {curve: [tuple(point) for point in points] for curve, points in value.items()}


def _side(component: Generator, channels: int) -> tuple[int, Reason | None]:
    reasons = {side: component.supports(facts(channels, side)) for side in SIDES}
    return next(((side, None) for side, reason in reasons.items() if reason is None), (SIDES[0], reasons[SIDES[0]]))


def _refusal(component: Generator, seen: TrainingView) -> Reason | None:
    """Tell why a generator has no use for 16 bits, of which ``supports`` knows nothing."""
    try:
        if seen.images.scale > 255:
            drawn(component, fitted(component, seen), seen, 1)
    except DataError as error:
        return Reason(str(error))
    return None


def silent(done: int, total: int, **numbers: float) -> None:
    """Hear of progress."""
