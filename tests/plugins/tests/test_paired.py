"""The tests that a matrix may name."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp, wilcoxon

from augbench.registry.discovery import discover
from augbench_plugins.tests.paired_t import PairedT
from augbench_plugins.tests.signs import SignedRank, SignFlip

FIRST, SECOND = np.array([0.861, 0.874, 0.868, 0.880, 0.871]), np.array([0.850, 0.860, 0.866, 0.861, 0.865])


@pytest.mark.parametrize(("test", "p"), [(SignFlip(), 0.0625), (SignedRank(), 0.0625), (PairedT(), 0.02503305270453194)])
def test_five_paired_seeds_give_the_published_p(test, p):
    found = test.test(FIRST - SECOND)
    assert found.p == pytest.approx(p)
    assert (found.n, found.unit) == (5, "seed")
    assert found.smallest_p == test.smallest_p(5)


@pytest.mark.parametrize("name", ["sign-flip", "signed-rank", "paired-t"])
def test_a_report_calls_a_test_as_a_matrix_does(name):
    assert discover().resolve("test", name).component().test(FIRST - SECOND).name == name


def test_signed_ranks_and_t_equal_scipys():
    differences = np.random.default_rng(0).normal(0.3, 1, 12)
    assert SignedRank().test(differences).p == pytest.approx(wilcoxon(differences, method="exact").pvalue)
    assert PairedT().test(differences).p == pytest.approx(ttest_1samp(differences, 0).pvalue)


def test_t_says_nothing_of_one_difference_nor_of_equal_ones():
    assert PairedT().test(np.array([0.1])) is None
    assert PairedT().test(np.array([0.1, 0.1, 0.1])) is None
    assert (PairedT().smallest_p(1), PairedT().smallest_p(2)) == (1, 0)
