"""Fits of tiny networks, from images to weights."""

import math
from dataclasses import replace

import pytest
import torch

from augbench import Diverged
from augbench.values.errors import NothingToLearn
from augbench_plugins.generators import _fit, _lots
from augbench_plugins.generators._checks import Checks
from augbench_plugins.generators._contest import Contest
from augbench_plugins.generators._ledger import Ledger
from augbench_plugins.generators._lots import Passes, Sizes, lots
from augbench_plugins.generators._stopping import Lowest
from augbench_plugins.generators.cgan_div import CganDiv
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp

FAMILIES = [Gan, Wgan, WganGp, WganDiv]
TINY = {"width": 4, "latent": 8}


def silent(done, total, **numbers):
    pass


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("family", "updates"), [(Gan, 3), (Wgan, 6), (WganGp, 6), (WganDiv, 6)])
def test_only_gan_ignores_n_critic(family, updates, view, monkeypatch):
    counted = []
    step = Contest.critic_step
    monkeypatch.setattr(Contest, "critic_step", lambda *numbers: counted.append(1) or step(*numbers))
    family(**TINY).fit(view(iterations=3, n_critic=2), rng(), silent)
    assert len(counted) == updates
    assert ("n_critic" in family.uses) == (family is not Gan)


@pytest.mark.slow
def test_curves_have_about_a_hundred_points_at_even_distances_and_end_at_the_last_iteration(view):
    fitted = WganDiv(**TINY).fit(view(iterations=205, n_critic=1, batch_size=2), rng(), silent)
    assert set(fitted.curves) == {"critic loss", "generator loss", "penalty"}
    for points in fitted.curves.values():
        assert [iteration for iteration, _ in points] == [*range(2, 205, 2), 205]
    assert fitted.chosen == 205


def test_families_without_penalty_have_no_penalty_curve(view):
    for family in (Gan, Wgan):
        assert set(family(**TINY).fit(view(), rng(), silent).curves) == {"critic loss", "generator loss"}


def test_progress_is_told_at_each_reading(view):
    told = []
    WganGp(**TINY).fit(view(iterations=2), rng(), lambda done, total, **numbers: told.append((done, total, sorted(numbers))))
    assert told == [(done, 2, ["critic_loss", "generator_loss", "penalty"]) for done in (1, 2)]


def test_a_reading_is_the_mean_of_the_losses_since_the_last():
    ledger = Ledger("x", "y")
    for loss in (1.0, 2.0, 6.0):
        ledger.note({"critic loss": torch.tensor(loss)})
    ledger.note({"generator loss": torch.tensor(5.0)})
    assert ledger.read(3) == {"critic loss": 3.0, "generator loss": 5.0}
    ledger.note({"critic loss": torch.tensor(7.0)})
    assert ledger.read(4) == {"critic loss": 7.0}
    assert ledger.curves() == {"critic loss": ((3, 3.0), (4, 7.0)), "generator loss": ((3, 5.0),)}


def test_a_loss_that_is_no_number_says_which_generator_and_what_to_do(view):
    with pytest.raises(Diverged) as caught:
        WganDiv(**TINY).fit(view(lr=1e6, iterations=20), rng(), silent)
    blamed = "generator 'wgan-div' for class 'eosinophil'"
    assert str(caught.value) == f"{blamed} diverged: its loss is not a number by step {caught.value.step}; lower fit.lr, now 1e+06"
    assert 1 <= caught.value.step <= 20


def test_weights_that_are_no_numbers_after_the_last_update_are_noticed(view, monkeypatch):
    step = Contest.generator_step

    def spoilt(self, latents, classes):
        losses = step(self, latents, classes)
        self.generator.layers[0].weight.data.fill_(float("nan"))
        return losses

    monkeypatch.setattr(Contest, "generator_step", spoilt)
    with pytest.raises(Diverged, match="by step 1"):
        Gan(**TINY).fit(view(iterations=1), rng(), silent)


def test_a_fit_without_its_settings_names_the_missing_one(view):
    with pytest.raises(ValueError, match=r"fit\.lr is not set; give it a value or a preset"):
        WganDiv().fit(view(lr=None), rng(), silent)


@pytest.mark.parametrize("images", [1, 3])
def test_a_class_smaller_than_a_batch_is_learnt(images, view, blobs):
    fitted = WganDiv(**TINY).fit(view(blobs[:images], batch_size=16), rng(), silent)
    assert fitted.numbers["images"] == images


def test_pre_augmentation_enlarges_the_class(view, blobs):
    plain, enlarged = (WganDiv(**TINY).fit(view(blobs[:5], pre_augment=target), rng(), silent) for target in (0, 40))
    assert (plain.numbers["images"], enlarged.numbers["images"]) == (5, 40)
    assert not torch.equal(plain.tensors["layers.0.weight"], enlarged.tensors["layers.0.weight"])


def test_only_the_target_s_images_are_learnt(view, blobs):
    fitted = WganDiv(**TINY).fit(view(), rng(), silent)
    spoilt = view()
    spoilt.images.pixels[:5] = 255
    again = WganDiv(**TINY).fit(spoilt, rng(), silent)
    assert all(torch.equal(fitted.tensors[name], again.tensors[name]) for name in fitted.tensors)


def test_all_losses_of_bf16_fits_are_finite(view):
    for family in FAMILIES:
        fitted = family(**TINY).fit(view(precision="bf16"), rng(), silent)
        assert all(math.isfinite(value) for curve in fitted.curves.values() for _, value in curve)


@pytest.mark.parametrize(
    "component",
    [Gan(), Wgan(), WganGp(), WganDiv(), CganDiv(), *(WganDiv(penalty_at=at) for at in ("real-fake", "interp-within", "interp-mixed"))],
    ids=repr,
)
def test_an_iteration_never_waits_for_the_device(component, blueprint):
    classes = 3 if component.covers == "all" else 0
    sizes = blueprint(critic_norm=component.critic_norm, classes=classes)
    with torch.device("meta"):
        generator, critic = sizes.generator(), sizes.critic()
    contest = Contest(
        generator=generator,
        critic=critic,
        generator_optimizer=torch.optim.SGD(generator.parameters(), 0.1),
        critic_optimizer=torch.optim.SGD(critic.parameters(), 0.1),
        objective=component.objective(),
        device=torch.device("meta"),
    )
    images, ledger = torch.empty(9, 3, 32, 32, dtype=torch.uint8, device="meta"), Ledger("x", "y")
    known = torch.empty(9, classes, device="meta") if classes else None
    reals = _fit.Reals(images=images, scale=255.0, layout=torch.channels_last, classes=known)
    sizes = Sizes(batch=4, n_critic=2, latent=8, shuffles=True, lookalikes=classes > 0)
    # Meta tensors hold no data: whatever asks for a value on the host raises, as the reading does.
    for lot in lots(sizes, Passes(9, rng()), rng(), torch.device("meta"))[:2]:
        _fit.iterate(contest, reals, lot, ledger)
    with pytest.raises(NotImplementedError, match="meta"):
        ledger.read(2)


def test_between_readings_checks_and_borders_a_fit_never_waits_for_the_device(view, monkeypatch):
    monkeypatch.setattr(_lots, "BLOCK", 5)
    # Read every 10 iterations.
    meta = replace(view(iterations=1000), device=torch.device("meta"))
    recipe = replace(Wgan(**TINY)._recipe(meta), rule=Lowest(watches="kid", patience=1))
    checks = Checks(view=meta, inputs=torch.empty(0), due=frozenset({0, 500}))
    reals = _fit.Reals(images=torch.empty(9, 3, 32, 32, dtype=torch.uint8, device="meta"), scale=255.0, layout=torch.channels_last)
    fitting = _fit._Fitting(
        recipe=recipe,
        view=meta,
        rng=rng(),
        progress=silent,
        checks=checks,
        contest=_fit.start(recipe, meta, rng()),
        reals=reals,
        deck=Passes(9, rng()),
    )
    fitting.block()
    assert (fitting.done, fitting.over) == (5, False)
    with pytest.raises(NotImplementedError, match="meta"):
        fitting.block()


@pytest.mark.parametrize(("memory_format", "layout"), [("channels-last", torch.channels_last), ("contiguous", torch.contiguous_format)])
def test_networks_and_batches_lie_as_the_numerics_say(memory_format, layout, view, monkeypatch):
    seen, step = [], Contest.critic_step
    monkeypatch.setattr(Contest, "critic_step", lambda *numbers: seen.append(numbers[:2]) or step(*numbers))
    fitted = WganDiv(**TINY).fit(replace(view(), memory_format=memory_format), rng(), silent)
    contest, reals = seen[0]
    weights = [weight for network in (contest.generator, contest.critic) for weight in network.parameters() if weight.dim() == 4]
    assert all(tensor.is_contiguous(memory_format=layout) for tensor in (reals, *weights))
    assert all(tensor.is_contiguous() for tensor in fitted.tensors.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_class_without_images_is_an_error_before_the_fit(family, view, blobs):
    with pytest.raises(NothingToLearn) as caught:
        family(**TINY).fit(view(blobs[:0], pre_augment=9), rng(), silent)
    assert str(caught.value) == (
        f"generator '{family.family}' has no training image of class 'eosinophil'; a fold by groups may leave a class out: "
        "lower folds, or set fit.scope = 'train'"
    )


def test_a_generator_of_all_classes_fills_no_bank_of_one_that_it_never_saw(view, blobs):
    component, seen = CganDiv(**TINY), view(blobs[:0])
    fitted = component.fit(replace(seen, target=None), rng(), silent)
    assert component.sample(fitted, replace(seen, target=0), 2, rng()).shape == (2, 3, 32, 32)
    with pytest.raises(NothingToLearn, match="'cgan-div' has no training image of class 'eosinophil'"):
        component.sample(fitted, seen, 2, rng())


@pytest.mark.parametrize(
    "component", [Gan(**TINY), Wgan(**TINY, network="mlp"), WganGp(**TINY, network="resnet"), CganDiv(**TINY)], ids=repr
)
def test_batches_of_two_images_are_enough_for_every_network(component, view, blobs):
    seen = view(blobs[:1], batch_size=2)
    fitted = component.fit(seen if component.covers == "class" else replace(seen, target=None), rng(), silent)
    assert component.sample(fitted, seen, 1, rng()).shape == (1, 3, 32, 32)


@pytest.mark.parametrize("network", ["resnet", "mlp"])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_other_networks_are_fitted_and_draw_images(family, network, view):
    component = family(**TINY, network=network)
    fitted = component.fit(view(), rng(), silent)
    images = component.sample(fitted, view(), 5, rng())
    assert images.shape == (5, 3, 32, 32)
    assert images.float().std(0).mean() > 0
    assert fitted.numbers["critic parameters"] == sum(weight.numel() for weight in component._blueprint(view()).critic().parameters())


def test_where_the_penalty_is_taken_changes_what_is_learnt_and_no_other_draw(view, monkeypatch):
    seen, kept = [], _fit.iterate
    monkeypatch.setattr(_fit, "iterate", lambda *numbers: seen.append(numbers[2]) or kept(*numbers))
    fits = [WganDiv(**TINY, penalty_at=at).fit(view(), rng(), silent) for at in ("interp", "interp-within", "interp-mixed")]
    assert len({fitted.curves["penalty"][-1] for fitted in fits}) == 3
    for first, *others in zip(*(seen[start : start + 3] for start in (0, 3, 6)), strict=True):
        for other in others:
            assert all(torch.equal(getattr(first, name), getattr(other, name)) for name in ("reals", "critic_latents", "shares"))
    assert seen[0].shuffles.shape == (2, 0)
    assert seen[8].shuffles.sort(-1).values.tolist() == [[*range(8)]] * 2


@pytest.mark.slow
def test_a_short_fit_learns_the_colours_of_a_simple_class(view, blobs):
    component = WganDiv(width=8, latent=16, init="torch")
    errors = []
    for iterations in (1, 120):
        fitted = component.fit(view(iterations=iterations, batch_size=16, n_critic=4, lr=2e-3), rng(), silent)
        images = component.sample(fitted, view(), 64, rng(1))
        errors.append((images.float().mean(0) - blobs.float().mean(0)).abs().mean().item())
    assert errors[1] < errors[0] / 3
