"""Components are looked at: what they make is kept as it is made, and drawn the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar

import numpy as np
import pytest
import torch
from PIL import Image

from augbench import Dataset, Facts, Group, Probe, Reason, SampleContext, Sampler, Schedule, Split, Splits, TableView
from augbench.engine.composing import composed_by
from augbench.engine.looking import Drawn, Sight, look_at
from augbench.engine.material import Material
from augbench.engine.mixing import Made, Shown, made_by
from augbench.engine.pacing import factors_of
from augbench.engine.trying import Subject
from augbench.values.trial_errors import ComponentRaises, NothingToShow, OddResult, Unsuited
from support.toys import Blend, Dots, Flat, Means, Shift, Supplement
from support.wayward import Wayward

SHOWN = Shown(lines=2, draws=3, limit=5)


def material(data: Dataset | None = None, **more) -> Material:
    return Material(**{"name": "dots", "splits": (data or Dots()).load(), "resize": None, **more})


def made(component, **more) -> Made:
    return made_by(Subject(name="it", component=component), material(), Shown(**{"lines": 2, "draws": 3, "limit": 5, **more}))


def drawn(*components, data: Dataset | None = None, shown: Shown = SHOWN) -> Drawn:
    sights = [Sight(subject=Subject(name=type(each).__name__, component=each)) for each in components]
    return look_at(sights, material(data), shown, "title")


def picture(found: Drawn) -> np.ndarray:
    with Image.open(BytesIO(found.picture)) as image:
        return np.asarray(image)


def test_what_is_made_is_what_the_augmenter_makes():
    found = made(Blend())
    shares = found.labels[:, 0, 0]
    by_hand = shares[:, None, None, None] * found.sources[0, 0] + (1 - shares)[:, None, None, None] * found.sources[0, 1]
    np.testing.assert_allclose(found.images[:, 0], by_hand, atol=1e-6)
    assert len(set(shares.round(6))) == len(found.images) == 64


def test_labels_count_by_class_and_are_hard_for_one_class():
    assert set(made(Blend(), pairing="same-class").labels[:, 1].argmax(1)) == {1}
    assert (made(Blend(), pairing="same-class").labels.max(axis=2) == 1).all()
    np.testing.assert_allclose(made(Blend()).labels.sum(axis=2), 1, atol=1e-6)


def test_extremes_are_the_draws_that_change_the_first_source_least_and_most():
    found = made(Blend())
    least, most = found.extremes(0)
    assert (found.labels[least, 0, 0], found.labels[most, 0, 0]) == (found.labels[:, 0, 0].max(), found.labels[:, 0, 0].min())


def test_what_is_no_colour_is_counted():
    assert made(Blend()).outside == 0
    assert made(Wayward(how="glares")).outside > 0.05


def test_an_augmenter_that_looks_first_is_shown_with_its_partners():
    @dataclass(frozen=True, kw_only=True)
    class Next(Blend):
        looks: ClassVar[bool] = True

        def partners(self, view: TableView) -> torch.Tensor:
            return ((torch.arange(len(view.labels)) + 1) % len(view.labels))[:, None]

    found, data = made(Next()), material()
    for first, second in found.lines:
        places, _ = data.some(int(data.splits.train.labels[first]))
        assert places[(places.index(first) + 1) % len(places)] == second


def test_partners_that_are_none_of_its_sources_are_told():
    @dataclass(frozen=True, kw_only=True)
    class Far(Blend):
        looks: ClassVar[bool] = True

        def partners(self, view: TableView) -> torch.Tensor:
            return torch.full((len(view.labels), 2), 10**6)

    with pytest.raises(ComponentRaises, match=r"fails: augmenter Far named int64 \[\d+, 2\] partners, not int64 "):
        made(Far())


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("raises", "fails: ValueError: no such pixel"),
        ("cuts", "gives images [2, 3, 8, 7], not [2, 3, 8, 8]"),
        ("spoils", "images with 384 of 384 numbers that are not finite"),
        ("doubles", "gives label weights that sum to 2, not to 1"),
        ("forgets", "gives NoneType, not an augbench.Mixed"),
    ],
)
def test_what_is_no_batch_is_told(how, message):
    with pytest.raises((ComponentRaises, OddResult)) as told:
        made(Wayward(how=how))
    assert message in str(told.value)
    assert "wayward.py:" in str(told.value)


def test_what_does_not_suit_the_images_is_told():
    @dataclass(frozen=True, kw_only=True)
    class Grey(Shift):
        def supports(self, facts: Facts) -> Reason | None:
            return Reason(f"these images have {facts.shape[0]} channels")

    with pytest.raises(Unsuited, match="augmenter 'it' does not suit what it is shown on: these images have 3 channels; show it on"):
        made(Grey())


def test_the_same_seed_draws_the_same_file_and_another_one_does_not():
    first, again = (drawn(Blend(), Shift(), Supplement(), Flat()).picture for _ in range(2))
    other = look_at([Sight(subject=Subject(name="Blend", component=Blend()))], material(seed=1), SHOWN, "title").picture
    assert first == again
    assert drawn(Blend()).picture != other


def test_two_sets_of_parameters_are_shown_on_the_same_images():
    found = drawn(Blend(), Blend(low=0.0))
    first, second = ([line["sources"] for line in each.facts["lines"]] for each in found.told)
    assert first == second
    assert [each.settings for each in found.told] == ["", "low = 0"]


def test_a_line_each_makes_a_smaller_page():
    wide, compact = (
        picture(drawn(Blend(), Blend(low=0.0), shown=Shown(lines=1, draws=3, limit=5, compact=short))) for short in (False, True)
    )
    assert compact.shape[0] < wide.shape[0]


def test_a_kind_of_which_there_is_no_picture_is_told():
    with pytest.raises(NothingToShow, match="features 'Means' cannot be drawn: pictures show augmenter, sampler and schedule; "):
        drawn(Means())


@dataclass(frozen=True, kw_only=True)
class Deep(Dataset):
    """Images of 12 bits, in as many channels as one likes."""

    channels: int = 5

    def probe(self) -> Probe:
        raise NotImplementedError

    def load(self) -> Splits:
        images = np.random.default_rng(0).integers(0, 4096, (6, 8, 8, self.channels)).astype(np.uint16)
        split = Split(images=list(images), labels=np.array([0, 0, 0, 1, 1, 1]), ids=tuple("abcdef"))
        return Splits(classes=("dark", "bright"), train=split, test=split)


@pytest.mark.parametrize("channels", [1, 3, 11])
def test_deep_images_of_any_channels_are_drawn_and_said_to_be_stretched(channels):
    found = drawn(Blend(), data=Deep(channels=channels))
    assert any("Values are stretched" in note for note in found.notes)
    # Stretched: twelve bits of sixteen would be all but black.
    assert (picture(found) == 255).sum() > 0
    assert len(np.unique(picture(found))) > 100


def composed(sampler: Sampler):
    return composed_by(Subject(name="it", component=sampler), material(small=("c",)), None, 5)


def test_shares_of_batches_are_counted_beside_what_the_sampler_declares():
    found = composed(Supplement())
    for drawn_shares, declared in found.shares.values():
        assert sum(drawn_shares) == pytest.approx(1)
        assert drawn_shares == pytest.approx(declared, abs=0.05)


def test_a_sampler_with_batches_of_another_size_is_told():
    @dataclass(frozen=True, kw_only=True)
    class Short(Supplement):
        def compose(self, context: SampleContext) -> tuple[Group, ...]:
            return tuple(Group(slot=group.slot, sources=group.sources[:, 1:]) for group in super().compose(context))

    with pytest.raises(OddResult, match="sampler 'it' gives batches of 31 images, not of 32"):
        composed(Short())


def test_a_sampler_that_takes_mixed_images_alone_is_given_some():
    @dataclass(frozen=True, kw_only=True)
    class Mixing(Supplement):
        def supports(self, facts: Facts) -> Reason | None:
            return Reason("it needs a slot") if "originals" in facts.mix else None

    assert composed(Mixing()).context.mix == {"mixed": 1.0}


def test_a_schedule_is_asked_from_its_first_step_to_its_last():
    @dataclass(frozen=True, kw_only=True)
    class Falling(Schedule):
        end: float = 0.0

        def factor(self, step: int, steps: int, steps_per_epoch: float) -> float:
            return 1 - step / steps if step < steps / 2 else self.end

    factors = factors_of(Subject(name="falling", component=Falling()), 5)
    assert (factors[0], factors[100], factors[-1]) == (1, 0.75, 0)
    with pytest.raises(OddResult, match="schedule 'falling' gives the factor nan at step 1000, not a number of 0 or more"):
        factors_of(Subject(name="falling", component=Falling(end=float("nan"))), 5)
