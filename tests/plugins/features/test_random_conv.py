"""The random feature network: what it is, and what it can tell apart."""

import pytest
import torch

from augbench.quality.kernel import kernel_distance
from augbench.stages.judging import features_of
from augbench_plugins.features.random_conv import RandomConv

CPU = torch.device("cpu")


def features(found, scale=255, seed=0):
    return features_of(RandomConv(seed=seed).build(found.shape[1]), found, scale, CPU)


def images(count, seed, low=0, high=256, shape=(3, 32, 32)):
    return torch.randint(low, high, (count, *shape), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (4, 64, 48)])
def test_images_of_any_size_and_channels_have_480_features(shape):
    found = features(images(3, 0, shape=shape))
    assert found.shape == (3, 480)
    assert found.dtype == torch.float64
    assert found.std(1).min() > 0.05


def test_weights_hang_on_the_seed_alone_and_the_digest_names_them():
    first, same, other = RandomConv().build(3), RandomConv().build(3), RandomConv(seed=1).build(3)
    assert (first.name, other.name) == ("random-conv-3x480-0", "random-conv-3x480-1")
    assert first.digest == same.digest != other.digest
    # What reports quote: a change of these numbers is another network and needs another name.
    assert first.digest[:16] == "088b45aaa5f75b7c"
    assert not first.inception


def test_the_power_of_images_is_kept_at_every_depth():
    for part in features(images(20, 0)).split([32, 64, 128, 256], 1):
        assert 0.05 < part.square().mean().item() < 2


def test_eight_and_sixteen_bits_give_equal_features():
    eight = images(4, 0)
    assert torch.allclose(features(eight), features((eight.int() * 257).to(torch.uint16), 65535), atol=1e-6)


@pytest.mark.slow
def test_equal_laws_are_near_and_other_brightness_texture_and_colour_are_far():
    real = features(images(100, 0))
    same = abs(kernel_distance(real, features(images(100, 1))))
    brighter = images(100, 2, low=128)
    smoother = torch.nn.functional.avg_pool2d(images(100, 3).float(), 4).repeat_interleave(4, 2).repeat_interleave(4, 3).to(torch.uint8)
    redder = images(100, 4)
    redder[:, 1:] //= 2
    for other in (brighter, smoother, redder):
        assert kernel_distance(real, features(other)) > 50 * same
