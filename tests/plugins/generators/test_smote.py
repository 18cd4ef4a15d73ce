"""The SMOTE family: against imbalanced-learn, by cases, and on hostile input."""

from dataclasses import replace
from importlib import util

import numpy as np
import pytest
import torch
from imblearn.over_sampling import SMOTE
from sklearn.neighbors import NearestNeighbors

from augbench import Facts
from augbench.stages import contents
from augbench.values.errors import MissingExtra, NoSafePair, NothingDrawn, NothingToLearn, TooFewNeighbours
from augbench_plugins.generators import imbalanced
from augbench_plugins.generators._imbalanced import drawn as drawn_by
from augbench_plugins.generators._smote import between, pairs, safe_pairs
from augbench_plugins.generators.imbalanced import Adasyn, BorderlineSmote, SvmSmote
from augbench_plugins.generators.plain import Gaussian, Handcrafted
from augbench_plugins.generators.smote import SafeLevelSmote, Smote

FAMILY = [Smote(k=3), SafeLevelSmote(k=3), BorderlineSmote(k=3), BorderlineSmote(k=3, variant=2), SvmSmote(k=3), Adasyn(k=3)]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def silent(done, total, **numbers):
    pass


@pytest.fixture
def two_classes(view):
    """Return what makes a view of two overlapping clouds of images, 40 of the first class and ``count`` of the second."""

    def make(count=12, shape=(3, 4, 4), kind=torch.uint8, apart=2, scale=255.0):
        numbers = rng(5)
        first = 100 + 10 * torch.randn(40, *shape, generator=numbers)
        second = 100 + apart + 10 * torch.randn(count, *shape, generator=numbers)
        seen = view(second.clamp(0, 255).to(kind))
        pixels = torch.cat([first, second]).clamp(0, 255).mul(scale / 255).to(kind)
        return replace(seen, images=replace(seen.images, pixels=pixels, scale=scale), labels=torch.tensor([0] * 40 + [1] * count))

    return make


def flat(images):
    return images.flatten(1).double().numpy()


def off_lines(seen, found, drawn):
    """Return how far each image lies off the nearest of the lines between pairs, in its worst pixel, and which line that is."""
    ends = [seen.images.pixels[side].flatten(1).double() for side in found.unbind(1)]
    direction, beyond = ends[1] - ends[0], drawn.flatten(1).double()[:, None] - ends[0]
    share = ((beyond * direction).sum(-1) / direction.square().sum(-1)).clamp(0, 1)
    return (beyond - share[..., None] * direction).abs().amax(-1).min(1)


def test_neighbours_are_those_of_scikit_learn(two_classes):
    seen = two_classes()
    members = flat(seen.images.pixels[40:])
    expected = NearestNeighbors(n_neighbors=6).fit(members).kneighbors(members, return_distance=False)[:, 1:] + 40
    assert pairs(seen, 5)[:, 1].view(12, 5).tolist() == expected.tolist()


def test_every_image_lies_on_a_line_to_one_of_its_neighbours(two_classes):
    seen = two_classes()
    component = Smote(k=3)
    fitted = component.fit(seen, rng(), silent)
    # Rounding to whole levels is all that moves it off its line.
    assert off_lines(seen, pairs(seen, 3), component.sample(fitted, seen, 200, rng(1))).values.max() <= 1


def test_the_law_is_that_of_imbalanced_learn_on_floats(two_classes):
    seen = two_classes()
    pixels, count = flat(seen.images.pixels), 4000
    theirs = SMOTE(sampling_strategy={1: 12 + count}, k_neighbors=3, random_state=0).fit_resample(pixels, seen.labels.numpy())[0][52:]
    component = Smote(k=3)
    ours = flat(component.sample(component.fit(seen, rng(), silent), seen, count, rng()))
    assert ours.mean(0) == pytest.approx(theirs.mean(0), abs=5 * theirs.std(0).max() / count**0.5)
    assert ours.std(0) == pytest.approx(theirs.std(0), rel=0.1)


@pytest.mark.parametrize("component", FAMILY, ids=repr)
@pytest.mark.parametrize("count", [1, 57, 10_000])
def test_the_wanted_number_of_images_comes_and_a_seed_gives_the_same(component, count, two_classes, tmp_path):
    seen = two_classes()
    contents.save_fitted(tmp_path, component.fit(seen, rng(), silent))
    fitted = contents.load_fitted(tmp_path)
    first, same, other = (component.sample(fitted, seen, count, rng(seed)) for seed in (0, 0, 1))
    assert first.shape == (count, 3, 4, 4)
    assert first.dtype == torch.uint8
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("count", [1, 60])
def test_a_bank_may_be_much_smaller_than_its_class(count, two_classes):
    """imbalanced-learn's ADASYN rounds the share of each of 400 images down to nothing."""
    seen = two_classes(400)
    assert len(Adasyn().sample(Adasyn().fit(seen, rng(), silent), seen, count, rng())) == count


def test_adasyn_draws_from_images_in_proportion_to_their_foreign_neighbours(two_classes):
    seen = two_classes(12, apart=5)
    pixels = flat(seen.images.pixels)
    nearest = NearestNeighbors(n_neighbors=4).fit(pixels).kneighbors(pixels[40:], return_distance=False)[:, 1:]
    shares = torch.from_numpy((nearest < 40).mean(1))
    lines, twin = pairs(seen, 3).sort(1).values.unique(dim=0, return_inverse=True)

    def law(of_images):
        return torch.zeros(len(lines), dtype=torch.float64).index_add_(0, twin, (of_images / of_images.sum()).repeat_interleave(3) / 3)

    drawn = Adasyn(k=3).sample(Adasyn(k=3).fit(seen, rng(), silent), seen, 6000, rng())
    found = torch.bincount(off_lines(seen, lines, drawn).indices, minlength=len(lines)) / 6000
    off, off_if_alike = ((found - expected).abs().sum() / 2 for expected in (law(shares), law(torch.ones_like(shares))))
    assert off < 0.05 < 0.1 < off_if_alike


@pytest.mark.parametrize("fraction", [0.12, 0.5, 0.95])
@pytest.mark.parametrize("count", [1, 3, 57, 1000])
def test_a_sampler_that_makes_only_a_share_is_asked_once_more(fraction, count, two_classes):
    """As SVM-SMOTE does, whose share is drawn from Beta(10, 10), where all support vectors are safe, or all in danger."""
    seen, asked = two_classes(), []

    class Sharing:
        def __init__(self, wanted):
            self.number = wanted - 12

        def fit_resample(self, pixels, labels):
            asked.append(self.number)
            return np.concatenate([pixels, np.zeros((int(fraction * (self.number + 1)), pixels.shape[1]))]), None

    assert len(drawn_by(lambda wanted, seed: Sharing(wanted[1]), "sharing", seen, count, rng())) == count
    assert len(asked) <= 2


def test_a_sampler_that_makes_ever_too_few_is_told(two_classes):
    class Two:
        def fit_resample(self, pixels, labels):
            return np.concatenate([pixels, pixels[:2]]), None

    with pytest.raises(NothingDrawn, match="it made 2 images where 5 were asked for"):
        drawn_by(lambda wanted, seed: Two(), "two", two_classes(), 5, rng())


def test_borderline_smote_starts_from_images_in_danger_alone(two_classes):
    seen = two_classes(30, apart=6)
    pixels = flat(seen.images.pixels)
    nearest = NearestNeighbors(n_neighbors=11).fit(pixels).kneighbors(pixels[40:], return_distance=False)[:, 1:]
    foreign = (nearest < 40).sum(1)
    danger = torch.from_numpy((foreign >= 5) & (foreign < 10))
    assert 3 < danger.sum() < 27
    found = pairs(seen, 3)[danger.repeat_interleave(3)]
    drawn = BorderlineSmote(k=3).sample(BorderlineSmote(k=3).fit(seen, rng(), silent), seen, 200, rng())
    assert off_lines(seen, found, drawn).values.max() <= 1
    anywhere = Smote(k=3).sample(Smote(k=3).fit(seen, rng(), silent), seen, 200, rng())
    assert off_lines(seen, found, anywhere).values.max() > 1


@pytest.mark.parametrize("component", FAMILY[:4], ids=repr)
def test_eight_bits_never_wrap_around(component, two_classes):
    seen = two_classes(apart=4)
    drawn = component.sample(component.fit(seen, rng(), silent), seen, 100, rng())
    low, high = seen.images.pixels.min(), seen.images.pixels.max()
    assert low <= drawn.min() <= drawn.max() <= high


@pytest.mark.parametrize("component", [*FAMILY, Gaussian(), Handcrafted()], ids=repr)
@pytest.mark.parametrize("channels", [1, 4])
def test_sixteen_bits_and_any_channels_stay_what_they_are(component, channels, two_classes):
    seen = two_classes(shape=(channels, 4, 4), kind=torch.int32, scale=65535.0)
    drawn = component.sample(component.fit(seen, rng(), silent), seen, 9, rng())
    assert (drawn.shape, drawn.dtype) == ((9, channels, 4, 4), torch.uint16)
    assert 20_000 < drawn.double().mean() < 40_000


@pytest.mark.parametrize(
    ("levels", "low", "high"),
    [((3, 0), 0, 0), ((2, 2), 0, 1), ((3, 1), 0, 1 / 3), ((1, 3), 2 / 3, 1), ((0, 2), 1, 1)],
    ids=["noisy neighbour", "equal", "safer image", "safer neighbour", "noisy image"],
)
def test_the_gap_follows_the_levels(levels, low, high, monkeypatch, two_classes):
    """By cases of Bunkhumpornpat 2009: levels are made by choosing whose images are the three nearest."""
    from augbench_plugins.generators import _smote

    seen = two_classes(count=2)
    nearest = torch.tensor([[40] * level + [0] * (3 - level) for level in levels])
    monkeypatch.setattr(_smote, "nearest_images", lambda *numbers: nearest)
    found, lows, highs = safe_pairs(seen, torch.tensor([[40, 41]]), 3)
    assert found.tolist() == [[40, 41]]
    assert (lows.item(), highs.item()) == (pytest.approx(low), pytest.approx(high))


def test_a_pair_of_unsafe_images_is_left_out_and_none_but_those_are_told(monkeypatch, two_classes):
    from augbench_plugins.generators import _smote

    seen = two_classes(count=2)
    monkeypatch.setattr(_smote, "nearest_images", lambda *numbers: torch.zeros(2, 3, dtype=torch.int64))
    with pytest.raises(NoSafePair) as caught:
        safe_pairs(seen, torch.tensor([[40, 41], [41, 40]]), 3)
    assert str(caught.value) == (
        "safe-level-smote finds no safe image in class 'eosinophil': none of any image's k = 3 nearest is of its class; "
        "raise k, or use smote"
    )


def test_a_share_of_nothing_or_all_is_an_image_itself(two_classes):
    seen = two_classes()
    ends = between(seen, torch.tensor([[40, 41], [40, 41]]), torch.tensor([0.0, 1.0], dtype=torch.float64))
    assert torch.equal(ends, seen.images.pixels[40:42])


def test_a_class_far_from_all_others_has_no_border(two_classes):
    seen = two_classes(apart=120)
    with pytest.raises(NothingDrawn) as caught:
        BorderlineSmote(k=3).sample(BorderlineSmote(k=3).fit(seen, rng(), silent), seen, 5, rng())
    assert str(caught.value) == (
        "borderline-smote cannot draw images of class 'eosinophil': no image of the class lies near the border to other classes; "
        "use smote, or another generator for this class"
    )
    with pytest.raises(NothingDrawn, match=r"^adasyn cannot draw images of class 'eosinophil': .*[^.]; use smote"):
        Adasyn(k=3).sample(Adasyn(k=3).fit(seen, rng(), silent), seen, 5, rng())


@pytest.mark.parametrize("component", [Smote(), SafeLevelSmote(), BorderlineSmote(), SvmSmote(), Adasyn()], ids=repr)
@pytest.mark.parametrize(("count", "mend"), [(5, "lower k to 4 or less"), (2, "lower k to 1 or less"), (1, "add some")])
def test_a_class_of_no_more_images_than_neighbours_is_told_before_anything_runs(component, count, mend):
    facts = Facts(shape=(3, 4, 4), classes=("rbc", "basophil"), counts=(40, count), minority=("basophil",), batch_size=8)
    name = getattr(component, "method", "safe-level-smote" if isinstance(component, SafeLevelSmote) else "smote")
    there = f"{count} training image" + "s" * (count > 1)
    assert component.supports(facts) == f"{name} looks at k = 5 neighbours, and class 'basophil' has {there}: {mend}"
    assert component.supports(replace(facts, counts=(40, 6))) is None
    assert component.supports(replace(facts, minority=("rbc",))) is None


@pytest.mark.parametrize("component", FAMILY, ids=repr)
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_fold_of_too_few_images_is_told_and_mixes_no_other_class(component, count, two_classes):
    seen = two_classes(count)
    with pytest.raises(TooFewNeighbours) as caught:
        component.sample(component.fit(seen, rng(), silent), seen, 5, rng())
    assert str(caught.value).partition(" ")[2] == (
        f"looks at k = 3 neighbours, and class 'eosinophil' has {count} training image{'s' * (count != 1)} here; "
        "a fold by groups may hold few of a class: lower k or folds, or set fit.scope = 'train'"
    )


def test_without_imbalanced_learn_its_methods_say_what_to_install(monkeypatch):
    monkeypatch.setattr(imbalanced, "find_spec", lambda name: None if name == "imblearn" else util.find_spec(name))
    with pytest.raises(MissingExtra) as caught:
        SvmSmote()
    assert str(caught.value) == "'svm-smote' needs imbalanced-learn; pip install 'augbench[smote]'"


def test_gaussian_images_have_the_mean_and_deviation_of_each_pixel(two_classes):
    seen = two_classes()
    drawn = flat(Gaussian().sample(Gaussian().fit(seen, rng(), silent), seen, 4000, rng()))
    members = flat(seen.images.pixels[40:])
    assert drawn.mean(0) == pytest.approx(members.mean(0), abs=1)
    assert drawn.std(0) == pytest.approx(members.std(0), rel=0.06)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(48)).max() < 0.1


def test_handcrafted_images_are_changed_originals_each_as_often(two_classes):
    seen = two_classes(3, shape=(1, 8, 8))
    # Far apart, so that a changed image still shows whose it was.
    seen.images.pixels[40:] = (seen.images.pixels[40:] // 8) + torch.tensor([10, 110, 200], dtype=torch.uint8)[:, None, None, None]
    drawn = Handcrafted().sample(Handcrafted().fit(seen, rng(), silent), seen, 60, rng())
    originals = seen.images.pixels[40:]
    whose = (drawn.float().mean((1, 2, 3))[:, None] - originals.float().mean((1, 2, 3))).abs().argmin(1)
    assert whose.bincount().tolist() == [20, 20, 20]
    assert len({image.numpy().tobytes() for image in torch.cat([drawn, originals])}) == 63


@pytest.mark.parametrize("component", [Gaussian(), Handcrafted()], ids=repr)
def test_one_image_is_enough_for_the_plain_and_none_is_told(component, two_classes):
    seen = two_classes(1)
    drawn = component.sample(component.fit(seen, rng(), silent), seen, 4, rng())
    assert drawn.float().mean() == pytest.approx(seen.images.pixels[40:].float().mean(), abs=5)
    with pytest.raises(NothingToLearn, match="has no training image of class 'eosinophil'"):
        component.fit(two_classes(0), rng(), silent)
