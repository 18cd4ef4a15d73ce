"""Laws of features: a frozen network that tells images apart, of any size."""

from __future__ import annotations

import re

import torch
from torch import Tensor

from augbench.testing.checking import require
from augbench.testing.laws._networks import NEAR, apart, images, sides
from augbench.values.quality import FeatureNetwork, Features


def exercise(component: Features) -> object:
    """Build the network for colour and grey, and show it some images."""
    built = [(component.build(channels), channels, side) for channels, side in sides(component)]
    return tuple((network.name, network.digest, network.inception, _features(network, 4, *shape)) for network, *shape in built)


def check_shape(component: Features) -> None:
    """Features are [images, d] of floats, d the same for any size and number of images."""
    for channels, side in sides(component):
        network = component.build(channels)
        found = [_features(network, count, channels, size) for count, size in ((1, side), (3, side), (2, side + 9))]
        said = [f"{features.dtype} {list(features.shape)}" for features in found]
        flat = all(features.ndim == 2 and features.is_floating_point() for features in found)
        require(flat and [len(features) for features in found] == [1, 3, 2], f"of 1, 3 and 2 images it gives {', '.join(said)}")
        require(len({features.shape[1] for features in found}) == 1, f"d hangs on the images' size or number: {', '.join(said)}")


def check_finite(component: Features) -> None:
    """Features are finite, of black and of white images too."""
    for channels, side in sides(component):
        network = component.build(channels)
        for name, brightness in (("black", 0.0), ("white", 1.0)):
            features = _read(network, torch.full((2, channels, side, side), brightness))
            odd = int((~features.isfinite()).sum())
            require(not odd, f"{odd} of the {features.numel()} features of two {name} images are no finite numbers")


def check_one_at_a_time(component: Features) -> None:
    """An image has the same features alone and among others."""
    for channels, side in sides(component):
        network, shown = component.build(channels), images(5, channels, side)
        together = _read(network, shown)
        alone = torch.cat([_read(network, image[None]) for image in shown])
        if together.shape == alone.shape:
            distance = apart(together, alone)
            require(not distance > NEAR, f"features of five images together and one by one differ by {distance:.2g} of the largest")


def check_tells_images_apart(component: Features) -> None:
    """Different images have different features."""
    for channels, side in sides(component):
        features = _features(component.build(channels), 2, channels, side)
        require(not torch.equal(features[0], features[1]), "two different images have equal features")


def check_evaluation_mode(component: Features) -> None:
    """The network is in evaluation mode, so that nothing in it is random or hangs on the batch."""
    for channels, _ in sides(component):
        network = component.build(channels).module
        training = [name or "the module itself" for name, part in network.named_modules() if part.training]
        require(not training, f"{training[0]} is in training mode; return network.eval()" if training else "")


def check_name_and_digest(component: Features) -> None:
    """The network has a name for reports, and the sha256 of its weights."""
    for channels, _ in sides(component):
        network = component.build(channels)
        require(bool(network.name.strip()), "its name is empty")
        require(bool(re.fullmatch("[0-9a-f]{64}", network.digest)), f"its digest is {network.digest!r}, not 64 hexadecimal digits")


def _features(network: FeatureNetwork, count: int, channels: int, side: int) -> Tensor:
    return _read(network, images(count, channels, side))


def _read(network: FeatureNetwork, shown: Tensor) -> Tensor:
    with torch.inference_mode():
        features: Tensor = network.module(shown)
    return features.clone()
