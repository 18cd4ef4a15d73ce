"""Laws of augmenters: all chance is in the draw, and what is made of it are images and shares of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import torch
from torch import Tensor

from augbench.stages.batches import soft_targets
from augbench.stages.images import ResidentImages
from augbench.testing.checking import Broken, NotApplicable, require, seen
from augbench.testing.devices import CUDA, fake_cuda
from augbench.testing.laws._sources import (
    COUNTS,
    ODD_SHAPES,
    Extremes,
    Shape,
    context_of,
    drawn,
    mixed,
    numbers,
    pictures,
    refusal,
    shape_for,
)
from augbench.testing.trees import difference
from augbench.values.augmenting import Augmenter, TableView, label_weights

ROUNDING = 1e-5
"""What the order of sums and products may change."""
PER_STEP, STEPS = 4, 16
MANY = 1000
"""Draws whose mean is taken."""


def exercise(component: Augmenter) -> object:
    """Draw and mix a block, say what labels weigh and which images may be mixed."""
    shape = shape_for(component)
    draw = drawn(component, context_of(component, shape, PER_STEP, 3, strangers=True))
    made = mixed(component, pictures(component, shape, 3 * PER_STEP), draw)
    partners = component.partners(_view(shape)) if component.looks else ()
    return numbers(draw), made, component.expected_weights(shape), partners


def check_draws_are_by_image(component: Augmenter) -> None:
    """A draw is made of tensors on the CPU whose first dimension is the output image."""
    context = context_of(component, shape_for(component), PER_STEP, 3)
    draw = drawn(component, context)
    for name, value in vars(draw).items():
        require(isinstance(value, Tensor), f"the draw's {name} is no tensor but {type(value).__name__}")
        kept = value.device.type == "cpu" and value.dim() > 0 and len(value) == context.count
        require(kept, f"of {context.count} images the draw's {name} is {list(value.shape)} on {value.device}")


def check_draws_come_from_the_rng(component: Augmenter) -> None:
    """Equal streams give equal draws: no number comes from anywhere else."""
    context = context_of(component, shape_for(component), PER_STEP, STEPS)
    found = difference(*(numbers(drawn(component, context)) for _ in range(2)))
    require(not found, f"two draws from equal streams differ: {found}; draw from the rng that is passed in")


def check_streams_decide(component: Augmenter) -> None:
    """Another stream gives other draws."""
    one, other = _two_blocks(component)
    if not difference(one, other):
        require(_is_alike(one), "steps differ in what they draw, but two streams do not; draw from the rng that is passed in")
        raise NotApplicable("it draws nothing at random")


def check_every_step_draws_anew(component: Augmenter) -> None:
    """Every step of a block draws numbers of its own."""
    one, other = _two_blocks(component)
    if not difference(one, other):
        raise NotApplicable("it draws nothing at random")
    alike = _is_alike(one) and _is_alike(other)
    require(not alike, f"all {STEPS} steps of a block draw the same; a block is context.steps steps of context.per_step images")


def check_one_draw_a_batch(component: Augmenter) -> None:
    """With ``draws = "batch"`` the images of a step share what is drawn."""
    if getattr(component, "draws", None) != "batch":
        raise NotApplicable("it draws for each image")
    one, other = _two_blocks(component)
    varying = [name for name in one if not torch.equal(one[name], other[name])]
    shared = [name for name in varying if bool((one[name] == one[name][:, :1]).all())]
    require(not varying or bool(shared), f"images of one step differ in {', '.join(varying)}; draw context.steps numbers and repeat them")


def check_same_draw_same_output(component: Augmenter) -> None:
    """Equal draws of equal sources give equal images and weights, to the last bit."""
    shape = shape_for(component)
    sources, draw = pictures(component, shape), drawn(component, context_of(component, shape))
    found = difference(*(component.apply(sources.clone(), draw) for _ in range(2)))
    require(not found, f"applying one draw twice differs in {found}")


def check_inputs_are_unwritten(component: Augmenter) -> None:
    """Neither sources nor draws are written to."""
    shape = shape_for(component)
    sources, draw = pictures(component, shape), drawn(component, context_of(component, shape))
    given = {"sources": sources} | {f"draw.{name}": tensor for name, tensor in numbers(draw).items()}
    kept = {name: tensor.clone() for name, tensor in given.items()}
    component.apply(sources, draw)
    found = difference(kept, given)
    require(not found, f"apply writes to what it is handed: {found}")


def check_shape_and_type(component: Augmenter) -> None:
    """Images have the sources' shape and device, and are float32."""
    shape = shape_for(component)
    images = mixed(component, pictures(component, shape), drawn(component, context_of(component, shape))).images
    found, wanted = f"{images.dtype} {list(images.shape)} on {images.device}", f"torch.float32 {[5, *shape]} on cpu"
    require(found == wanted, f"images are {found}, not {wanted}")


def check_range(component: Augmenter) -> None:
    """Images stay within [0, 1], unless the augmenter says that it is not ``bounded``."""
    if not component.bounded:
        raise NotApplicable("it says that it is not bounded")
    for name, images in _of_plain_sources(component).items():
        low, high = images.min().item(), images.max().item()
        require(not (low < -ROUNDING or high > 1 + ROUNDING), f"of {name} sources it makes values of [{low:.4g}, {high:.4g}]")


def check_finite(component: Augmenter) -> None:
    """Images and weights are finite, of black and of white sources and at the ends of what a stream can give."""
    for name, images in _of_plain_sources(component).items():
        require(bool(images.isfinite().all()), f"of {name} sources it makes values that are not finite")
    shape = shape_for(component)
    context = context_of(component, shape, 1, PER_STEP * STEPS)
    with Extremes():
        draw = drawn(component, context)
    made = mixed(component, pictures(component, shape, context.count), draw)
    for values in (made.images, made.pixel_weights, label_weights(made)):
        odd = (~values.isfinite()).flatten(1).any(1).nonzero().flatten().tolist()
        require(not odd, f"images {odd} are not finite where a uniform number is 0 or the largest below 1")


def check_weights_sum_to_one(component: Augmenter) -> None:
    """Weights of pixels and of labels are [B, arity], not negative, and sum to 1 within float error."""
    shape = shape_for(component)
    context = context_of(component, shape, PER_STEP, STEPS, strangers=True)
    made = mixed(component, pictures(component, shape, context.count), drawn(component, context))
    for name, weights in (("pixel_weights", made.pixel_weights), ("label_weights", label_weights(made))):
        wanted = (context.count, component.arity)
        require(tuple(weights.shape) == wanted, f"{name} are {list(weights.shape)}, not {list(wanted)}")
        sums = weights.double().sum(1)
        worst = int((sums - 1).abs().argmax())
        require(abs(float(sums[worst]) - 1) <= ROUNDING, f"{name} of image {worst} sum to {sums[worst]:.6g}")
        require(float(weights.min()) >= 0, f"{name} are as small as {weights.min():.4g}")


def check_equal_labels_give_a_hard_label(component: Augmenter) -> None:
    """Sources of one class give an exactly hard label, as float32."""
    shape = shape_for(component)
    context = context_of(component, shape)
    made = mixed(component, pictures(component, shape), drawn(component, context))
    targets = soft_targets(context.labels, label_weights(made), len(COUNTS))
    require(targets.dtype == torch.float32, f"labels become {targets.dtype}; give weights as float32")
    hard = torch.zeros(context.count, len(COUNTS))
    hard[:, 0] = 1
    require(torch.equal(targets, hard), f"five images of class 0 get the labels {targets.tolist()}")


def check_batch_equals_singles(component: Augmenter) -> None:
    """A batch gives what its images give one by one, and a block what its steps give, within float error."""
    shape = shape_for(component)
    context = context_of(component, shape, PER_STEP, 3)
    sources, draw = pictures(component, shape, context.count), drawn(component, context)
    whole = mixed(component, sources, draw)
    for name, size in (("image", 1), ("step", PER_STEP)):
        for place, start in enumerate(range(0, context.count, size)):
            part = slice(start, start + size)
            alone = mixed(component, sources[part], draw[part])
            pairs = ((whole.images, alone.images), (whole.pixel_weights, alone.pixel_weights), (label_weights(whole), label_weights(alone)))
            gap = max(float((many[part] - few).abs().max()) for many, few in pairs)
            require(gap <= ROUNDING, f"{name} {place} of {context.count // size} made alone differs by up to {gap:.3g}")


def check_any_number_of_images(component: Augmenter) -> None:
    """It makes as many images as are wanted: none, one, or any odd number."""
    shape = shape_for(component)
    for count in (0, 1, 3, 7):
        _require_size(component, count, shape)


def check_any_size(component: Augmenter) -> None:
    """It makes images of one channel and of three, of odd sides and of unequal ones, unless ``supports`` refuses them."""
    supported = [shape for shape in ODD_SHAPES if refusal(component, shape) is None]
    for shape in supported:
        _require_size(component, 3, shape)
    if not supported:
        raise NotApplicable("it supports none of these sizes")


def check_expected_weights(component: Augmenter) -> None:
    """``expected_weights`` has a number for each source, sums to 1, and is what labels weigh on average."""
    shape = shape_for(component)
    said = component.expected_weights(shape)
    expected = torch.tensor(said, dtype=torch.float64)
    require(tuple(expected.shape) == (component.arity,), f"it gives {said} for {component.arity} sources")
    require(abs(float(expected.sum()) - 1) <= ROUNDING, f"its numbers sum to {float(expected.sum()):.6g}")
    if component.arity == 1:
        return
    # Steps of one image: a law that draws once a batch draws as often as any other.
    draw = drawn(component, context_of(component, shape, 1, MANY))
    weights = label_weights(mixed(component, pictures(component, shape, MANY), draw)).double()
    # Five standard errors, what an event that never happened in so many draws may be worth, and half a pixel of a small image.
    allowed = 5 * weights.std(0) / MANY**0.5 + 10 / MANY + 0.5 / min(shape[1:])
    kept = bool(((weights.mean(0) - expected).abs() <= allowed).all())
    require(kept, f"labels weigh {_told(weights.mean(0))} on average of {MANY} draws, and expected_weights says {_told(expected)}")


def check_partners(component: Augmenter) -> None:
    """An augmenter that ``looks`` names for each image others that are there, int64 [N, k]."""
    if not component.looks:
        raise NotApplicable("it does not look at training images")
    view = _view(shape_for(component))
    found, count = component.partners(view), len(view.labels)
    require(isinstance(found, Tensor), f"partners returns {type(found).__name__}, no tensor")
    fits = found.dtype == torch.int64 and found.dim() == 2 and len(found) == count and found.shape[1] > 0
    require(fits, f"of {count} images partners returns {found.dtype} {list(found.shape)}, not int64 [{count}, k]")
    low, high = int(found.min()), int(found.max())
    require(low >= 0 and high < count, f"partners names images from {low} to {high}, where there are 0 to {count - 1}")


def check_no_waiting(component: Augmenter) -> None:
    """Mixing never makes the host wait for the device, and mixes no tensors of two devices."""
    shape = shape_for(component)
    sources, draw = pictures(component, shape), drawn(component, context_of(component, shape))
    mixed(component, sources, draw)
    # What a component keeps while it works on fake tensors goes with the copy.
    with fake_cuda():
        made = copy(component).apply(torch.empty(sources.shape, device=CUDA), draw.to(CUDA))
        devices = {str(tensor.device.type) for tensor in (made.images, made.pixel_weights, label_weights(made))}
    require(devices == {CUDA}, f"of sources on {CUDA} it makes images or weights on {', '.join(sorted(devices - {CUDA}))}")


def _two_blocks(component: Augmenter) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a block from each of two streams; tensors [steps, images, numbers], by name."""
    context = context_of(component, shape_for(component), PER_STEP, STEPS)
    one, other = (
        {
            name: tensor.reshape(STEPS, PER_STEP, -1)
            for name, tensor in numbers(drawn(component, context, seed)).items()
            if tensor.dim() and len(tensor) == context.count
        }
        for seed in (1, 2)
    )
    return one, other


def _is_alike(block: Mapping[str, Any]) -> bool:
    """Tell whether all steps of a block draw the same."""
    return all(bool((tensor == tensor[:1]).all()) for tensor in block.values())


def _of_plain_sources(component: Augmenter) -> dict[str, Tensor]:
    """Return images of noise, of black, of white, and of black and white sources."""
    shape = shape_for(component)
    context = context_of(component, shape, PER_STEP, STEPS, strangers=True)
    draw, noise = drawn(component, context), pictures(component, shape, context.count)
    plain = {"black": torch.zeros_like(noise), "white": torch.ones_like(noise), "black and white": (noise > 0.5).float(), "noisy": noise}
    return {name: mixed(component, sources, draw).images for name, sources in plain.items()}


def _require_size(component: Augmenter, count: int, shape: Shape) -> None:
    told = f"{count} images of {' x '.join(map(str, shape))}"
    try:
        made = mixed(component, pictures(component, shape, count), drawn(component, context_of(component, shape, count)))
    except Exception as error:
        raise Broken(f"of {told}, {seen(error)}").with_traceback(error.__traceback__) from error
    require(tuple(made.images.shape) == (count, *shape), f"of {told} it makes {list(made.images.shape)}")
    require(len(made.pixel_weights) == count, f"of {told} it gives the weights of {len(made.pixel_weights)}")


def _view(shape: Shape) -> TableView:
    """Return training images, of classes side by side."""
    labels = torch.arange(len(COUNTS)).repeat_interleave(torch.tensor(COUNTS))
    pixels = torch.randint(0, 256, (len(labels), *shape), generator=torch.Generator().manual_seed(3)).to(torch.uint8)
    return TableView(images=ResidentImages(pixels, 255.0), labels=labels, device=torch.device("cpu"))


def _told(weights: Tensor | Sequence[float]) -> str:
    return " : ".join(f"{float(weight):.3f}" for weight in weights)
