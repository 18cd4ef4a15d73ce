"""LDAM and deferred re-weighting against published margins and the authors' code written out."""

import pytest
import torch
from torch import Tensor

from augbench_plugins.losses.ldam import Ldam, LdamDrw

CIFAR_10_LT_100 = torch.tensor([5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50])


def test_margins_of_cifar_10_lt_are_the_published_ones() -> None:
    published = [0.158, 0.180, 0.204, 0.232, 0.264, 0.300, 0.341, 0.387, 0.440, 0.500]
    assert Ldam().margins(CIFAR_10_LT_100).tolist() == pytest.approx(published, abs=5.1e-4)


def authors(cosines: Tensor, labels: Tensor, counts: Tensor, weights: Tensor | None) -> Tensor:
    """Return the loss of kaidic/LDAM-DRW's losses.py."""
    margins = counts.double() ** -0.25
    margins = margins * (0.5 / margins.max())
    chosen = torch.nn.functional.one_hot(labels, len(counts)).bool()
    output = torch.where(chosen, cosines - margins[labels][:, None], cosines)
    return torch.nn.functional.cross_entropy(30 * output, labels, weight=weights)


@pytest.fixture
def cosines(logits: Tensor) -> Tensor:
    return logits.tanh()


def test_hard_targets_give_the_authors_loss(cosines, labels, hard, about) -> None:
    found = Ldam().loss(30 * cosines, hard, about())
    assert found.item() == pytest.approx(authors(cosines, labels, about().class_counts, None).item(), rel=1e-6)


def test_re_weighting_starts_where_it_is_told(cosines, labels, hard, about) -> None:
    weights = 0.01 / (1 - 0.99 ** about().class_counts.double())
    plain, weighted = (authors(cosines, labels, about().class_counts, w).item() for w in (None, weights))
    assert plain != pytest.approx(weighted, rel=0.01)
    loss = LdamDrw(beta=0.99)
    for progress, expected in [(0.0, plain), (0.79, plain), (0.8, weighted), (1.0, weighted)]:
        assert loss.loss(30 * cosines, hard, about(progress=progress)).item() == pytest.approx(expected, rel=1e-6)


def test_a_soft_target_costs_what_its_hard_ones_cost_on_average(cosines, soft, about) -> None:
    counts = about().class_counts
    costs = torch.tensor([[authors(cosines[i : i + 1], torch.tensor([j]), counts, None) for j in range(4)] for i in range(6)])
    found = Ldam().loss(30 * cosines, soft, about())
    assert found.item() == pytest.approx((soft * costs).sum().item() / 6, rel=1e-5)


def test_without_margins_it_is_cross_entropy(logits, soft, about) -> None:
    plain = torch.nn.functional.cross_entropy(logits, soft).item()
    assert Ldam(max_margin=0.0).loss(logits, soft, about()).item() == pytest.approx(plain)


def test_the_last_layer_gives_cosines_times_s() -> None:
    assert Ldam().cosine_scale == 30
    assert LdamDrw(scale=10.0).cosine_scale == 10
