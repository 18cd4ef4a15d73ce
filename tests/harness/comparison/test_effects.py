"""Effect sizes, against definitions and numbers computed elsewhere."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from augbench import numbers
from augbench.comparison import effects
from support.vectors import DEMSAR, DIFFERENCES, SEEDS, V1

scores = st.lists(st.integers(0, 100).map(lambda value: value / 100), min_size=2, max_size=9)


def test_the_effects_of_five_seeds() -> None:
    found = effects.effects(*SEEDS, DIFFERENCES)
    assert found.rank_biserial == 1.0
    assert found.hodges_lehmann == pytest.approx(0.0105)
    assert found.a12 == pytest.approx(np.mean([[(a > b) + (a == b) / 2 for a in SEEDS[0]] for b in SEEDS[1]]))


def test_cliff_is_a12_on_another_scale() -> None:
    found = effects.effects(*V1, np.subtract(*V1))
    assert (found.a12, found.cliff) == pytest.approx((0.8163265306122449, 0.6326530612244898))


def test_equal_scores_are_equal_though_their_last_bits_differ() -> None:
    assert effects.effects([0.1 + 0.2, 0.3], [0.3, 0.1 + 0.2], [0.0, 0.0]).a12 == 0.5
    assert effects.rank_biserial([0.1 + 0.2 - 0.3, -(0.1 + 0.2 - 0.3)]) == 0.0


def test_the_matched_rank_biserial_correlation_comes_from_the_signed_ranks() -> None:
    # Demsar (2006), Table 2, without its two zeros: R+ = 71.5, R- = 6.5.
    assert effects.rank_biserial(DEMSAR[:, 1] - DEMSAR[:, 0]) == pytest.approx((71.5 - 6.5) / 78)
    assert effects.rank_biserial([0.0, 0.0]) == 0.0


@given(scores)
@settings(max_examples=40, deadline=None)
def test_hodges_and_lehmanns_estimate_is_the_median_of_all_pairwise_means(differences: list[float]) -> None:
    means = [(a + b) / 2 for a, b in combinations_with_replacement(differences, 2)]
    assert effects.hodges_lehmann(differences) == pytest.approx(np.median(means))


@given(scores, st.data())
@settings(max_examples=40, deadline=None)
def test_swapping_row_and_control_turns_every_effect(row: list[float], data: st.DataObject) -> None:
    control = data.draw(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=len(row), max_size=len(row)))
    found = effects.effects(row, control, np.subtract(row, control))
    turned = effects.effects(control, row, np.subtract(control, row))
    assert turned.a12 == pytest.approx(1 - found.a12)
    for name in ("cliff", "rank_biserial", "hodges_lehmann"):
        assert getattr(turned, name) == pytest.approx(-getattr(found, name), abs=1e-12)
        assert -1 <= getattr(found, name) <= 1


def test_every_floating_type_gives_the_same_effects() -> None:
    row, control = np.array([[0.5, 0.75, 0.625], [0.25, 0.75, 0.5]], dtype=np.float16)
    wide = effects.effects(row.astype(np.float64), control.astype(np.float64), row.astype(np.float64) - control)
    assert effects.effects(row, control, row - control) == wide
    assert effects.effects(row.astype(np.float32), control.astype(np.float32), row - control) == wide


@pytest.mark.parametrize(
    ("cliff", "word"),
    [(0.0, "negligible"), (0.146, "negligible"), (0.147, "small"), (-0.2, "small"), (0.33, "medium"), (-0.474, "large"), (1.0, "large")],
)
def test_sizes_have_words_whatever_their_sign(cliff: float, word: str) -> None:
    assert numbers.effect((1 + cliff) / 2) == numbers.effect((1 - cliff) / 2) == word


def test_the_effects_of_the_published_p_values_are_all_negligible() -> None:
    # |z| of the published p, and from it A12 with so many test images in each arm.
    for n, z in ((3227, 3.38), (3227, 5.63), (9054, 5.04), (9054, 6.40)):
        assert numbers.effect(0.5 + z * ((2 * n + 1) / (12 * n * n)) ** 0.5) == "negligible"
