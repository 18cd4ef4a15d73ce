"""Every global random state is watched, and is in the end as it was."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from augbench.testing.randomness import watched


@pytest.mark.parametrize(
    ("use", "stream"),
    [
        (random.random, "Python's"),
        (lambda: random.seed(0), "Python's"),
        (np.random.random, "NumPy's"),
        (lambda: np.random.seed(0), "NumPy's"),
        (lambda: torch.rand(1), "torch's"),
        (lambda: torch.manual_seed(0), "torch's"),
    ],
)
def test_a_draw_and_a_seed_are_noticed(use, stream):
    use()  # as it was left by an earlier use
    with watched() as changed:
        assert changed() == ()
        use()
        assert stream in changed()


def test_in_the_end_all_is_as_it_was():
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    expected = random.random(), np.random.random(), torch.rand(1).item()
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    with watched():
        random.random(), np.random.random(), torch.rand(1)
    assert (random.random(), np.random.random(), torch.rand(1).item()) == expected


def test_a_stream_that_is_passed_in_is_nobodys():
    with watched() as changed:
        torch.rand(1, generator=torch.Generator().manual_seed(0)), np.random.default_rng(0).random(), random.Random(0).random()
        assert changed() == ()
