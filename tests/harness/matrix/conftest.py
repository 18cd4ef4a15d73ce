"""Stand-in components and a matrix of the shipped kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from annotated_types import Ge, Gt, Le

from augbench import (
    Augmenter,
    Backbone,
    Dataset,
    Features,
    Generator,
    Loss,
    Metric,
    Optimizer,
    PairedTest,
    Registry,
    Resize,
    Sampler,
    Schedule,
)
from augbench.matrix import Matrix, load_matrix
from augbench.values.errors import ConfigError, Problem


@dataclass(frozen=True, kw_only=True)
class Cells(Dataset):
    """A data set that needs a folder."""

    path: Path = Path("cells")
    shades: tuple[int, int] = (1, 2)

    def probe(self) -> Any:
        """Look."""

    def load(self) -> Any:
        """Load."""


@dataclass(frozen=True, kw_only=True)
class LongTail(Dataset):
    """A data set within a data set."""

    of: Dataset
    ratio: float = 100.0

    def probe(self) -> Any:
        """Look."""

    def load(self) -> Any:
        """Load."""


@dataclass(frozen=True, kw_only=True)
class Square(Resize):
    """A side length, required."""

    size: Annotated[int, Ge(1)]

    def shape(self) -> tuple[int, int]:
        """Return the shape."""
        return self.size, self.size

    def apply(self, image: Any) -> Any:
        """Resize."""


@dataclass(frozen=True, kw_only=True)
class Sgd(Optimizer):
    """SGD."""

    momentum: Annotated[float, Ge(0), Le(1)] = 0.0
    weight_decay: Annotated[float, Ge(0)] = 0.0

    def build(self, parameters: Any, lr: float) -> Any:
        """Build."""


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """Adam."""

    betas: tuple[float, float] = (0.9, 0.999)

    def build(self, parameters: Any, lr: float) -> Any:
        """Build."""


@dataclass(frozen=True, kw_only=True)
class RmsProp(Optimizer):
    """RMSprop."""

    def build(self, parameters: Any, lr: float) -> Any:
        """Build."""


@dataclass(frozen=True, kw_only=True)
class Adversary(Generator):
    """A generator of its own optimizer."""

    optimizer: Optimizer = field(default_factory=lambda: Adam(betas=(0.0, 0.9)))

    def fit(self, view: Any, rng: Any, progress: Any, resume: Any = None) -> Any:
        """Fit."""

    def sample(self, fitted: Any, view: Any, count: int, rng: Any) -> Any:
        """Sample."""


@dataclass(frozen=True, kw_only=True)
class WganDiv(Adversary):
    """Presets and bounds."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "official": {"k": 10.0, "fit": {"iterations": 1000, "batch-size": 64, "n-critic": 4, "lr": 2e-4}},
        "small": {"k": 3.0, "optimizer": "rmsprop", "fit": {"iterations": 200, "lr": 1e-3, "n-critic": 2}},
    }
    k: Annotated[float, Ge(0)] = 2.0
    p: Annotated[float, Ge(2)] = 6.0


@dataclass(frozen=True, kw_only=True)
class WganGp(Adversary):
    """Another one."""

    presets: ClassVar[dict[str, dict[str, Any]]] = WganDiv.presets | {"official": {"fit": {"iterations": 500, "n-critic": 5, "lr": 1e-4}}}


@dataclass(frozen=True, kw_only=True)
class Wgan(Adversary):
    """With clipping."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {"official": {"fit": {"iterations": 500, "batch-size": 8, "n-critic": 5, "lr": 5e-5}}}
    clip: Annotated[float, Gt(0)] = 0.01


@dataclass(frozen=True, kw_only=True)
class Gan(Adversary):
    """Reads no n-critic."""

    uses: ClassVar[tuple[str, ...]] = ("iterations", "batch_size", "lr")
    presets: ClassVar[dict[str, dict[str, Any]]] = {"official": {"fit": {"iterations": 700, "batch-size": 8, "lr": 1e-4}}}


@dataclass(frozen=True, kw_only=True)
class Whole(Adversary):
    """Learns all classes at once."""

    covers: ClassVar[Literal["class", "all"]] = "all"
    uses: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class Mixup(Augmenter):
    """Two sources."""

    arity: ClassVar[int] = 2
    low: Annotated[float, Ge(0), Le(1)] = 0.0
    high: Annotated[float, Ge(0), Le(1)] = 1.0

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"low = {self.low:g} is above high = {self.high:g}")

    def draw(self, context: Any, rng: Any) -> Any:
        """Draw."""

    def apply(self, sources: Any, draw: Any) -> Any:
        """Apply."""


@dataclass(frozen=True, kw_only=True)
class VhMixup(Mixup):
    """Another mix."""


@dataclass(frozen=True, kw_only=True)
class Flips(Augmenter):
    """One source."""

    def draw(self, context: Any, rng: Any) -> Any:
        """Draw."""

    def apply(self, sources: Any, draw: Any) -> Any:
        """Apply."""


@dataclass(frozen=True, kw_only=True)
class Brightness(Flips):
    """One source and a range."""

    low: Annotated[float, Ge(0)] = 0.5
    high: Annotated[float, Ge(0)] = 1.5


@dataclass(frozen=True, kw_only=True)
class Anyhow(Sampler):
    """Some sampler."""

    def compose(self, context: Any) -> Any:
        """Compose."""

    def originals_per_step(self, context: Any) -> int:
        """Count."""
        return 1

    def pool(self, context: Any) -> int:
        """Count."""
        return 1

    def prior(self, context: Any, progress: float) -> Any:
        """Tell."""


@dataclass(frozen=True, kw_only=True)
class Focus(Anyhow):
    """Another sampler."""


@dataclass(frozen=True, kw_only=True)
class Standard(Anyhow):
    """A third sampler."""


@dataclass(frozen=True, kw_only=True)
class CrossEntropy(Loss):
    """A loss."""

    def loss(self, logits: Any, targets: Any, context: Any) -> Any:
        """Return it."""


@dataclass(frozen=True, kw_only=True)
class Timm(Backbone):
    """A family."""

    name: str
    pretrained: bool = True

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return the known ones."""
        return ["resnet34.tv_in1k", "resnet50.tv_in1k"]

    def build(self, context: Any) -> Any:
        """Build."""


@dataclass(frozen=True, kw_only=True)
class Small(Backbone):
    """A network of no family."""

    width: Annotated[int, Ge(1)] = 16

    def build(self, context: Any) -> Any:
        """Build."""


@dataclass(frozen=True, kw_only=True)
class RandomConv(Features):
    """Features of a network."""

    def build(self, channels: int) -> Any:
        """Build."""


@dataclass(frozen=True, kw_only=True)
class Constant(Schedule):
    """A schedule."""

    def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
        """Return one."""
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Step(Constant):
    """Another schedule."""

    step: Annotated[int, Ge(1)] = 10
    gamma: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Rate(Metric):
    """A metric."""

    def measure(self, predictions: Any) -> float:
        """Measure."""
        return 0.0


@dataclass(frozen=True, kw_only=True)
class Beta(Rate):
    """A metric of which there is one for each name, or that needs to be told which."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Signs(PairedTest):
    """A test."""

    def test(self, differences: Any) -> Any:
        """Test."""

    def smallest_p(self, pairs: int) -> float:
        """Say."""
        return 0.0


EXAMPLE = """\
version = 1
title = "Imbalanced blood cells"

[report]
control = "ours"
primary = "macro-f1"
metrics = ["accuracy", "macro-f1"]
test = "auto"
protocol = "rana-2022"
alpha = 0.01

[[report.published]]
label = "as printed"
dataset = "rbc"
macro-f1 = 0.9

[axes]
seed = [0, 1, 2]

[base]
generator = "wgan-div"
sampler = "minority-focus"
batch = { size = 32, n = 1, mix = { generated = 2, linear = 1, rotated = 1 } }
transforms = ["flips", { use = "brightness", low = 0.5, high = 1.5 }]

[base.augment]
linear = { use = "mixup", low = 0.15, high = 0.85, sources = "both", pairing = "same-class" }
rotated = { use = "nonlinear-mixup", low = 0.15, high = 0.85, sources = "both", pairing = "same-class" }

[base.fit]
batch-size = 16
n-critic = 4
lr = 2e-4
scope = "train"

[base.training]
optimizer = { use = "sgd", momentum = 0.9, weight-decay = 1e-4 }
loss = "cross-entropy"
select = "last"

[defaults.generator]
wgan-div = { p = 6, k = 2, optimizer = { use = "adam", betas = [0.0, 0.9] } }
wgan-gp = { optimizer = { use = "adam", betas = [0.0, 0.9] } }
wgan = { clip = 0.01, optimizer = "rmsprop" }
gan = { optimizer = { use = "adam", betas = [0.5, 0.999] } }

[datasets.cell-cycle]
use = "bbbc048"
label = "Cell-cycle phases"
minority = ["Anaphase", "Prophase", "Metaphase", "Telophase"]
folds = 5
resize = { use = "square", size = 64 }

[datasets.cell-cycle.set]
backbone = "timm/resnet34.tv_in1k"
training = { length = { epochs = 200, of = "originals" }, lr = 0.03, schedule = { use = "step", step = 40, gamma = 0.1 } }
fit.pre-augment = 1000

[datasets.cell-cycle.per-class]
Anaphase = { bank.size = 6500, batch.n = 2 }
Metaphase = { bank.size = 6500, batch.n = 2 }
Prophase = { bank.size = 6500, fit = { n-critic = 10, lr = 2e-5 } }
Telophase = { bank.size = 3000 }

[datasets.rbc]
use = "rbc-storage"
label = "RBC morphologies"
minority = ["CrenatedDisc", "SmoothSphere"]
resize = { use = "square", size = 64 }

[datasets.rbc.set]
backbone = "timm/resnet50.tv_in1k"
bank.size = 4000
training = { length = { epochs = 70, of = "originals" }, lr = 0.003, schedule = { use = "step", step = 30, gamma = 0.1 } }

[rows]
ours = { label = "WGAN-div + mixup + nonlinear mixup" }
wgan-gp = { label = "WGAN-GP + mixup + nonlinear mixup", generator = "wgan-gp" }
wgan = { label = "WGAN + mixup + nonlinear mixup", generator = "wgan" }
gan = { label = "GAN + mixup + nonlinear mixup", generator = "gan" }
vh-mixup = { label = "WGAN-div + mixup + nonlinear mixup (Summers)", augment.rotated = "vh-mixup" }
no-rotated = { label = "WGAN-div + mixup", augment.rotated = false, batch.mix = { generated = 2, linear = 2 } }
no-linear = { label = "WGAN-div + nonlinear mixup", augment.linear = false, batch.mix = { generated = 2, rotated = 2 } }
standard = { label = "Standard sampling", sampler = "standard" }
"""

SMALL = """\
[report]
control = "plain"

[base]
backbone = "small"
training.length.steps = 10

[datasets.cells]
use = "bbbc048"

[rows]
plain = {}
"""


def _registry() -> Registry:
    registry = Registry()
    registry.dataset("bbbc048", Cells)
    registry.dataset("rbc-storage", Cells)
    registry.dataset("long-tail", LongTail)
    registry.resize("square", Square)
    for name, generator in {"wgan-div": WganDiv, "wgan-gp": WganGp, "wgan": Wgan, "gan": Gan, "whole": Whole}.items():
        registry.generator(name, generator)
    for name, augmenter in {
        "mixup": Mixup,
        "nonlinear-mixup": VhMixup,
        "vh-mixup": VhMixup,
        "flips": Flips,
        "brightness": Brightness,
    }.items():
        registry.augmenter(name, augmenter)
    for name, sampler in {"instance": Anyhow, "minority-focus": Focus, "standard": Standard, "random-oversampling": Standard}.items():
        registry.sampler(name, sampler)
    for name, optimizer in {"sgd": Sgd, "adam": Adam, "rmsprop": RmsProp}.items():
        registry.optimizer(name, optimizer)
    registry.loss("cross-entropy", CrossEntropy)
    registry.backbone("small", Small)
    registry.family("backbone", "timm", Timm)
    registry.features("random-conv", RandomConv)
    registry.schedule("constant", Constant)
    registry.schedule("step", Step)
    for name, metric in {"accuracy": Rate, "macro-f1": Rate, "balanced-accuracy": Rate, "f-beta": Beta}.items():
        registry.metric(name, metric)
    registry.family("metric", "f", Beta)
    registry.test("sign-flip", Signs)
    return registry


Load = Callable[..., Matrix]
Wrong = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def example() -> str:
    """A matrix like those that are shipped."""
    return EXAMPLE


@pytest.fixture
def small() -> str:
    """The smallest matrix that is complete."""
    return SMALL


@pytest.fixture
def registry() -> Registry:
    """Every component that the examples name."""
    return _registry()


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as a matrix."""

    def _load(text: str, **options: Any) -> Matrix:
        file = tmp_path / "ablation.toml"
        file.write_text(text)
        return load_matrix(file, _registry(), **options)

    return _load


@pytest.fixture
def wrong(load: Load) -> Wrong:
    """Load a text that is no matrix, and return its problems."""

    def _wrong(text: str, **options: Any) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as refused:
            load(text, **options)
        return refused.value.problems

    return _wrong
