"""Laws raise no alarm about components that are odd, and keep their kind's contract all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from augbench import (
    Backbone,
    Comparison,
    DataError,
    Dataset,
    Facts,
    FeatureNetwork,
    Features,
    Fitted,
    Generator,
    Metric,
    Network,
    NotFetched,
    PairedTest,
    Reason,
    Report,
    Resize,
    evidence,
)
from augbench.testing import Check, judge
from augbench.values.components import Component
from support.toys import Dots, Linear, MeanNoise

pytestmark = pytest.mark.slow

KINDS = ("backbone", "dataset", "executor", "features", "generator", "metric", "report", "resize", "test")


def verdicts(component: Component, only: str = "") -> Iterator[tuple[str, str, str]]:
    """Judge a component by the laws of its kind alone, or by one of them."""
    laws = import_module(f"augbench.testing.laws.{component.kind}")
    checks = [Check(function=function) for name, function in vars(laws).items() if name.startswith("check_")]
    chosen = [check for check in checks if only in ("", check.name)]
    return ((verdict.check, verdict.status, verdict.why) for verdict in judge(component, chosen))


def alarms(component: Component) -> list[tuple[str, str, str]]:
    return [found for found in verdicts(component) if found[1] == "broken"]


@pytest.mark.parametrize("kind", KINDS)
def test_good_components_keep_every_law(kind):
    for component in import_module(f"harness.testing.bad.{kind}").GOOD:
        assert alarms(component) == []


@dataclass(frozen=True, kw_only=True)
class EightBitsOf64(Generator):
    """Repeats one real image with noise: 64 pixels of colour, or of grey in 8 bits, and says so."""

    uses: ClassVar[tuple[str, ...]] = ()

    def supports(self, facts: Facts) -> Reason | None:
        return None if facts.shape[1:] == (64, 64) else Reason("makes images of 64 x 64")

    def fit(self, view, rng, progress, resume=None):
        if view.images.scale > 255:
            raise DataError("images of 16 bits cannot be copied")
        return Fitted(tensors={"image": view.images.take(view.members()[:1])}, curves={"nothing": [[1, 0.5]]})

    def sample(self, fitted, view, count, rng):
        noise = torch.randint(-3, 4, (count, *view.images.shape), generator=rng)
        return (fitted.tensors["image"].int() + noise).clamp(0, 255).to(torch.uint8)


@dataclass(frozen=True, kw_only=True)
class Nowhere(MeanNoise):
    """Has no use for any small image."""

    def supports(self, facts):
        return Reason("wants images of 1024 x 1024")


class _Fixed(nn.Module):
    """Takes images of 24 x 24 alone; its body is frozen, and one head is never used."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Conv2d(channels, 8, 24).requires_grad_(False)
        self.head, self.spare = nn.Linear(8, classes), nn.Linear(2, 2)

    def forward(self, images):
        assert images.shape[-2:] == (24, 24)
        return self.head(self.body(images).flatten(1))


@dataclass(frozen=True, kw_only=True)
class Fixed(Backbone):
    """A network of one size."""

    def build(self, context):
        return Network(module=_Fixed(context.channels, context.classes), mean=(0.5,), sd=(0.0,), size=(24, 24))


@dataclass(frozen=True, kw_only=True)
class FromAFile(Linear):
    """Starts from weights that are the same for every seed."""

    def content(self):
        return "sha256 of a file"

    def build(self, context):
        network = super().build(context)
        for weight in network.module.parameters():
            nn.init.constant_(weight, 0.01)
        return network


@dataclass(frozen=True, kw_only=True)
class GreyAlone(Features):
    """Looks at grey images."""

    def supports(self, facts):
        return None if facts.shape[0] == 1 else Reason("wants grey images")

    def build(self, channels):
        return FeatureNetwork(module=nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten()).eval(), name="grey", digest="0" * 64)


@dataclass(frozen=True, kw_only=True)
class AnySize(Dots):
    """Images of several sizes, in one split fewer."""

    validation: tuple[int, ...] = ()

    def probe(self):
        return replace(super().probe(), size=None)

    def _split(self, name, counts):
        split = super()._split(name, counts)
        return replace(split, images=[image[: 3 + place % 5] for place, image in enumerate(split.images)])


@dataclass(frozen=True, kw_only=True)
class Elsewhere(Dataset):
    """Has not been fetched yet."""

    def probe(self):
        raise NotFetched("cells.zip", "cells")

    def load(self):
        raise NotFetched("cells.zip", "cells")


@dataclass(frozen=True, kw_only=True)
class Tall(Resize):
    """Cuts off the lower part of what is wide enough, and turns nothing else away."""

    def shape(self):
        return 8, 20

    def check(self, height, width):
        if width != 20 or height < 8:
            raise DataError("not as wide as 20, or lower than 8")

    def apply(self, image):
        self.check(*image.shape[:2])
        return image[:8]


@dataclass(frozen=True, kw_only=True)
class WorstClass(Metric):
    """Error of the class that is recognised worst, in percent."""

    higher_is_better: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 100.0)

    def measure(self, predictions):
        wrong = predictions.labels != predictions.predicted
        return max(100 * float(wrong[predictions.labels == label].mean()) for label in np.unique(predictions.labels))


@dataclass(frozen=True, kw_only=True)
class DrawnPatterns(PairedTest):
    """A sign-flip test by 999 random patterns, of the differences that are not 0."""

    replicates: int = 999

    def test(self, differences: Any) -> evidence.Tested | None:
        values = differences[differences != 0]
        if len(values) < 2:
            return None
        signs = np.random.default_rng(0).choice([-1, 1], (self.replicates, len(values)))
        reached = int((np.abs(signs @ values) >= abs(values.sum()) * (1 - 1e-9)).sum())
        p = (reached + 1) / (self.replicates + 1)
        return evidence.Tested(name="drawn", p=p, statistic=None, method="drawn", n=len(values), unit="seed", smallest_p=0.0)

    def smallest_p(self, pairs: int) -> float:
        return min(1.0, max(2.0 ** (1 - pairs), 1 / (self.replicates + 1)))


@dataclass(frozen=True, kw_only=True)
class Pictures(Report):
    """Bytes in a folder of their own, and a page that quotes names within a script."""

    names: tuple[str, ...] = field(default=("first", "second"))

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        (folder / "pictures").mkdir()
        paths = [folder / "pictures" / f"{name}.bin" for name in self.names]
        for path in paths:
            path.write_bytes(bytes(range(256)))
        page = folder / "page.html"
        label = comparison.title.replace("</", "<\\/")
        page.write_text(f"<script type='text/plain'>{label}</script>", "utf-8")
        return page, *paths


@pytest.mark.parametrize(
    "component",
    [
        EightBitsOf64(),
        Nowhere(),
        Fixed(),
        FromAFile(),
        GreyAlone(),
        AnySize(),
        Elsewhere(),
        Tall(),
        WorstClass(),
        DrawnPatterns(),
        Pictures(),
    ],
    ids=lambda component: type(component).__name__,
)
def test_there_is_no_alarm(component):
    assert alarms(component) == []


@pytest.mark.parametrize(
    ("component", "why"),
    [
        (Nowhere(), "it supports no small images: wants images of 1024 x 1024"),
        (Elsewhere(), "'cells.zip' is not there; get it with 'bench datasets fetch cells', or say where its files lie: path = \"FOLDER\""),
    ],
    ids=["too small", "not fetched"],
)
def test_what_cannot_be_judged_says_why(component, why):
    assert why in {reason for _, status, reason in verdicts(component) if status == "not applicable"}


@pytest.mark.parametrize(
    ("kind", "check", "said"),
    [
        ("backbone", "size", "size is (32.0, 32.0)"),
        ("dataset", "ids", "3 images are called '0'"),
        ("dataset", "no-network", "it reaches for 192.0.2.1; name its files in downloads()"),
        ("executor", "one-outcome-each", "stage 'one' has 2 outcomes"),
        ("features", "evaluation-mode", "the module itself is in training mode; return network.eval()"),
        ("generator", "a-fit-goes-on", "a fit that goes on from the state it kept ends with other bits than an uninterrupted one: numbers"),
        (
            "generator",
            "other-seeds-other-images",
            "fit and sample give equal images for two different rngs; draw from the rng that is passed in",
        ),
        ("metric", "bounds", "the score of 40 ordinary images is 0.8, beyond bounds = (0.0, 0.5)"),
        ("report", "names-are-no-code", "in 'lines.html' a name becomes the element <x-hostile>; escape what names hold"),
        ("resize", "size", "an image [19, 18, 3] becomes [19, 18, 3], not [16, 16, 3]"),
        ("test", "no-difference", "p of five differences of 0 is 0.01; return None, or 1"),
    ],
)
def test_a_broken_law_says_what_was_seen(kind, check, said):
    bad = import_module(f"harness.testing.bad.{kind}").BAD[check]
    assert list(verdicts(bad, check)) == [(check, "broken", said)]
