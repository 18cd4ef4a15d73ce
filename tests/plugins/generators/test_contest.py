"""One update of each network: against the straightforward form, and without side effects."""

from collections.abc import Callable

import pytest
import torch

from augbench_plugins.generators._contest import Contest
from augbench_plugins.generators._objective import squared_norms
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp

PENALISED = [WganGp(), WganDiv(), *(WganDiv(penalty_at=at) for at in ("real-fake", "real", "fake", "interp-within", "interp-mixed"))]
FAMILIES = [Gan(), Wgan(), *PENALISED]


@pytest.fixture
def contest(blueprint) -> Callable[..., Contest]:
    def make(component, lr=1e-2, precision="fp32", dtype=torch.float32, **sizes):
        networks = blueprint(critic_norm=component.critic_norm, start=component.init, **sizes).networks(0)
        generator, critic = (network.to(dtype) for network in networks)
        return Contest(
            generator=generator,
            critic=critic,
            generator_optimizer=torch.optim.SGD(generator.parameters(), lr),
            critic_optimizer=torch.optim.SGD(critic.parameters(), lr),
            objective=component.objective(),
            device=torch.device("cpu"),
            precision=precision,
        )

    return make


def numbers(dtype=torch.float32):
    torch.manual_seed(0)
    reals = torch.rand(4, 3, 32, 32, dtype=dtype) * 2 - 1
    return reals, torch.randn(4, 8, dtype=dtype), torch.rand(4, dtype=dtype), torch.tensor([6, 0, 3, 7, 1, 2, 5, 4])


def penalty_as_written(component, critic, reals, fakes, shares, shuffle):
    """Go through the images one by one, each with a graph of its own."""
    mixed = [[*reals, *fakes][position] for position in shuffle]
    points = {
        "interp-within": [(1 - a) * kind[i] + a * kind[i - 1] for kind in (reals, fakes) for i, a in enumerate(shares)],
        "interp-mixed": [(1 - a) * mixed[i] + a * mixed[i + 4] for i, a in enumerate(shares)],
        "interp": [(1 - a) * real + a * fake for real, fake, a in zip(reals, fakes, shares, strict=True)],
        "real-fake": [*reals, *fakes],
        "real": list(reals),
        "fake": list(fakes),
    }[getattr(component, "penalty_at", "interp")]
    prices = []
    for point in points:
        point = point.detach()[None].requires_grad_()
        (gradient,) = torch.autograd.grad(critic(point).sum(), point, create_graph=True)
        norm = gradient.flatten().norm()
        prices.append(10 * (norm - 1) ** 2 if isinstance(component, WganGp) else component.k * norm**component.p)
    return sum(prices) / len(prices)


@pytest.mark.parametrize("component", PENALISED, ids=repr)
def test_a_penalised_critic_step_is_the_formula_s_gradient_step(contest, component):
    ours = contest(component, lr=0.1, dtype=torch.float64)
    twin = contest(component, dtype=torch.float64)
    reals, latents, shares, shuffle = numbers(torch.float64)
    fakes = twin.generator(latents).detach()
    price = penalty_as_written(component, twin.critic, reals, fakes, shares, shuffle)
    loss = twin.critic(fakes).mean() - twin.critic(reals).mean() + price
    loss.backward()
    expected = [weight - 0.1 * weight.grad for weight in twin.critic.parameters()]
    losses = ours.critic_step(reals, latents, shares, shuffle)
    assert losses["critic loss"].item() == pytest.approx(loss.item(), rel=1e-6)
    assert losses["penalty"].item() == pytest.approx(price.item(), rel=1e-6)
    assert all(torch.allclose(new, wanted, rtol=1e-6) for new, wanted in zip(ours.critic.parameters(), expected, strict=True))


@pytest.mark.parametrize("component", [Gan(), Wgan(clip=1.5)], ids=repr)
def test_batch_norm_sees_reals_and_fakes_apart(contest, component):
    ours, twin = contest(component), contest(component)
    reals, latents, shares, shuffle = numbers()
    loss = component.objective().critic(twin.critic(reals), twin.critic(twin.generator(latents)))
    assert ours.critic_step(reals, latents, shares, shuffle)["critic loss"].item() == pytest.approx(loss.item(), rel=1e-5)


@pytest.mark.parametrize("component", FAMILIES, ids=repr)
def test_a_critic_step_leaves_the_generator_s_weights_without_gradients(contest, component):
    ours = contest(component)
    before = [weight.clone() for weight in ours.generator.parameters()]
    ours.critic_step(*numbers())
    assert all(weight.grad is None for weight in ours.generator.parameters())
    assert all(torch.equal(weight, old) for weight, old in zip(ours.generator.parameters(), before, strict=True))


def test_fakes_reach_the_critic_without_a_graph(contest):
    ours, seen = contest(WganDiv()), []
    ours.critic.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    ours.critic_step(*numbers())
    scored, between = seen
    assert not scored.requires_grad
    assert between.is_leaf


@pytest.mark.parametrize("component", FAMILIES, ids=repr)
def test_a_generator_step_leaves_the_critic_as_it_was_and_trainable(contest, component):
    ours = contest(component)
    ours.critic_step(*numbers())
    ours.critic_optimizer.zero_grad()
    before = [weight.clone() for weight in ours.critic.parameters()]
    old = ours.generator.layers[0].weight.clone()
    ours.generator_step(numbers()[1])
    assert all(torch.equal(weight, kept) for weight, kept in zip(ours.critic.parameters(), before, strict=True))
    assert all(weight.grad is None and weight.requires_grad for weight in ours.critic.parameters())
    assert not torch.equal(ours.generator.layers[0].weight, old)


def test_a_generator_step_raises_the_scores_of_its_images(contest):
    ours = contest(WganDiv(), lr=1e-2)
    latents = numbers()[1]
    first = ours.generator_step(latents)["generator loss"]
    assert ours.generator_step(latents)["generator loss"] < first


def test_every_score_of_a_clipped_critic_is_made_with_weights_in_bounds(contest):
    ours, largest = contest(Wgan(), lr=10.0), []
    ours.critic.register_forward_pre_hook(
        lambda critic, _: largest.append(max(weight.abs().max().item() for weight in critic.parameters()))
    )
    for _ in range(3):
        ours.critic_step(*numbers())
    assert len(largest) == 6
    assert largest == pytest.approx([0.01] * 6)
    assert max(weight.abs().max().item() for weight in ours.critic.parameters()) > 0.01  # the step itself is free, as in the original


@pytest.mark.parametrize("component", FAMILIES, ids=repr)
def test_in_bf16_losses_and_weights_are_float32_and_close(contest, component):
    exact, rough = contest(component), contest(component, precision="bf16")
    reals, latents, shares, shuffle = numbers()
    wanted, got = (ours.critic_step(reals, latents, shares, shuffle) for ours in (exact, rough))
    assert got["critic loss"].dtype == torch.float32
    assert got["critic loss"].item() == pytest.approx(wanted["critic loss"].item(), abs=0.05)
    assert rough.generator_step(latents)["generator loss"].isfinite()
    assert all(weight.dtype == torch.float32 for weight in rough.critic.parameters())


def test_in_bf16_the_penalty_is_taken_in_float32(contest):
    exact, rough = (contest(WganDiv(k=1e6, penalty_at="real"), precision=precision) for precision in ("fp32", "bf16"))
    wanted, got = (ours.critic_step(*numbers())["penalty"].item() for ours in (exact, rough))
    # bfloat16 keeps 8 bits: a sixth power of its norms would differ by percents.
    assert got == pytest.approx(wanted, rel=1e-5)


def test_scaled_up_gradients_have_a_finite_sixth_power(blueprint):
    critic = blueprint().networks(0)[1]
    images = torch.randn(2, 3, 32, 32, requires_grad=True)
    squares = squared_norms(critic(images) * 1e4, images)
    assert WganDiv().objective().penalty.law(squares).isfinite()


def test_a_penalty_between_any_two_images_demands_their_order(contest):
    with pytest.raises(ValueError, match="'interp-mixed' needs a shuffle"):
        contest(WganDiv(penalty_at="interp-mixed")).critic_step(*numbers()[:3])
