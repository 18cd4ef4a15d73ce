"""The networks: sizes, counts, start weights, devices."""

import math

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

NETWORKS = ["dcgan", "resnet", "mlp"]


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


def test_at_128_px_dcgan_has_one_stage_more_twice_as_wide(blueprint):
    generator, critic = blueprint(side=128, width=64, latent=100).networks(0)
    widths = 1024 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64 * 3
    assert parameters(generator) == 16 * (100 * 1024 + widths) + 2 * (1024 + 512 + 256 + 128 + 64)
    assert parameters(critic) == 16 * (widths + 1024)


def test_the_residual_networks_have_the_parameters_of_the_original_code(blueprint):
    generator, critic = blueprint(network="resnet", side=64, width=64, latent=128, critic_norm="layer").networks(0)
    pairs = [(512, 512), (512, 256), (256, 128), (128, 64)]
    # 3 x 3 convolutions without and with bias, two norms of two numbers a channel, a 1 x 1 shortcut with bias.
    up = sum(9 * a * b + 9 * b * b + b + 2 * a + 2 * b + a * b + b for a, b in pairs)
    assert parameters(generator) == 129 * 8192 + up + 2 * 64 + 9 * 64 * 3 + 3 == 8_540_483
    down = sum(9 * a * a + 9 * a * b + b + 4 * a + a * b + b for b, a in pairs)
    assert parameters(critic) == 9 * 3 * 64 + 64 + down + 8193 == 7_491_841


@pytest.mark.parametrize(("side", "blocks"), [(32, 3), (128, 5)])
def test_residual_networks_of_other_sizes_have_one_block_more_or_less_of_the_widest(blueprint, side, blocks):
    generator, critic = blueprint(network="resnet", side=side, width=4).networks(0)
    assert len(generator.blocks) == len(critic.blocks) == blocks
    assert generator.corner.out_features == critic.score.in_features == 16 * 32
    assert {block.shortcut.in_channels for block in generator.blocks} == {32, 16, 8}
    assert {block.shortcut.out_channels for block in critic.blocks} == {32, 16, 8}


def test_the_linear_networks_have_the_layers_of_pytorch_gan(blueprint):
    generator, critic = blueprint(network="mlp", side=28, channels=1, width=64, latent=100).networks(0)
    layers = [
        [(layer.in_features, layer.out_features) for layer in network.layers if isinstance(layer, nn.Linear)]
        for network in (generator, critic)
    ]
    assert layers == [[(100, 128), (128, 256), (256, 512), (512, 1024), (1024, 784)], [(784, 512), (512, 256), (256, 1)]]
    norms = [(layer.num_features, layer.eps, layer.momentum) for layer in generator.layers if isinstance(layer, nn.BatchNorm1d)]
    assert norms == [(256, 1e-5, 0.2), (512, 1e-5, 0.2), (1024, 1e-5, 0.2)]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("side", [32, 64, 128])
@pytest.mark.parametrize("channels", [1, 4])
def test_images_have_the_wanted_shape_and_range_and_each_gets_one_score(blueprint, network, side, channels):
    generator, critic = blueprint(network=network, side=side, channels=channels).networks(0)
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
    for network in blueprint(width=32, critic_norm="batch", start="own").networks(0):
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                sd, error = layer.weight.std().item(), 0.02 / math.sqrt(2 * layer.weight.numel())
                assert abs(sd - 0.02) < 5 * error
            if isinstance(layer, nn.BatchNorm2d):
                assert abs(layer.weight.mean().item() - 1) < 5 * 0.02 / math.sqrt(len(layer.weight))
                assert not layer.bias.any()


@pytest.mark.parametrize("network", NETWORKS)
def test_torch_start_weights_are_those_of_torch(blueprint, network):
    _, critic = blueprint(network=network, start="torch").networks(3)
    torch.manual_seed(3)
    blueprint(network=network).generator()
    expected = blueprint(network=network).critic()
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(critic.parameters(), expected.parameters(), strict=True))


def test_a_seed_decides_the_start_weights_and_the_global_stream_stays_as_it_was(blueprint):
    before = torch.get_rng_state()
    first, same, other = (blueprint(start="own").networks(seed)[0] for seed in (1, 1, 2))
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


def spread(layer):
    """Return the variance of a layer's weights over 1 / (fan in + fan out)."""
    fans = layer.weight[0].numel() + layer.weight[:, 0].numel()
    return layer.weight.var().item() * fans, layer.weight.abs().max().item() ** 2 * fans


def test_residual_start_weights_are_uniform_with_the_spread_of_the_original_code(blueprint):
    generator, critic = blueprint(network="resnet", side=64, width=32, latent=128, critic_norm="layer", start="own").networks(0)
    three = [layer for network in (generator, critic) for layer in network.modules() if getattr(layer, "kernel_size", 0) == (3, 3)]
    three.remove(critic.image)
    others = [generator.corner, critic.score, critic.image]
    others += [block.shortcut for network in (generator, critic) for block in network.blocks]
    assert len(three) == 2 * 8 + 1
    assert len(others) == 3 + 8
    for layers, power in ((three, 4), (others, 2)):
        for layer in layers:
            variance, reach = spread(layer)
            # The variance of a uniform law's sample errs by a share of 0.9 / sqrt(n).
            assert variance == pytest.approx(power, rel=5 * 0.9 / math.sqrt(layer.weight.numel()))
            assert reach <= 3 * power * (1 + 1e-6)
            assert layer.bias is None or not layer.bias.any()


def test_a_residual_block_adds_a_shortcut_to_normalised_convolutions(blueprint):
    generator, critic = blueprint(network="resnet", critic_norm="layer", start="own").networks(0)
    maps, functional = torch.randn(2, 32, 4, 4), nn.functional
    up, (norm, _, first, second_norm, _, second) = generator.blocks[0], critic.blocks[-1].main
    doubled = lambda x: x.repeat_interleave(2, 2).repeat_interleave(2, 3)  # noqa: E731
    plain = functional.conv2d(doubled(functional.batch_norm(maps, None, None, training=True).relu()), up.second[0].weight, padding=1)
    plain = functional.batch_norm(plain, None, None, training=True).relu()
    expected = doubled(functional.conv2d(maps, up.shortcut.weight)) + functional.conv2d(plain, up.second[3].weight, padding=1)
    assert torch.allclose(up(maps), expected, atol=1e-5)
    halved = lambda x: (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4  # noqa: E731
    maps = torch.randn(2, 16, 8, 8)
    main = second(second_norm(first(norm(maps).relu())).relu())
    down = critic.blocks[-1]
    assert torch.allclose(down(maps), halved(main) + functional.conv2d(halved(maps), down.shortcut.weight), atol=1e-5)


def test_critics_without_norm_leave_what_the_shortcut_reads_alone(blueprint):
    _, critic = blueprint(network="resnet", critic_norm="none").networks(0)
    maps = torch.randn(2, 4, 8, 8)
    kept = maps.clone()
    critic.blocks[0](maps)
    assert torch.equal(maps, kept)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("norm", "couples"), [("batch", True), ("layer", False), ("none", False)])
def test_only_batch_norm_couples_the_images_of_a_batch(blueprint, network, norm, couples):
    _, critic = blueprint(network=network, critic_norm=norm).networks(0)
    images = torch.randn(4, 3, 32, 32)
    assert critic.couples_images is couples
    assert torch.allclose(critic(images)[:2], critic(images[:2]), atol=1e-5) is not couples


@pytest.mark.parametrize("network", NETWORKS)
def test_forward_passes_stay_on_a_cuda_device(blueprint, network):
    # Fake tensors follow devices and shapes without a GPU; mixing devices raises.
    with FakeTensorMode(), torch.device("cuda"):
        sizes = blueprint(network=network, critic_norm="batch")
        generator, critic = sizes.generator(), sizes.critic()
        images = generator(torch.randn(4, 8))
        assert critic(images).device.type == images.device.type == "cuda"
