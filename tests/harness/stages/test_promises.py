"""What a plugin's component gives that is not what its kind gives fails its trials with the component's name and line."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch

from augbench import Fitted, Group, Mixed, Network
from augbench.engine.work import failed
from augbench.plan.tasks import Resample, TrainTask
from augbench.registry.places import definition
from augbench.stages import promises
from augbench.stages.prepared import read_prepared, write_prepared
from augbench.stages.train import train
from augbench.values.errors import Diverged
from augbench.values.settings import AugmentSlot
from augbench.values.trial_errors import OddResult
from support.toys import Blend, Descent, Dots, Entropy, Flat, Linear, MeanNoise, Share, Shift, Supplement, Tilt, settings

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    write_prepared(Dots().load(), None, folder, "dots", lambda *told, **numbers: None)
    return read_prepared(folder)


def trained(prepared, *, augmenter=None, loss=None, **changes) -> None:
    known = settings()
    augment = {"linear": AugmentSlot(augmenter=augmenter or Blend())}
    task = TrainTask(
        sampler=known.sampler, backbone=known.backbone, size=8, mix={"linear": 1.0}, n={"c": 1}, bank_size={"c": 6}, augment=augment,
        transforms=(), transforms_at="batch", training=replace(known.training, loss=loss or Entropy()), numerics=known.numerics,
        resample=Resample(seed=0, digest="d"),
    )  # fmt: skip
    with torch.random.fork_rng():
        train(replace(task, **changes), prepared, {}, {}, CPU, lambda *told, **numbers: None)


def mixes(change: Callable[[Mixed], Any]) -> Blend:
    """Return an augmenter whose results are changed."""

    @dataclass(frozen=True, kw_only=True)
    class Odd(Blend):
        def apply(self, sources, draw):
            return change(super().apply(sources, draw))

    return Odd()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda mixed: mixed.images, "gives torch.Tensor, not an augbench.Mixed"),
        (lambda mixed: replace(mixed, images=mixed.images[0]), "gives images [3, 8, 8], not [1, 3, 8, 8]"),
        (lambda mixed: replace(mixed, images=mixed.images[..., :7]), "gives images [1, 3, 8, 7], not [1, 3, 8, 8]"),
        (lambda mixed: replace(mixed, images=mixed.images.double()), "gives images of torch.float64, not torch.float32"),
        (lambda mixed: replace(mixed, images=mixed.images.to("meta")), "gives images on meta, not on cpu, where the sources are"),
        (lambda mixed: replace(mixed, pixel_weights=mixed.pixel_weights[:, 0]), "gives pixel weights [1], not [1, 2]"),
        (lambda mixed: replace(mixed, label_weights=[0.5, 0.5]), "gives label weights that is list, not a tensor"),
    ],
)
def test_what_an_augmenter_makes_is_looked_at(prepared, change, told):
    augmenter = mixes(change)
    with pytest.raises(OddResult) as caught:
        trained(prepared, augmenter=augmenter)
    assert told in str(caught.value)
    assert str(caught.value).startswith(f"augmenter '{__name__}:mixes.<locals>.Odd' ")
    assert str(caught.value).endswith(f"({definition(type(augmenter).apply)})")


def test_an_augmenter_that_gives_no_numbers_is_to_blame_for_a_loss_that_is_none(prepared):
    with pytest.raises(OddResult, match=r"gives images with 192 of 192 numbers that are not finite \("):
        trained(prepared, augmenter=mixes(lambda mixed: replace(mixed, images=mixed.images / 0)))


def test_a_transform_is_to_blame_just_so(prepared):
    @dataclass(frozen=True, kw_only=True)
    class Wild(Shift):
        def apply(self, sources, draw):
            return Mixed(images=sources[:, 0] * float("nan"), pixel_weights=torch.ones(len(sources), 1))

    with pytest.raises(OddResult, match=r"Wild' gives images with 1536 of 1536 numbers that are not finite"):
        trained(prepared, transforms=(Wild(),))


def test_a_loss_that_is_none_of_good_images_is_a_divergence(prepared):
    @dataclass(frozen=True, kw_only=True)
    class Infinite(Entropy):
        def loss(self, logits, targets, context):
            return super().loss(logits, targets, context) * float("inf")

    with pytest.raises(Diverged):
        trained(prepared, loss=Infinite())


def test_a_draw_has_a_line_for_each_image(prepared):
    @dataclass(frozen=True, kw_only=True)
    class Short(Blend):
        def draw(self, context, rng):
            return Share(share=torch.zeros(context.count - 1))

    with pytest.raises(OddResult, match=r"Short' gives share \[63\], not 64 lines, one for each image of the block"):
        trained(prepared, augmenter=Short())


def groups(change: Callable[[tuple[Group, ...]], Any]) -> Supplement:
    @dataclass(frozen=True, kw_only=True)
    class Odd(Supplement):
        def compose(self, context):
            return change(super().compose(context))

    return Odd()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda groups: None, "gives NoneType, not augbench.Group's"),
        (lambda groups: [replace(groups[1], slot="odd")], "gives a group of slot 'odd', not one of ['linear']"),
        (
            lambda groups: [replace(groups[0], sources=groups[0].sources[..., 0])],
            "gives the group of plain images [64, 7], not [64 steps, n, 1]",
        ),
        (lambda groups: [replace(groups[1], slot=None)], "gives the group of plain images [64, 1, 2], not [64 steps, n, 1]"),
        (lambda groups: [replace(groups[0], sources=groups[0].sources.int())], "of torch.int32, not torch.int64"),
        (lambda groups: [replace(groups[0], sources=groups[0].sources + 1)], "with index 24, not 0 to 23"),
        (lambda groups: [replace(groups[0], sources=groups[0].sources - 9)], "with index -9, not 0 to 23"),
        (lambda groups: groups[:1], "gives batches of 7 images, not of 8, as batch.size says"),
        (lambda groups: [], "gives batches of 0 images, not of 8, as batch.size says"),
    ],
)
def test_what_a_sampler_composes_is_looked_at(prepared, change, told):
    with pytest.raises(OddResult) as caught:
        trained(prepared, sampler=groups(change))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (lambda loss: float(loss), "gives a loss that is float, not a tensor"),
        (lambda loss: loss[None], "gives a loss [1], not a single number, []"),
        (lambda loss: loss.detach(), "gives a loss without gradient, not one that is computed from the logits"),
    ],
)
def test_a_loss_is_one_number_with_a_gradient(prepared, value, told):
    @dataclass(frozen=True, kw_only=True)
    class Odd(Entropy):
        def loss(self, logits, targets, context):
            return value(super().loss(logits, targets, context))

    with pytest.raises(OddResult) as caught:
        trained(prepared, loss=Odd())
    assert told in str(caught.value)


def test_a_network_gives_a_number_for_each_image_and_class(prepared):
    @dataclass(frozen=True, kw_only=True)
    class Wide(Linear):
        def build(self, context):
            network = super().build(context)
            return Network(module=torch.nn.Sequential(network.module, torch.nn.Unflatten(1, (-1, 1))), mean=network.mean, sd=network.sd)

    with pytest.raises(OddResult, match=r"Wide' gives a network with logits \[8, 3, 1\], not \[8, 3\]"):
        trained(prepared, backbone=Wide())


@pytest.mark.parametrize(
    ("slot", "base", "method", "value", "told"),
    [
        ("sampler", Supplement, "prior", None, "gives a prior that is NoneType, not a tensor"),
        ("sampler", Supplement, "prior", torch.ones(2), "gives a prior [2], not [3], a share for each class"),
        ("sampler", Supplement, "prior", torch.full((3,), torch.nan), "gives the prior [nan, nan, nan], not shares from 0 to 1"),
        ("backbone", Linear, "build", torch.nn.Flatten(), "gives torch.nn.modules.flatten.Flatten, not an augbench.Network"),
        (
            "backbone",
            Linear,
            "build",
            Network(module=torch.flatten, mean=(0,), sd=(1,)),  # type: ignore[arg-type]
            "gives a module that is builtin_function_or_method, not a torch.nn.Module",
        ),
        ("augmenter", Blend, "expected_weights", (5.0, -3.0), "gives expected weights (5.0, -3.0), not 2 numbers that sum to 1"),
        ("augmenter", Blend, "expected_weights", "ab", "gives expected weights 'ab', not 2 numbers that sum to 1"),
        ("optimizer", Descent, "build", None, "gives NoneType, not a torch.optim.Optimizer"),
        ("schedule", Flat, "factor", math.nan, "gives nan, not a finite number"),
        ("schedule", Flat, "factor", "1", "gives '1', not a finite number"),
    ],
)
def test_what_a_training_is_made_of_is_looked_at(prepared, slot, base, method, value, told):
    odd = dataclass(frozen=True, kw_only=True)(type("Odd", (base,), {method: lambda *asked: value}))()
    training = {"training": replace(settings().training, **{slot: odd})} if slot in ("optimizer", "schedule") else {slot: odd}
    with pytest.raises(OddResult) as caught:
        trained(prepared, **training)
    assert told in str(caught.value)
    assert f"{__file__}:" in str(caught.value)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({}, "gives dict, not an augbench.Fitted"),
        (Fitted(tensors={"a": 5}), "gives a that is int, not a tensor"),  # type: ignore[dict-item]
        (Fitted(tensors={}, numbers={"a": math.inf}), "gives a = inf, not a finite number"),
        (Fitted(tensors={}, curves={"a": 5}), "gives the curve a, which is no list of points, not (iteration, value) each"),  # type: ignore[dict-item]
    ],
)
def test_a_fitted_generator_can_be_written_down(made, told):
    with pytest.raises(OddResult) as caught:
        promises.fitted(MeanNoise(), made)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (None, "gives logits that is NoneType, not a tensor"),
        (torch.zeros(4), "gives logits [4], not [4, 3]"),
        (torch.full((4, 3), float("nan")), "gives 12 of 12 logits that are no numbers, not numbers"),
    ],
)
def test_an_adjustment_gives_logits_of_the_same_shape(made, told):
    with pytest.raises(OddResult) as caught:
        promises.adjusted(Tilt(), made, torch.zeros(4, 3))
    assert told in str(caught.value)


def test_an_impossible_class_is_no_odd_logit():
    made = torch.tensor([[0.0, float("-inf")]])
    assert promises.adjusted(Tilt(), made, torch.zeros(1, 2)) is made


def test_an_error_of_a_component_is_told_with_its_line(prepared):
    @dataclass(frozen=True, kw_only=True)
    class Broken(Blend):
        def apply(self, sources, draw):
            return torch.nn.functional.conv2d(sources, draw.share)

    with pytest.raises(RuntimeError) as caught:
        trained(prepared, augmenter=Broken())
    line = int(definition(Broken.apply).rpartition(":")[2]) + 1
    outcome = failed("key", caught.value, 0.0, "worker")
    assert outcome.error.endswith(f" ({__file__}:{line})")
    assert outcome.failure == "error"


def test_an_odd_result_is_an_error_and_no_matter_of_data(prepared):
    with pytest.raises(OddResult) as caught:
        trained(prepared, augmenter=mixes(lambda mixed: None))
    assert failed("key", caught.value, 0.0, "worker").failure == "error"
