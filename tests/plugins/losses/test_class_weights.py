"""Weighted cross-entropies against torch's and against published weights."""

import pytest
import torch

from augbench_plugins.losses._class_weights import effective_number, inverse_frequency
from augbench_plugins.losses._soft import expected, log_probabilities
from augbench_plugins.losses.class_weighted import ClassWeighted
from augbench_plugins.losses.effective_number import EffectiveNumber

CIFAR_10_LT_100 = torch.tensor([5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50])


def test_effective_numbers_of_cifar_10_lt_are_the_published_ones() -> None:
    expected_weights = [0.051, 0.077, 0.121, 0.195, 0.319, 0.525, 0.868, 1.443, 2.409, 3.993]
    assert effective_number(CIFAR_10_LT_100, 0.9999).tolist() == pytest.approx(expected_weights, abs=5.1e-4)


@pytest.mark.parametrize("beta", [0.9, 0.99, 0.999, 0.9999, 0.9999999])
def test_effective_number_weights_are_those_of_exact_arithmetic(beta) -> None:
    exact = torch.tensor([(1 - beta) / (1 - beta ** int(n)) for n in CIFAR_10_LT_100], dtype=torch.float64)
    assert effective_number(CIFAR_10_LT_100, beta).tolist() == pytest.approx((exact / exact.mean()).tolist(), rel=1e-5)


def test_effective_numbers_go_from_equal_weights_to_inverse_frequency() -> None:
    counts = torch.tensor([100, 10, 1])
    assert effective_number(counts, 1e-6).tolist() == pytest.approx([1, 1, 1], abs=1e-5)
    assert effective_number(counts, 1 - 1e-9).tolist() == pytest.approx([3 * x / 1.11 for x in (0.01, 0.1, 1)], rel=1e-4)


def test_inverse_frequency_is_one_for_the_smallest_class() -> None:
    assert inverse_frequency(torch.tensor([100, 25, 0, 4]), 1.0).tolist() == pytest.approx([0.04, 0.16, 0, 1])
    assert inverse_frequency(torch.tensor([100, 25, 0, 4]), 0.5).tolist() == pytest.approx([0.2, 0.4, 0, 1])


@pytest.mark.parametrize("loss", [ClassWeighted(), ClassWeighted(gamma=0.5), EffectiveNumber(beta=0.9)], ids=repr)
def test_one_hot_targets_give_torchs_weighted_loss_of_indices(loss, logits, labels, hard, about) -> None:
    counts = torch.tensor([9.0, 3.0, 2.0, 1.0], dtype=torch.float64)
    weights = (1 / counts) ** loss.gamma if isinstance(loss, ClassWeighted) else 0.1 / (1 - 0.9**counts)
    reference = torch.nn.functional.cross_entropy(logits, labels, weight=weights)
    assert loss.loss(logits, hard, about()).item() == pytest.approx(reference.item(), rel=1e-6)


def test_soft_targets_weigh_each_class_by_its_part(logits, soft, about) -> None:
    weights, costs = [1 / 9, 1 / 3, 1 / 2, 1.0], -logits.log_softmax(dim=1)
    cells = [(soft[i, j] * weights[j], costs[i, j]) for i in range(6) for j in range(4)]
    reference = sum(w * c for w, c in cells) / sum(w for w, _ in cells)
    assert ClassWeighted().loss(logits, soft, about()).item() == pytest.approx(reference.item(), rel=1e-6)
    # torch divides soft targets by the number of images instead: the difference is why this is not torch's function.
    torchs = torch.nn.functional.cross_entropy(logits, soft, weight=torch.tensor(weights, dtype=torch.float64))
    assert torchs.item() != pytest.approx(reference.item(), rel=0.1)


def test_only_the_ratios_of_weights_count(logits, soft) -> None:
    weights = torch.tensor([0.2, 1.0, 3.0, 5.0])
    costs = -log_probabilities(logits)
    assert expected(costs, soft, weights).item() == pytest.approx(expected(costs, soft, 7 * weights).item())


def test_no_weighting_is_cross_entropy(logits, soft, about) -> None:
    plain = torch.nn.functional.cross_entropy(logits, soft).item()
    assert ClassWeighted(gamma=0.0).loss(logits, soft, about()).item() == pytest.approx(plain)
    assert EffectiveNumber().loss(logits, soft, about((7, 7, 7, 7))).item() == pytest.approx(plain)
