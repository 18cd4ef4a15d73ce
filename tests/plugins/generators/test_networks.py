"""The networks: sizes, counts, start weights, devices."""

import math

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from augbench_plugins.generators._dcgan import DcganCritic, DcganGenerator


def parameters(network):
    return sum(weight.numel() for weight in network.parameters())


def test_at_64_px_the_networks_have_the_parameters_of_the_original_code(blueprint):
    generator, critic = blueprint(side=64, width=64, latent=100, critic_norm="batch").networks(0)
    # Kernels of 4 x 4 without bias, and two numbers a channel of each BatchNorm.
    assert parameters(generator) == 16 * (100 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64 * 3) + 2 * (512 + 256 + 128 + 64)
    assert parameters(critic) == 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512) + 2 * (128 + 256 + 512)
    assert round(parameters(generator) / 1e6, 2) == 3.58
    assert round(parameters(critic) / 1e6, 2) == 2.77


def test_at_32_px_the_widest_stage_is_left_out(blueprint):
    generator, critic = blueprint(width=64, latent=100, critic_norm="none").networks(0)
    assert parameters(generator) == 16 * (100 * 256 + 256 * 128 + 128 * 64 + 64 * 3) + 2 * (256 + 128 + 64)
    assert parameters(critic) == 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256)


@pytest.mark.parametrize("side", [32, 64])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_images_have_the_wanted_shape_and_range_and_each_gets_one_score(blueprint, side, channels):
    generator, critic = blueprint(side=side, channels=channels).networks(0)
    images = generator(torch.randn(5, 8))
    assert images.shape == (5, channels, side, side)
    assert images.abs().max() <= 1
    assert critic(images).shape == (5,)


@pytest.mark.parametrize("norm", ["layer", "none"])
def test_without_batch_norm_a_score_does_not_depend_on_the_other_images(blueprint, norm):
    _, critic = blueprint(critic_norm=norm).networks(0)
    images = torch.randn(4, 3, 32, 32)
    assert torch.allclose(critic(images)[:1], critic(images[:1]), atol=1e-6)


def test_dcgan_start_weights_are_normal_with_sd_two_hundredths(blueprint):
    for network in blueprint(width=32, critic_norm="batch", start="dcgan").networks(0):
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                sd, error = layer.weight.std().item(), 0.02 / math.sqrt(2 * layer.weight.numel())
                assert abs(sd - 0.02) < 5 * error
            if isinstance(layer, nn.BatchNorm2d):
                assert abs(layer.weight.mean().item() - 1) < 5 * 0.02 / math.sqrt(len(layer.weight))
                assert not layer.bias.any()


def test_torch_start_weights_are_those_of_torch(blueprint):
    _, critic = blueprint(start="torch").networks(3)
    torch.manual_seed(3)
    DcganGenerator(blueprint())
    expected = DcganCritic(blueprint())
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(critic.parameters(), expected.parameters(), strict=True))


def test_a_seed_decides_the_start_weights_and_the_global_stream_stays_as_it_was(blueprint):
    before = torch.get_rng_state()
    first, same, other = (blueprint(start="dcgan").networks(seed)[0] for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.layers[0].weight, same.layers[0].weight)
    assert not torch.equal(first.layers[0].weight, other.layers[0].weight)


def test_layer_norm_is_over_a_whole_image_with_a_scale_for_each_channel(blueprint):
    _, critic = blueprint(critic_norm="layer").networks(0)
    norm = critic.layers[3]
    x = torch.randn(2, 8, 4, 4)
    mean, variance = x.mean((1, 2, 3), keepdim=True), x.var((1, 2, 3), unbiased=False, keepdim=True)
    assert torch.allclose(norm(x), (x - mean) / (variance + 1e-5).sqrt(), atol=1e-5)
    assert norm.weight.shape == (8,)


def test_forward_passes_stay_on_a_cuda_device(blueprint):
    # Fake tensors follow devices and shapes without a GPU; mixing devices raises.
    with FakeTensorMode(), torch.device("cuda"):
        generator, critic = DcganGenerator(blueprint(critic_norm="batch")), DcganCritic(blueprint(critic_norm="batch"))
        images = generator(torch.randn(4, 8))
        assert critic(images).device.type == images.device.type == "cuda"
