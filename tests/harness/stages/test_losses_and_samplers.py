"""What a training tells its loss and its sampler, and a loss's last layer from training to test."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch

from augbench import Loss, LossContext, Optimizer, SampleContext
from augbench.plan.graph import Cell, Graph
from augbench.stages import contents
from augbench.stages.prepared import read_prepared
from augbench.stages.run import execute
from augbench.store.opening import open_store
from augbench.values.settings import AugmentSlot, Batch, Length, Trial
from augbench_plugins.augmenters.mixmatch_mixup import MixMatchMixup
from augbench_plugins.optimizers import AdamW, Sgd
from augbench_plugins.samplers.standard import Standard
from support.toys import Dots, Supplement, column, settings

CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True)
class Listening(Loss):
    """Notes how far the training was at every step."""

    heard: list[float] = field(default_factory=list)

    def loss(self, logits: torch.Tensor, targets: torch.Tensor, context: LossContext) -> torch.Tensor:
        self.heard.append(context.progress)
        return torch.nn.functional.cross_entropy(logits, targets)


@dataclass(frozen=True, kw_only=True)
class Counting(Supplement):
    """Notes how long the training is said to be."""

    heard: list[int | None] = field(default_factory=list)

    def compose(self, context: SampleContext):
        self.heard.append(context.total)
        return super().compose(context)


@dataclass(frozen=True, kw_only=True)
class Cosines(Loss):
    """Cross-entropy of five times the cosine, biases from -2 where there are any."""

    scale: float | None = 5.0

    @property
    def cosine_scale(self) -> float | None:
        return self.scale

    def bias_start(self, classes: int) -> float:
        return -2.0 * classes

    def loss(self, logits: torch.Tensor, targets: torch.Tensor, context: LossContext) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(logits, targets)


@dataclass(frozen=True, kw_only=True)
class Flattened(Cosines):
    """No slope at all, so that weights only decay."""

    scale: float | None = None
    decays: bool = True

    @property
    def bias_decays(self) -> bool:
        return self.decays

    def loss(self, logits: torch.Tensor, targets: torch.Tensor, context: LossContext) -> torch.Tensor:
        return 0 * logits.sum()


@dataclass(frozen=True, kw_only=True)
class Watching(Listening):
    """Notes what it is told to aim at, and what prior it is told of."""

    targets: list[torch.Tensor] = field(default_factory=list)
    priors: list[torch.Tensor] = field(default_factory=list)

    def loss(self, logits: torch.Tensor, targets: torch.Tensor, context: LossContext) -> torch.Tensor:
        self.targets.append(targets)
        self.priors.append(context.prior)
        return super().loss(logits, targets, context)


def run(tmp_path, loss: Loss, steps: int = 70, lr: float = 0.05, optimizer: Optimizer | None = None, **changes):
    """Plan one plain trial and run its stages; return the artefacts' folders by kind."""
    training = replace(settings().training, loss=loss, lr=lr, length=Length(steps=steps), checks=1)
    training = replace(training, optimizer=optimizer or training.optimizer)
    known = settings(**{"training": training, "batch": Batch(size=8, mix={"originals": 1.0})} | changes)
    graph = Graph(code=lambda component: "code", name_of=str)
    trial = Trial(row="row", column="dots", seed=0, fold=None, settings=known)
    graph.trial(trial, Cell(column=column(), probe=Dots().probe(), minority=("c",)))
    store = open_store(tmp_path)
    for stage in graph.stages.values():
        execute(stage, store, CPU, lambda done, total, **numbers: None)
    return {stage.kind: store.open(key) for key, stage in graph.stages.items()}


def test_a_loss_hears_its_progress_at_every_step(tmp_path) -> None:
    loss = Listening()
    run(tmp_path, loss, steps=100)
    assert loss.heard == [step / 100 for step in range(100)]


def test_a_sampler_hears_how_long_the_training_is(tmp_path) -> None:
    sampler = Counting()
    run(tmp_path, Listening(), steps=130, sampler=sampler)
    assert sampler.heard == [130, 130, 130]


def test_a_classifier_is_tested_with_the_last_layer_that_it_was_trained_with(tmp_path) -> None:
    found = run(tmp_path, Cosines())
    weights = contents.load_tensors(found["train"])
    assert list(weights) == ["network.2.weight"]
    prepared = read_prepared(found["prepare"])
    images = torch.tensor(np.array(prepared.test.pixels)).float() / 255
    shape = (1, -1, 1, 1)
    features = ((images - torch.tensor(prepared.mean).view(shape)) / torch.tensor(prepared.sd).view(shape)).flatten(1)
    cosines = torch.nn.functional.cosine_similarity(features[:, None], weights["network.2.weight"][None], dim=2)
    np.testing.assert_allclose(contents.load_array(found["evaluate"] / contents.TEST), (5 * cosines).softmax(dim=1), atol=1e-5)


def test_biases_start_where_the_loss_wants_them(tmp_path) -> None:
    found = run(tmp_path, Cosines(scale=None), steps=1, lr=1e-9)
    biases = contents.load_tensors(found["train"])["network.2.bias"]
    torch.testing.assert_close(biases, torch.full((3,), -6.0))


@pytest.mark.parametrize("optimizer", [Sgd(momentum=0, weight_decay=0.5), AdamW(weight_decay=0.5)], ids=repr)
@pytest.mark.parametrize("decays", [True, False])
def test_biases_decay_unless_the_loss_spares_them(decays, optimizer, tmp_path) -> None:
    found = run(tmp_path, Flattened(decays=decays), steps=2, lr=0.1, optimizer=optimizer)
    biases = contents.load_tensors(found["train"])["network.2.bias"]
    torch.testing.assert_close(biases, torch.full((3,), -6.0 * (0.95**2 if decays else 1)))


@pytest.mark.parametrize("decays", [True, False])
def test_weights_decay_whatever_becomes_of_the_biases(decays, tmp_path) -> None:
    lengths = [
        contents.load_tensors(run(tmp_path / str(decay), Flattened(decays=decays), 1, 0.1, Sgd(weight_decay=decay))["train"])
        for decay in (0.0, 0.5)
    ]
    torch.testing.assert_close(lengths[1]["network.2.weight"], 0.95 * lengths[0]["network.2.weight"])


@pytest.mark.parametrize("probability", [1.0, 0.5])
def test_the_prior_that_a_loss_is_told_is_the_mean_of_its_targets(probability, tmp_path) -> None:
    loss = Watching()
    slot = AugmentSlot(augmenter=MixMatchMixup(alpha=0.2), sources="both", pairing="any", probability=probability)
    run(tmp_path, loss, 600, sampler=Standard(), augment={"linear": slot}, batch=Batch(size=8, mix={"originals": 1.0, "linear": 3.0}))
    found = torch.cat(loss.targets)
    torch.testing.assert_close(found.mean(0), loss.priors[0], rtol=0, atol=4 * found.std(0).max().item() / len(found) ** 0.5)
