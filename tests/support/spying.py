"""Plugins that look through everything they are handed, as far as attributes, items and closures lead, for anything of the test."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from augbench import Dataset, Split, Splits
from support.toys import Blend, BlendNext, Dots, Entropy, Linear, MeanNoise, Supplement

MARK = 251
"""A value that only test pixels have."""
found: list[str] = []
"""Where anything of the test was found, and in whose hands."""
asked: set[str] = set()
"""Who has looked."""


@dataclass(frozen=True, kw_only=True)
class Marked(Dots):
    """Dots whose test images can be told by their pixels, their labels and their names."""

    path: Path | None = None
    test: tuple[int, ...] = (7, 5, 3)

    def load(self) -> Splits:
        whole = super().load()
        images = [np.full_like(image, MARK) for image in whole.test.images]
        ids = tuple(f"secret-{name}" for name in whole.test.ids)
        return Splits(
            classes=whole.classes,
            train=whole.train,
            validation=whole.validation,
            test=Split(images=images, labels=whole.test.labels, ids=ids),
        )


def things(value: object, where: str, seen: set[int], kept: list[object]) -> Iterator[tuple[str, object]]:
    """Yield all that a value leads to, with the way there."""
    if id(value) in seen or isinstance(value, (type, types.ModuleType)):
        return
    seen.add(id(value))
    # Else an id could be given to another object.
    kept.append(value)
    yield where, value
    for name, part in _parts(value):
        yield from things(part, f"{where}{name}", seen, kept)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield f"[{key!r}]", part
            yield " key", key
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from ((f"[{i}]", part) for i, part in enumerate(value))
    elif isinstance(value, np.ndarray) and value.base is not None:
        yield ".base", value.base
    if isinstance(value, types.FunctionType):
        for i, cell in enumerate(value.__closure__ or ()):
            yield f".closure[{i}]", cell.cell_contents
        yield ".defaults", value.__defaults__
    if isinstance(value, types.MethodType):
        yield ".self", value.__self__
    if isinstance(value, functools.partial):
        yield from ((".func", value.func), (".args", value.args), (".keywords", value.keywords))
    yield from ((f".{name}", part) for name, part in getattr(value, "__dict__", {}).items())
    for kind in type(value).__mro__:
        for name in getattr(kind, "__slots__", ()):
            if isinstance(name, str) and hasattr(value, name):
                yield f".{name}", getattr(value, name)


def is_secret(value: object, labels: tuple[int, ...]) -> bool:
    """Tell whether a value is of the test: pixels, labels, names, the file of its pixels, or what would load any of it."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.size:
        mark = MARK / 255 if value.dtype.kind == "f" else MARK
        return bool(np.isclose(value, mark, rtol=0, atol=1e-7).any()) or tuple(value.ravel().tolist()) == labels
    if isinstance(value, (str, Path)):
        return "secret" in str(value) or Path(str(value)).name.startswith("test.")
    return isinstance(value, (Dataset, Splits, Split))


def look(who: str, **handed: Any) -> None:
    """Look through what a plugin was handed."""
    asked.add(who)
    labels = tuple(Marked().load().test.labels.tolist())
    seen: set[int] = set()
    kept: list[object] = []
    for name, value in handed.items():
        found.extend(f"{who}: {where}" for where, part in things(value, name, seen, kept) if is_secret(part, labels))


@dataclass(frozen=True, kw_only=True)
class SpyGenerator(MeanNoise):
    """Looks before it learns, and before it draws."""

    judged = True

    def fit(self, view, rng, progress, resume=None):
        look("generator.fit", view=view, rng=rng, progress=progress, resume=resume, self=self)
        return super().fit(view, rng, progress, resume)

    def sample(self, fitted, view, count, rng):
        look("generator.sample", fitted=fitted, view=view, rng=rng)
        return super().sample(fitted, view, count, rng).clamp(0, 200)


@dataclass(frozen=True, kw_only=True)
class SpyAugmenter(Blend):
    """Looks before it draws, and before it mixes."""

    def draw(self, context, rng):
        look("augmenter.draw", context=context, rng=rng)
        return super().draw(context, rng)

    def apply(self, sources, draw):
        look("augmenter.apply", sources=sources, draw=draw)
        return super().apply(sources, draw)


@dataclass(frozen=True, kw_only=True)
class SpyTables(BlendNext):
    """Looks at what it may look at."""

    def partners(self, view):
        look("augmenter.partners", view=view)
        return super().partners(view)


@dataclass(frozen=True, kw_only=True)
class SpySampler(Supplement):
    """Looks before it composes."""

    def compose(self, context):
        look("sampler.compose", context=context)
        return super().compose(context)

    def prior(self, context, progress):
        look("sampler.prior", context=context)
        return super().prior(context, progress)


@dataclass(frozen=True, kw_only=True)
class SpyLoss(Entropy):
    """Looks at every step."""

    def loss(self, logits, targets, context):
        look("loss.loss", logits=logits, targets=targets, context=context)
        return super().loss(logits, targets, context)


@dataclass(frozen=True, kw_only=True)
class SpyBackbone(Linear):
    """Looks before it builds; its network is shown test images when it is tested, and learns nothing from them."""

    def build(self, context):
        look("backbone.build", context=context)
        return super().build(context)
