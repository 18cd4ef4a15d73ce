"""A long tail keeps the counts of the literature, the same images every time, and the test set as it is."""

import numpy as np
import pytest

from augbench import Card, DataError, Dataset, Download, Probe
from augbench_datasets._array_errors import OtherClasses, TooFewImages
from augbench_datasets.long_tail import LongTail
from augbench_datasets.phantom import Phantom
from support.toys import Dots


def counted(classes: int, each: int) -> Dots:
    """Return a balanced set."""
    return Dots(train=(each,) * classes, validation=(each // 5,) * classes, test=(4,) * classes)


class Slides(Dots):
    """Two images a group."""

    def probe(self) -> Probe:
        from dataclasses import replace

        return replace(super().probe(), groups=tuple((count + 1) // 2 for count in self.train))

    def load(self):
        from dataclasses import replace

        whole = super().load()
        parts = {}
        for name in ("train", "validation", "test"):
            split = getattr(whole, name)
            parts[name] = split and replace(split, groups=tuple(f"{name} {index // 2}" for index in range(len(split.ids))))
        return replace(whole, **parts)


def train_counts(tail: LongTail) -> list[int]:
    return list(tail.probe().counts["train"])


def test_exponential_counts_are_those_of_cifar_10_lt():
    known = {
        100: [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50],
        50: 13_996,
        10: 20_431,
        200: 11_203,
    }
    found = {ratio: LongTail(of=Ten(), ratio=float(ratio)).probe().counts["train"] for ratio in known}
    assert list(found[100]) == known[100]
    assert {ratio: sum(counts) for ratio, counts in found.items()} == known | {100: 12_406}


class Ten(Dataset):
    """The counts of CIFAR-10, and no images."""

    def probe(self) -> Probe:
        return Probe(
            classes=tuple("abcdefghij"), counts={"train": (5000,) * 10, "test": (1000,) * 10}, channels=3, size=(32, 32), digest="ten"
        )

    def load(self):
        raise AssertionError("a plan loads nothing")


def test_step_gives_the_last_half_one_image_for_a_hundred():
    assert train_counts(LongTail(of=Ten(), profile="step")) == [5000] * 5 + [50] * 5
    assert train_counts(LongTail(of=Ten(), profile="step", ratio=10.0, rare=0.2)) == [5000] * 8 + [500] * 2
    assert train_counts(LongTail(of=counted(5, 40), profile="step", ratio=10.0)) == [40, 40, 4, 4, 4], "an odd class is rare"


def test_order_says_which_class_is_the_largest():
    tail = LongTail(of=counted(3, 40), ratio=4.0, order=("c", "a", "b"))
    assert train_counts(tail) == [20, 10, 40]


def test_counts_may_be_given_for_some_classes():
    tail = LongTail(of=counted(3, 40), counts={"b": 7})
    assert train_counts(tail) == [40, 7, 40]
    assert tail.probe().counts["validation"] == (8, 1, 8)


def test_validation_images_follow_and_no_class_is_lost():
    probe = LongTail(of=counted(4, 40), ratio=1000.0).probe()
    assert probe.counts == {"train": (40, 4, 1, 1), "validation": (8, 1, 1, 1), "test": (4, 4, 4, 4)}
    assert LongTail(of=Dots(validation=())).probe().counts.keys() == {"train", "test"}


def test_a_class_never_keeps_more_than_it_has():
    assert train_counts(LongTail(of=Dots(train=(40, 3, 30)), ratio=4.0)) == [40, 3, 10]


def test_images_keep_their_names_labels_and_pixels():
    whole, tail = counted(3, 20).load().train, LongTail(of=counted(3, 20), ratio=5.0).load().train
    places = [whole.ids.index(identity) for identity in tail.ids]
    assert places == sorted(places)
    for place, image, label in zip(places, tail.images, tail.labels, strict=True):
        np.testing.assert_array_equal(image, whole.images[place])
        assert label == whole.labels[place]


def test_the_test_set_stays_byte_for_byte():
    whole, tail = counted(3, 20).load().test, LongTail(of=counted(3, 20)).load().test
    assert tail.ids == whole.ids
    np.testing.assert_array_equal(np.stack(list(tail.images)), np.stack(list(whole.images)))


def test_a_higher_ratio_keeps_some_of_what_a_lower_one_keeps():
    kept = [set(LongTail(of=counted(3, 40), ratio=ratio).load().train.ids) for ratio in (1.0, 4.0, 20.0)]
    assert kept[2] < kept[1] < kept[0]
    assert len(kept[0]) == 120


def test_another_seed_keeps_other_images_and_the_same_seed_the_same():
    first, again, other = (set(LongTail(of=counted(3, 40), ratio=20.0, seed=seed).load().train.ids) for seed in (0, 0, 1))
    assert first == again != other


def test_the_images_kept_are_spread_over_the_class():
    whole, tail = counted(2, 400).load().train, LongTail(of=counted(2, 400), ratio=4.0).load().train
    rare = [whole.ids.index(identity) - 400 for identity, label in zip(tail.ids, tail.labels, strict=True) if label == 1]
    assert len(rare) == 100
    assert 160 < np.mean(rare) < 240, "not the first ones"


def test_the_digest_follows_whatever_changes_what_is_kept():
    sets = [{}, {"ratio": 5.0}, {"seed": 1}, {"profile": "step"}, {"order": ("c", "b", "a")}, {"counts": {"a": 3}}]
    tails = [LongTail(of=counted(3, 40), **changes) for changes in sets]
    other = LongTail(of=Dots(train=(40,) * 3, validation=(8,) * 3, test=(4,) * 3, seed=1))
    assert len({tail.probe().digest for tail in [*tails, other]}) == len(sets) + 1


def test_groups_are_kept_and_those_left_are_counted():
    tail = LongTail(of=Slides(train=(20, 20, 20), validation=()), ratio=10.0)
    splits = tail.load()
    pairs = set(zip(splits.train.labels.tolist(), splits.train.groups, strict=True))
    assert tail.probe().groups == tuple(sum(label == number for label, _ in pairs) for number in range(3))
    assert splits.test.groups[0] == "test 0"


def test_the_plan_is_told():
    (note,) = LongTail(of=counted(3, 40), ratio=4.0).probe().notes
    assert note == ("thinned to a long tail (seed 0), training images: a 40, b 20, c 10; validation images likewise, test images all")


class Published(Ten):
    """A set with a card and a file to fetch."""

    def card(self) -> Card:
        return Card(title="Ten", images="60,000 images", licence="MIT", counts={"train": {"a": 5000}}, traps=("easy",))

    def downloads(self) -> tuple[Download, ...]:
        return (Download(url="https://example.org/ten", to="ten"),)

    def unpack(self, progress) -> None:
        progress(1, 1)


def test_card_downloads_and_unpacking_are_those_of_the_whole():
    tail, told = LongTail(of=Published()), []
    card = tail.card()
    assert (card.title, card.images, card.licence, card.traps, card.counts) == (
        "Ten, long-tailed",
        "some of 60,000 images",
        "MIT",
        ("easy",),
        {},
    )
    assert card.notes == ("Thinned to a long tail: only the test images are all there.",)
    assert tail.downloads() == Published().downloads()
    tail.unpack(lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


@pytest.mark.parametrize(
    ("changes", "error", "expected"),
    [
        ({"order": ("a", "b")}, OtherClasses, "order of the long tail does not name every class once; the classes are 'a', 'b', 'c'"),
        (
            {"order": ("a", "b", "b")},
            OtherClasses,
            "order of the long tail does not name every class once; the classes are 'a', 'b', 'c'",
        ),
        ({"counts": {"x": 1, "y": 1}}, OtherClasses, "counts of the long tail names 'x', 'y'; the classes are 'a', 'b', 'c'"),
        (
            {"counts": {"b": 41}},
            TooFewImages,
            "counts of the long tail wants 41 training images of class 'b', and there are 40; lower it",
        ),
    ],
)
def test_what_does_not_suit_the_classes_is_told(changes, error, expected):
    with pytest.raises(DataError) as caught:
        LongTail(of=counted(3, 40), **changes).probe()
    assert type(caught.value) is error
    assert str(caught.value) == expected


def test_a_long_tail_of_drawn_cells_is_drawn_only_where_kept():
    tail = LongTail(of=Phantom(train=(600,) * 7, size=8), ratio=100.0).load().train
    assert tuple(np.bincount(tail.labels)) == (600, 278, 129, 60, 27, 12, 6)
    assert tail.images[len(tail.ids) - 1].shape == (8, 8, 3)
