"""Losses and penalties against their formulas, written out."""

import math

import pytest
import torch

from augbench_plugins.generators import _objective as objective
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp

REAL, FAKE = [1.5, -0.3, 0.2, 4.0], [0.7, -2.0, 0.1, 0.4]


def test_gan_losses_are_the_cross_entropies_of_a_sigmoid():
    losses = Gan().objective()
    probability = lambda score: 1 / (1 + math.exp(-score))  # noqa: E731
    critic = -sum(math.log(probability(r)) for r in REAL) / 4 - sum(math.log(1 - probability(f)) for f in FAKE) / 4
    assert losses.critic(torch.tensor(REAL), torch.tensor(FAKE)).item() == pytest.approx(critic, rel=1e-6)
    generator = -sum(math.log(probability(f)) for f in FAKE) / 4
    assert losses.generator(torch.tensor(FAKE)).item() == pytest.approx(generator, rel=1e-6)
    assert losses.penalty is None
    assert losses.clip is None


@pytest.mark.parametrize("family", [Wgan, WganGp, WganDiv])
def test_wasserstein_critics_score_reals_high(family):
    losses = family().objective()
    assert losses.critic(torch.tensor(REAL), torch.tensor(FAKE)).item() == pytest.approx(sum(FAKE) / 4 - sum(REAL) / 4, rel=1e-6)
    assert losses.generator(torch.tensor(FAKE)).item() == pytest.approx(-sum(FAKE) / 4, rel=1e-6)


def test_wgan_clips_at_one_hundredth_and_the_others_do_not():
    assert Wgan().objective().clip == 0.01
    assert WganGp().objective().clip is WganDiv().objective().clip is None


def test_the_gradient_penalty_is_two_sided_around_norm_one():
    squares = torch.tensor([0.25, 4.0, 1.0])
    assert WganGp().objective().penalty.law(squares).item() == pytest.approx(10 * (0.5**2 + 1.0**2 + 0) / 3)
    assert WganGp(weight=3).objective().penalty.law(squares).item() == pytest.approx(3 * (0.5**2 + 1.0**2 + 0) / 3)


def test_the_divergence_penalty_is_a_power_of_the_norm():
    norms = torch.tensor([0.5, 2.0, 1.0])
    assert WganDiv().objective().penalty.law(norms**2).item() == pytest.approx(2 * (0.5**6 + 2.0**6 + 1) / 3)
    assert WganDiv(k=10, p=3).objective().penalty.law(norms**2).item() == pytest.approx(10 * (0.5**3 + 2.0**3 + 1) / 3)


@pytest.mark.parametrize("family", [WganGp, WganDiv])
def test_penalties_have_a_finite_slope_at_a_gradient_of_zero(family):
    squares = torch.zeros(3, requires_grad=True)
    family().objective().penalty.law(squares).backward()
    assert squares.grad.isfinite().all()


@pytest.mark.parametrize("norm", ["none", "layer"])
def test_squared_norms_are_those_of_each_image_by_itself(blueprint, norm):
    critic = blueprint(critic_norm=norm).networks(0)[1].double()
    images = torch.randn(3, 3, 32, 32, dtype=torch.float64, requires_grad=True)
    squares = objective.squared_norms(critic(images), images)
    for image, square in zip(images, squares, strict=True):
        alone = image.detach()[None].requires_grad_()
        (gradient,) = torch.autograd.grad(critic(alone), alone)
        assert square.item() == pytest.approx(gradient.flatten().dot(gradient.flatten()).item(), rel=1e-10)


def test_squared_norms_agree_with_finite_differences(blueprint):
    critic = blueprint(channels=1, width=2).networks(0)[1].double()
    image = torch.rand(1, 1, 32, 32, dtype=torch.float64, requires_grad=True)
    square = objective.squared_norms(critic(image), image).item()
    nudges = torch.eye(1024, dtype=torch.float64).view(1024, 1, 32, 32) * 1e-6
    with torch.no_grad():
        slopes = (critic(image + nudges) - critic(image - nudges)) / 2e-6
    assert square == pytest.approx(slopes.square().sum().item(), rel=1e-6)


@pytest.mark.parametrize("family", [WganGp, WganDiv])
def test_the_penalty_s_slope_in_the_weights_agrees_with_finite_differences(blueprint, family):
    critic = blueprint(width=2).networks(0)[1].double()
    # Norms near the penalty's working range, so that the slope is no rounding error.
    with torch.no_grad():
        for weight in critic.parameters():
            weight.mul_(2.0)
    law, images = family().objective().penalty.law, torch.randn(2, 3, 32, 32, dtype=torch.float64)

    def penalty():
        points = images.clone().requires_grad_()
        return law(objective.squared_norms(critic(points), points))

    penalty().backward()
    weight = critic.layers[2].weight
    slope = weight.grad[1, 0, 2, 2].item()
    with torch.no_grad():
        weight[1, 0, 2, 2] += 1e-6
    above = penalty().item()
    with torch.no_grad():
        weight[1, 0, 2, 2] -= 2e-6
    assert slope == pytest.approx((above - penalty().item()) / 2e-6, rel=1e-4)
    assert slope != 0
