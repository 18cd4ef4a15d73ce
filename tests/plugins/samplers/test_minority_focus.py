"""The supplementary batch of Rana et al."""

import pytest
import torch

from augbench import Facts
from augbench.values.errors import SupplementTooLarge
from augbench_plugins.samplers.minority_focus import MinorityFocus


def sizes_and_classes(context) -> dict[str, list[int]]:
    """Return how many images of each class every part has in a batch; that of each step must be the same."""
    labels = torch.cat([context.labels, context.bank_labels])
    found = {}
    for name, group in zip(["originals", *context.mix], MinorityFocus().compose(context), strict=True):
        first = labels[group.sources[..., 0]]
        if name == "originals":
            found[name] = [first.shape[1]]
            continue
        counts = torch.nn.functional.one_hot(first, context.classes).sum(dim=1)
        assert (counts == counts[0]).all()
        found[name] = counts[0].tolist()
    return found


def test_the_cell_cycle_batch_is_8_originals_and_24_synthetic_images(context) -> None:
    # Rana 2022: n = 2 for Anaphase and Metaphase, 1 for Prophase and Telophase.
    here = context(
        (60, 40, 40, 12, 6, 5, 4),
        {3: 9, 4: 9, 5: 9, 6: 9},
        {3: 1, 4: 2, 5: 1, 6: 2},
        size=32,
        mix={"generated": 2, "linear": 1, "rotated": 1},
    )
    assert sizes_and_classes(here) == {
        "originals": [8],
        "generated": [0, 0, 0, 2, 4, 2, 4],
        "linear": [0, 0, 0, 1, 2, 1, 2],
        "rotated": [0, 0, 0, 1, 2, 1, 2],
    }
    assert MinorityFocus().originals_per_step(here) == 8


def test_the_red_cell_batch_is_12_originals_and_20_synthetic_images(context) -> None:
    here = context(
        (60, 40, 9, 8, 7, 6, 5),
        dict.fromkeys(range(2, 7), 9),
        dict.fromkeys(range(2, 7), 1),
        size=32,
        mix={"generated": 2, "linear": 1, "rotated": 1},
    )
    assert sizes_and_classes(here) == {
        "originals": [12],
        "generated": [0, 0, 2, 2, 2, 2, 2],
        "linear": [0, 0, 1, 1, 1, 1, 1],
        "rotated": [0, 0, 1, 1, 1, 1, 1],
    }


def test_generated_images_come_from_the_bank_and_originals_from_the_data(context) -> None:
    here = context()
    originals, generated = MinorityFocus().compose(here)[:2]
    assert (originals.sources < 60).all()
    assert (generated.sources >= 60).all()


def test_originals_are_walked_in_shuffled_passes(context) -> None:
    here = context(steps=60)
    shown = MinorityFocus().compose(here)[0].sources.flatten()
    assert len(shown) == 8 * 60
    assert (shown.view(-1, 60).sort(dim=1).values == torch.arange(60)).all()


def test_originals_of_the_mix_fill_the_batch_whatever_their_part(context) -> None:
    here = context(mix={"originals": 5.0, "generated": 1.0}, size=10)
    assert [group.sources.shape[1] for group in MinorityFocus().compose(here)] == [8, 2]


def test_fractional_parts_are_rounded_by_largest_remainder(context) -> None:
    here = context(mix={"generated": 1.5, "linear": 0.5}, n={2: 1, 3: 2})
    assert sizes_and_classes(here)["generated"] == [0, 0, 2, 3]
    assert sizes_and_classes(here)["linear"] == [0, 0, 0, 1]


def test_a_batch_that_is_too_small_says_what_it_takes(context) -> None:
    here = context(size=8, n={2: 1, 3: 1})
    with pytest.raises(SupplementTooLarge) as caught:
        MinorityFocus().compose(here)
    assert str(caught.value) == (
        "the supplementary batch takes 8 images (class 2 n = 1, class 3 n = 1) and leaves no original in a batch of 8; "
        "set batch.size to 9 or more, or lower batch.n or the parts of batch.mix"
    )


def facts(size: int) -> Facts:
    mix, n = {"originals": 1.0, "generated": 2.0, "linear": 1.0, "rotated": 1.0}, {"Anaphase": 2, "Prophase": 1}
    return Facts(
        shape=(3, 8, 8), classes=("G1", "Anaphase", "Prophase"), counts=(9, 3, 3), minority=tuple(n), batch_size=size, mix=mix, n=n
    )


def test_a_batch_that_is_too_small_is_refused_before_anything_is_trained() -> None:
    assert MinorityFocus().supports(facts(13)) is None
    assert MinorityFocus().supports(facts(12)) == (
        "the supplementary batch takes 12 images (Anaphase n = 2, Prophase n = 1) and leaves no original in a batch of 12; "
        "set batch.size to 13 or more, or lower batch.n or the parts of batch.mix"
    )


def test_the_pool_counts_originals_and_what_banks_would_add(context) -> None:
    assert MinorityFocus().pool(context()) == 60 + 20
    assert MinorityFocus().pool(context(mix={"originals": 1.0})) == 60
