"""Results of components are compared bit by bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from augbench.testing.trees import difference

NAN = float("nan")


@dataclass(frozen=True)
class Pair:
    left: object
    right: object


@pytest.mark.parametrize(
    "make",
    [
        lambda: (1, "a", None, 0.5, NAN),
        lambda: {"a": torch.tensor([1.0, NAN]), "b": np.array([NAN, 2.0])},
        lambda: Pair(torch.arange(3), [torch.tensor(True)]),
        lambda: torch.zeros(0, 3),
        lambda: torch.tensor([0.5, NAN], dtype=torch.bfloat16),
        lambda: np.array(["a", "b"]),
    ],
)
def test_what_is_made_twice_is_the_same(make):
    assert difference(make(), make()) == ""


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (1, 1.0, "int and float"),
        ((1, 2), (1, 3), "[1]: 2 and 3"),
        ((1,), (1, 2), "1 and 2 items"),
        ({"a": 1}, {"b": 1}, "the keys ['a'] and ['b']"),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, "a.b: 'x' and 'y'"),
        (Pair(1, 2), Pair(1, NAN), "right: int and float"),
        (NAN, 1.0, "nan and 1.0"),
        (torch.zeros(2), torch.zeros(2, dtype=torch.float64), "torch.float32 [2] on cpu and torch.float64 [2] on cpu"),
        (torch.zeros(2), torch.zeros(1, 2), "torch.float32 [2] on cpu and torch.float32 [1, 2] on cpu"),
        ({"x": torch.tensor([0.0, 1.0])}, {"x": torch.tensor([0.0, 1.5])}, "x: 1 of 2 values differ, by up to 0.5"),
        (torch.tensor([0.0]), torch.tensor([-0.0]), "1 of 1 values differ, by up to 0"),
        (np.array([1.0, NAN]), np.array([NAN, NAN]), "1 of 2 values differ"),
        (torch.tensor(3), torch.tensor(5), "1 of 1 values differ, by up to 2"),
        (np.array(["a", "b"]), np.array(["a", "c"]), "1 of 2 values differ"),
    ],
)
def test_a_difference_is_told_with_its_place(first, second, told):
    assert difference(first, second) == told
