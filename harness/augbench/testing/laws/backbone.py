"""Laws of backbones: networks that map normalised images to logits."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from augbench.stages import contents
from augbench.stages.classifier import Classifier
from augbench.testing.checking import Broken, NotApplicable, require
from augbench.testing.devices import CUDA, fake_cuda
from augbench.testing.laws._networks import NEAR, apart, images, move_to_fake_device, seeded, sides
from augbench.values.learning import Backbone, BackboneContext, Network
from augbench.values.numbers import many

_REACHED = 0.5
"""Share of the weights that a gradient must reach: some networks have parts that not every image goes through."""


def exercise(component: Backbone) -> object:
    """Build the network for colour and grey, score images, and take one gradient."""
    results = []
    for context in _contexts(component):
        network = _built(component, context)
        start = {name: tensor.clone() for name, tensor in network.module.state_dict().items()}
        logits = _scored(network, _images(4, context))
        gradients = {name: weight.grad for name, weight in _backward(network, context) if weight.grad is not None}
        results.append((network.mean, network.sd, network.size, start, logits, gradients))
    return tuple(results)


def check_logits(component: Backbone) -> None:
    """Logits are floats [images, classes], of one image and of an odd number, for two classes and for seven."""
    for context in _contexts(component):
        network = _built(component, context)
        for count in (1, 5):
            logits = _scored(network, _images(count, context))
            kept = logits.shape == (count, context.classes) and logits.is_floating_point()
            said = f"{logits.dtype} {list(logits.shape)}"
            require(kept, f"{many(count, 'image')} of {many(context.channels, 'channel')}, for {context.classes} classes, give {said}")


def check_finite(component: Backbone) -> None:
    """Logits of fresh weights are finite, of black and of white images too."""
    for context in _contexts(component):
        network = _built(component, context)
        for name, brightness in (("black", 0.0), ("white", 1.0)):
            logits = _scored(network, torch.full((2, context.channels, *context.size), brightness))
            odd = int((~logits.isfinite()).sum())
            require(not odd, f"{odd} of the {logits.numel()} logits of two {name} images are no finite numbers")


def check_torchs_seed(component: Backbone) -> None:
    """Initial weights follow torch's global stream: another seed gives other weights."""
    if component.content() is not None:
        raise NotApplicable("its weights come from a file")
    context = _context(component)
    first, second = (_built(component, context, seed).module.state_dict() for seed in (0, 1))
    same = first.keys() == second.keys() and all(_equal(tensor, second[name]) for name, tensor in first.items())
    require(not same, "two seeds give equal weights: seed replicates of a row would be copies of each other")


def check_gradients(component: Backbone) -> None:
    """The gradient of a loss reaches the weights that ask for one."""
    context = _context(component)
    weights = dict(_backward(_built(component, context), context))
    require(bool(weights), "no weight asks for a gradient: there is nothing to learn")
    total = sum(weight.numel() for weight in weights.values())
    missed = {name: weight.numel() for name, weight in weights.items() if weight.grad is None}
    share = 1 - sum(missed.values()) / total
    require(share >= _REACHED, f"it reaches {share:.0%} of the weights, and not {', '.join(list(missed)[:3])}")


def check_one_at_a_time(component: Backbone) -> None:
    """In evaluation mode an image has the same logits alone and among others."""
    for context in _contexts(component):
        network, shown = _built(component, context), _images(5, context)
        together = _scored(network, shown)
        alone = torch.cat([_scored(network, image[None]) for image in shown])
        if together.shape == alone.shape:
            distance = apart(together, alone)
            require(not distance > NEAR, f"logits of five images together and one by one differ by {distance:.2g} of the largest")


def check_normalisation(component: Backbone) -> None:
    """Mean and deviation have a finite number for each channel."""
    for context in _contexts(component):
        network = _built(component, context)
        for name, numbers in (("mean", network.mean), ("sd", network.sd)):
            kept = len(numbers) in (1, context.channels) and all(math.isfinite(number) for number in numbers)
            require(kept, f"{name} of a network of {context.channels} channels is {tuple(numbers)}")
        require(min(network.sd) >= 0, f"sd is {tuple(network.sd)}")


def check_size(component: Backbone) -> None:
    """The input size is None, or a height and a width above 0."""
    for context in _contexts(component):
        size = _built(component, context).size
        kept = size is None or (len(size) == 2 and all(isinstance(side, int) and side > 0 for side in size))
        require(kept, f"size is {size!r}")


def check_memory_layout(component: Backbone) -> None:
    """Logits are the same in either memory layout."""
    context = _context(component)
    classifier, shown = Classifier(_built(component, context)).eval(), _images(3, context)
    with torch.inference_mode():
        plain = classifier(shown)
        last = classifier.to(memory_format=torch.channels_last)(shown.contiguous(memory_format=torch.channels_last))
    if plain.shape == last.shape:
        distance = apart(plain, last)
        require(not distance > NEAR, f"logits of channels-last images differ by {distance:.2g} of the largest")


def check_no_waiting(component: Backbone) -> None:
    """Training on a GPU never waits for it, and copies nothing between it and the host."""
    context = _context(component)
    classifier = Classifier(_built(component, context)).train()
    with fake_cuda():
        move_to_fake_device(classifier)
        logits = classifier(torch.empty(4, context.channels, *context.size, device=CUDA))
    require(logits.device.type == CUDA, f"logits of images on the GPU are on the device '{logits.device}'")


def check_weights_travel(component: Backbone) -> None:
    """Weights written to a file and read into a network built with ``fresh = False`` give the same logits."""
    context = _context(component)
    trained, shown = _built(component, context), _images(3, context)
    other = _built(component, replace(context, fresh=False), seed=1)
    try:
        other.module.load_state_dict(_filed(trained.module.state_dict()))
    except (RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Broken(f"its weights cannot be written or read again: {type(error).__name__}: {error}") from error
    same = torch.equal(_scored(trained, shown), _scored(other, shown))
    require(same, "logits of the network that was read are others: some of its state is not in its state_dict()")


def _contexts(component: Backbone) -> list[BackboneContext]:
    classes = {3: 7, 1: 2}
    return [_of(channels, side, classes[channels]) for channels, side in sides(component)]


def _context(component: Backbone) -> BackboneContext:
    return _contexts(component)[0]


def _of(channels: int, side: int, classes: int) -> BackboneContext:
    return BackboneContext(channels=channels, size=(side, side), classes=classes, mean=(0.5,) * channels, sd=(0.25,) * channels)


def _images(count: int, context: BackboneContext) -> Tensor:
    return images(count, context.channels, context.size[0])


def _built(component: Backbone, context: BackboneContext, seed: int = 0) -> Network:
    network: Network = seeded(lambda: component.build(context), seed)
    return network


def _scored(network: Network, shown: Tensor) -> Tensor:
    """Score images in evaluation mode, as a trial does: normalised, and resized where the network wants it."""
    with torch.inference_mode():
        logits: Tensor = Classifier(network).eval()(shown)
    return logits.clone()


def _backward(network: Network, context: BackboneContext) -> list[tuple[str, torch.nn.Parameter]]:
    """Take the gradient of a small batch's cross-entropy; return the weights that ask for one."""
    labels = torch.arange(6) % context.classes
    loss = seeded(lambda: torch.nn.functional.cross_entropy(Classifier(network).train()(_images(6, context)), labels))
    if loss.requires_grad:
        loss.backward()
    return [(name, weight) for name, weight in network.module.named_parameters() if weight.requires_grad]


def _filed(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    with TemporaryDirectory() as folder:
        contents.save_tensors(Path(folder) / contents.WEIGHTS, tensors)
        return contents.load_tensors(Path(folder))


def _equal(first: Tensor, second: Tensor) -> bool:
    return first.shape == second.shape and torch.equal(first, second)
