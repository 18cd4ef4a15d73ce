"""Blocks of batches: right pictures, right targets, the same numbers in any order of asking."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from augbench import BackboneContext
from augbench.plan.tasks import Resample, TrainTask
from augbench.stages.batches import BLOCK_STEPS, Batches, block_borders, soft_targets
from augbench.stages.classifier import Classifier
from augbench.stages.images import ResidentImages
from augbench.values.sampling import SampleContext, SlotRule
from augbench.values.settings import AugmentSlot
from augbench_plugins.augmenters.brightness import Brightness
from augbench_plugins.augmenters.geometry import Flips, QuarterTurns
from augbench_plugins.augmenters.mixup import Mixup
from augbench_plugins.augmenters.nonlinear_mixup import NonlinearMixup
from augbench_plugins.backbones.small_resnet import SmallResnet
from support.toys import Blend, Shift, settings

CUDA = torch.device("cuda")
LABELS = torch.tensor([0] * 6 + [1] * 4 + [2] * 2)
BANK = torch.tensor([1] * 3 + [2] * 3)


def batches(**changes) -> Batches:
    known = settings()
    task = TrainTask(
        sampler=known.sampler,
        backbone=known.backbone,
        size=8,
        mix={"generated": 1.0, "linear": 1.0},
        n={"b": 1, "c": 1},
        bank_size={"b": 3, "c": 3},
        augment=known.augment,
        transforms=(),
        transforms_at="batch",
        training=known.training,
        numerics=known.numerics,
        resample=Resample(seed=0, digest="d"),
    )
    task = replace(task, **changes)
    streams = task.resample.streams()
    slots = {name: SlotRule(arity=slot.augmenter.arity, sources=slot.sources, pairing=slot.pairing) for name, slot in task.augment.items()}
    context = SampleContext(
        labels=LABELS, bank_labels=BANK, classes=3, minority=(1, 2), size=8, n={1: 1, 2: 1}, mix=task.mix,
        bank_size={1: 3, 2: 3}, slots=slots, streams=streams,
    )  # fmt: skip
    pixels = np.random.default_rng(0).integers(0, 256, (len(LABELS) + len(BANK), 3, 4, 4)).astype(np.uint8)
    device = torch.device("cpu")
    return Batches(task=task, context=context, images=ResidentImages.of(pixels, 255.0, device), streams=streams, device=device)


def test_a_batch_holds_originals_generated_and_mixed_images_of_the_wanted_classes():
    drawn = batches()
    block = drawn.block(0, 2)
    images, targets = block.batch(1)
    sources = drawn.images.take(block.indices[1]).float() / 255
    assert images.shape == (8, 3, 4, 4)
    torch.testing.assert_close(images[:6], sources[:6])
    torch.testing.assert_close(targets.argmax(1)[4:], torch.tensor([1, 2, 1, 2]))
    share = block.groups[2].draw.share[2]
    torch.testing.assert_close(images[6], share * sources[6] + (1 - share) * sources[7])


def test_same_class_mixing_gives_exactly_hard_targets():
    _, targets = batches().block(0, 1).batch(0)
    assert set(targets.flatten().tolist()) == {0.0, 1.0}


def test_mixing_across_classes_gives_targets_that_sum_to_one():
    across = {"linear": AugmentSlot(augmenter=Blend(), pairing="any")}
    _, targets = batches(augment=across).block(0, 40).batch(7)
    torch.testing.assert_close(targets.sum(1), torch.ones(8))


def test_soft_targets_follow_the_weights():
    labels, weights = torch.tensor([[0, 2], [1, 1]]), torch.tensor([[0.25, 0.75], [0.3, 0.69]])
    torch.testing.assert_close(soft_targets(labels, weights, 3), torch.tensor([[0.25, 0, 0.75], [0, 1, 0]]))


def test_an_augmenter_that_is_never_applied_leaves_the_first_source():
    never = {"linear": AugmentSlot(augmenter=Blend(), probability=0.0, pairing="any")}
    drawn = batches(augment=never)
    block = drawn.block(0, 1)
    images, targets = block.batch(0)
    sources = drawn.images.take(block.indices[0]).float() / 255
    torch.testing.assert_close(images[6:], sources[[6, 8]])
    assert targets[6:].argmax(1).tolist() == [1, 2]
    assert set(targets.flatten().tolist()) == {0.0, 1.0}


def test_an_augmenter_is_applied_as_often_as_asked():
    half = {"linear": AugmentSlot(augmenter=Blend(), probability=0.5)}
    applied = batches(augment=half).block(0, 1000).groups[2].applied
    assert abs(applied.float().mean() - 0.5) < 3 * 0.5 / 2000**0.5


def test_blocks_are_the_same_whichever_is_drawn_first():
    forward, backward = batches(transforms=(Shift(),)), batches(transforms=(Shift(),))
    first = [forward.block(start, 5).batch(3)[0] for start in (0, 64)]
    second = [backward.block(start, 5).batch(3)[0] for start in (64, 0)][::-1]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(*first)


def test_removing_a_transform_leaves_the_numbers_of_the_others():
    both, one = batches(transforms=(Blended(), Shift())), batches(transforms=(Shift(),))
    assert torch.equal(both.block(0, 3).transforms[1].draw.share, one.block(0, 3).transforms[0].draw.share)


def test_equal_transforms_draw_different_numbers():
    first, second = batches(transforms=(Shift(), Shift())).block(0, 3).transforms
    assert not torch.equal(first.draw.share, second.draw.share)


def test_transforms_at_the_sources_come_before_mixing():
    drawn = batches(transforms=(Shift(amount=1.0),), transforms_at="sources")
    block = drawn.block(0, 1)
    images, _ = block.batch(0)
    sources = drawn.images.take(block.indices[0]).float() / 255
    group = block.groups[2]
    shifted = (sources[6:8] + group.transforms[0].draw.share[:2, None, None, None]).clamp(0, 1)
    share = group.draw.share[0]
    torch.testing.assert_close(images[6], share * shifted[0] + (1 - share) * shifted[1])
    assert block.transforms == ()


def test_originals_and_generated_images_are_transformed_by_different_numbers():
    first, second, _ = batches(transforms=(Shift(),), transforms_at="sources").block(0, 30).groups
    ours, theirs = (group.transforms[0].draw.share for group in (first, second))
    assert not set(ours.tolist()) & set(theirs.tolist())


def test_transforms_at_the_sources_draw_the_same_numbers_whatever_a_slot_is_called():
    called_plain = batches(augment={"plain": AugmentSlot(augmenter=Blend())}, mix={"generated": 1.0, "plain": 1.0}, transforms=(Shift(),))
    drawn = replace(called_plain, task=replace(called_plain.task, transforms_at="sources")).block(0, 30)
    shares = [set(group.transforms[0].draw.share.tolist()) for group in drawn.groups]
    assert not shares[0] & shares[2]


@pytest.mark.parametrize("steps", [1, 64, 65, 130])
def test_block_borders_cover_every_step_once(steps):
    borders = block_borders(steps)
    assert [step for first, count in borders for step in range(first, first + count)] == list(range(steps))
    assert all(first % BLOCK_STEPS == 0 for first, _ in borders)


class Blended(Shift):
    """Another transform, with a stream of its own."""


def on_cuda(value, mode: FakeTensorMode):
    """Move every tensor of a tree of dataclasses to a device that only pretends to be there."""
    if isinstance(value, Tensor):
        return mode.from_tensor(value).to(CUDA)
    if isinstance(value, tuple):
        return tuple(on_cuda(part, mode) for part in value)
    if isinstance(value, ResidentImages):
        return ResidentImages(on_cuda(value._pixels, mode), value.scale)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: on_cuda(getattr(value, field.name), mode) for field in fields(value)})
    return value


def test_a_batch_is_gathered_mixed_transformed_and_classified_on_one_device():
    slots = {
        "linear": AugmentSlot(augmenter=Mixup(), pairing="any", probability=0.5),
        "rotated": AugmentSlot(augmenter=NonlinearMixup()),
    }
    drawn = batches(
        augment=slots,
        mix={"generated": 1.0, "linear": 1.0, "rotated": 1.0},
        transforms=(Flips(), QuarterTurns(), Brightness()),
    )
    shape = BackboneContext(channels=3, size=(4, 4), classes=3, mean=(0.5,) * 3, sd=(0.2,) * 3)
    block = drawn.block(0, 3)
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        images, targets = on_cuda(block, mode).batch(2)
        with CUDA:  # built there: a module cannot be moved to a device that is not
            classifier = Classifier(SmallResnet().build(shape))
        logits = classifier(images)
    assert {images.device.type, targets.device.type, logits.device.type} == {"cuda"}
    assert (images.shape, targets.shape, logits.shape) == ((8, 3, 4, 4), (8, 3), (8, 3))
