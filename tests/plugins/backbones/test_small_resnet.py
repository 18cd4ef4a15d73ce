"""The small residual network."""

import pytest
import torch

from augbench import BackboneContext
from augbench_plugins.backbones.small_resnet import SmallResnet


def about(channels: int = 3, size: tuple[int, int] = (32, 32), classes: int = 7) -> BackboneContext:
    return BackboneContext(channels=channels, size=size, classes=classes, mean=(0.4,) * channels, sd=(0.2,) * channels)


def weights(width: int, channels: int, classes: int) -> int:
    """Count by hand: convolutions without bias, two numbers of normalisation for each of their channels."""
    stem = channels * width * 9 + 2 * width
    first = 2 * (width * width * 9 + 2 * width)
    total = stem + first + 4 * width * classes + classes
    for wide in (2 * width, 4 * width):
        total += (wide // 2) * wide * 9 + wide * wide * 9 + (wide // 2) * wide + 3 * 2 * wide
    return total


@pytest.mark.parametrize(("width", "channels", "classes"), [(16, 3, 7), (8, 1, 2), (24, 5, 10)])
def test_it_has_the_weights_of_its_width(width: int, channels: int, classes: int) -> None:
    module = SmallResnet(width=width).build(about(channels, classes=classes)).module
    assert sum(weight.numel() for weight in module.parameters()) == weights(width, channels, classes)


def test_it_has_eight_hundredths_of_a_million_weights() -> None:
    assert weights(16, 3, 7) == 77_847


@pytest.mark.parametrize("size", [(32, 32), (64, 64), (28, 36), (8, 8)])
def test_images_of_any_size_give_logits(size: tuple[int, int]) -> None:
    network = SmallResnet(width=8).build(about(size=size))
    assert network.size is None
    assert network.module(torch.rand(2, 3, *size)).shape == (2, 7)
    assert (network.mean, network.sd) == ((0.4,) * 3, (0.2,) * 3)


def test_each_stage_after_the_first_halves_the_image_and_doubles_the_channels() -> None:
    shapes = []
    module = SmallResnet(width=8, blocks=(1, 2, 1)).build(about()).module
    for layer in module:
        layer.register_forward_hook(lambda *arguments: shapes.append(tuple(arguments[2].shape[1:])))
    module(torch.rand(2, 3, 32, 32))
    assert shapes == [(8, 16, 16), (8, 16, 16), (8, 16, 16), (16, 8, 8), (16, 8, 8), (32, 4, 4), (32, 1, 1), (32,), (7,)]


def test_a_block_adds_its_input() -> None:
    block = SmallResnet(width=8).build(about()).module[2].eval()
    with torch.no_grad():
        block.main[-1][1].weight.zero_()
        images = torch.rand(2, 8, 4, 4)
        assert torch.equal(block(images), images)


@pytest.mark.parametrize(("width", "blocks", "convolutions", "millions"), [(16, (5, 5, 5), 31, 0.47), (64, (2, 2, 2, 2), 17, 11.17)])
def test_with_a_stem_of_stride_one_it_is_a_network_for_cifar(width, blocks, convolutions, millions) -> None:
    module = SmallResnet(width=width, blocks=blocks, stem_stride=1).build(about(classes=10)).module
    layers = [layer for layer in module.modules() if isinstance(layer, torch.nn.Conv2d)]
    # With the linear layer: ResNet-32 and ResNet-18.
    assert sum(layer.kernel_size == (3, 3) for layer in layers) == convolutions
    assert sum(weight.numel() for weight in module.parameters()) / 1e6 == pytest.approx(millions, abs=0.005)
    assert module[:-3](torch.rand(1, 3, 32, 32)).shape[-1] == 32 // 2 ** (len(blocks) - 1)
