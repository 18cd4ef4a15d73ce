"""One generator for all classes: what it is told of a class, and where its penalty is taken."""

from dataclasses import replace

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.functional import one_hot

from augbench_plugins.generators import _checks
from augbench_plugins.generators._contest import Contest
from augbench_plugins.generators.cgan_div import CganDiv
from augbench_plugins.generators.wgan_div import WganDiv

TINY = {"width": 4, "latent": 8}
CLASSES, BATCH = 3, 4


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def silent(done, total, **numbers):
    pass


def contest(component, blueprint, network="dcgan", channels=3) -> Contest:
    sizes = blueprint(classes=CLASSES, network=network, channels=channels)
    generator, critic = (part.double() for part in sizes.networks(seed=1))
    return Contest(
        generator=generator,
        critic=critic,
        generator_optimizer=torch.optim.SGD(generator.parameters(), 0.0),
        critic_optimizer=torch.optim.SGD(critic.parameters(), 0.0),
        objective=component.objective(),
        device=torch.device("cpu"),
    )


def numbers(channels=3):
    reals = torch.rand(BATCH, channels, 32, 32, generator=rng(), dtype=torch.float64) * 2 - 1
    latents = torch.randn(BATCH, 8, generator=rng(1), dtype=torch.float64)
    shares = torch.rand(BATCH, generator=rng(2), dtype=torch.float64)
    return reals, latents, shares, one_hot(torch.tensor([0, 2, 2, 1]), CLASSES).double()


@pytest.mark.parametrize("network", ["dcgan", "resnet", "mlp"])
@pytest.mark.parametrize(("channels", "at"), [(3, "interp"), (1, "interp"), (3, "real-fake"), (3, "real"), (3, "fake")])
def test_the_penalty_is_that_of_single_images_gradients_over_pixels(network, channels, at, blueprint):
    ours = contest(CganDiv(**TINY, penalty_at=at), blueprint, network, channels)
    reals, latents, shares, classes = numbers(channels)
    losses = ours.critic_step(reals, latents, shares, None, classes)
    with torch.no_grad():
        fakes = ours.generator(torch.cat([latents, classes], 1))

    def score(image, which):
        planes = classes[which][:, None, None].expand(-1, 32, 32)
        return ours.critic(torch.cat([image, planes])[None])[0]

    def norm(image, which):
        image = image.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(score(image, which), image)
        return gradient.square().sum()

    places = {
        "interp": [reals + shares[:, None, None, None] * (fakes - reals)],
        "real-fake": [reals, fakes],
        "real": [reals],
        "fake": [fakes],
    }[at]
    squares = torch.stack([norm(image, which) for images in places for which, image in enumerate(images)])
    penalty = 2 * squares.pow(3).mean()
    assert losses["penalty"].item() == pytest.approx(penalty.item(), rel=1e-9)
    scores = [torch.stack([score(image, which) for which, image in enumerate(images)]).mean() for images in (reals, fakes)]
    assert losses["critic loss"].item() == pytest.approx((scores[1] - scores[0] + penalty).item(), rel=1e-5)


def test_an_image_depends_on_its_class(blueprint):
    network = blueprint(classes=CLASSES).networks(seed=0)[0].eval()
    latents = torch.randn(1, 8, generator=rng()).expand(CLASSES, -1)
    images = network(torch.cat([latents, torch.eye(CLASSES)], 1))
    assert all((images[first] - images[second]).abs().max() > 1e-3 for first, second in ((0, 1), (0, 2), (1, 2)))


def test_scores_and_penalties_are_made_where_the_images_are(blueprint):
    with FakeTensorMode(), torch.device("cuda"):
        sizes = blueprint(classes=CLASSES)
        generator, critic = sizes.generator(), sizes.critic()
        ours = Contest(
            generator=generator,
            critic=critic,
            generator_optimizer=torch.optim.SGD(generator.parameters(), 0.1),
            critic_optimizer=torch.optim.SGD(critic.parameters(), 0.1),
            objective=CganDiv().objective(),
            device=torch.device("cuda"),
        )
        classes = torch.zeros(BATCH, CLASSES)
        images = generator(torch.cat([torch.randn(BATCH, 8), classes], 1))
        scores = ours._score(images, classes)
    assert scores.device.type == "cuda"
    assert scores.shape == (BATCH,)


def test_one_fit_draws_images_of_each_class(view):
    component, seen = CganDiv(**TINY), replace(view(), target=None)
    fitted = component.fit(seen, rng(), silent)
    first, second, again = (component.sample(fitted, replace(seen, target=target), 5, rng()) for target in (0, 1, 0))
    assert first.shape == (5, 3, 32, 32)
    assert first.dtype == torch.uint8
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


class Judge:
    """Remembers the images that it was shown."""

    checks, images = 1, 29

    def __init__(self):
        self.shown = []

    def __call__(self, images):
        self.shown.append(images)
        return {"kid": 0.0}


def test_the_judge_sees_classes_as_often_as_the_training_images_have_them(view, monkeypatch):
    inputs, kept = [], _checks.images_from
    monkeypatch.setattr(_checks, "images_from", lambda network, given, seen: inputs.append(given) or kept(network, given, seen))
    judge = Judge()
    CganDiv(**TINY).fit(replace(view(), target=None, judge=judge), rng(), silent)
    assert [len(images) for images in judge.shown] == [29, 29]
    assert inputs[0][:, 8:].sum(0).tolist() == [5, 24]
    assert torch.equal(inputs[0], inputs[1])


def test_its_fits_read_every_field_and_judge_themselves():
    assert CganDiv.uses == ("iterations", "batch_size", "n_critic", "lr", "pre_augment")
    assert CganDiv.judged


def test_pre_augmentation_enlarges_each_class_by_itself(view):
    fitted = CganDiv(**TINY).fit(replace(view(pre_augment=30), target=None), rng(), silent)
    assert fitted.numbers["images"] == 60


def test_it_blames_itself_and_no_class(view):
    recipe = CganDiv(**TINY)._recipe(replace(view(), target=None))
    assert recipe.what == "generator 'cgan-div'"
    assert recipe.blueprint.classes == 2


def test_its_presets_are_wgan_divs_and_its_penalty_stays_within_a_class():
    assert CganDiv.presets["official"] is WganDiv.presets["official"]
    assert "interp-mixed" not in CganDiv.__dataclass_fields__["penalty_at"].type


@pytest.mark.slow
def test_a_short_fit_learns_a_colour_for_each_class(view, blobs):
    """Two classes that differ in colour: each class's images come near its own mean, and not near the other's."""
    component = CganDiv(width=8, latent=16, init="torch")
    seen = replace(view(iterations=200, batch_size=16, n_critic=4, lr=2e-3), target=None)
    seen.images.pixels[:5] = 255 - blobs[:5]
    fitted = component.fit(seen, rng(), silent)
    means = [seen.images.pixels[seen.labels == target].float().mean(0) for target in (0, 1)]
    for target in (0, 1):
        drawn = component.sample(fitted, replace(seen, target=target), 64, rng(1)).float().mean(0)
        own, other = ((drawn - means[which]).abs().mean().item() for which in (target, 1 - target))
        assert own < other / 3
