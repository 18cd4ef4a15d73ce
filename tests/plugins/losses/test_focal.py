"""Focal losses against torchvision's, closed forms and the authors' code written out."""

import math

import pytest
import torch
from torchvision.ops import sigmoid_focal_loss

from augbench_plugins.losses.cb_focal import CbFocal
from augbench_plugins.losses.focal import Focal


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_the_softmax_form_is_minus_one_minus_p_to_the_gamma_log_p(gamma, logits, labels, hard, about) -> None:
    p = logits.softmax(dim=1)[torch.arange(6), labels]
    assert Focal(gamma=gamma).loss(logits, hard, about()).item() == pytest.approx((-((1 - p) ** gamma) * p.log()).mean().item())


def test_without_focus_it_is_cross_entropy(logits, soft, about) -> None:
    plain = torch.nn.functional.cross_entropy(logits, soft).item()
    assert Focal(gamma=0.0).loss(logits, soft, about()).item() == pytest.approx(plain)


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (1.0, 0.5), (0.5, 0.9)])
def test_the_sigmoid_form_is_torchvisions_divided_by_the_positives(gamma, alpha, logits, hard, about) -> None:
    reference = sigmoid_focal_loss(logits, hard, alpha=alpha, gamma=gamma, reduction="sum") / 6
    found = Focal(form="sigmoid", gamma=gamma, alpha=alpha).loss(logits, hard, about())
    assert found.item() == pytest.approx(reference.item())


@pytest.mark.parametrize("loss", [Focal(), Focal(form="sigmoid")], ids=repr)
def test_a_soft_target_costs_what_its_hard_ones_cost_on_average(loss, logits, soft, about) -> None:
    def of(label: int, image: int) -> float:
        sure = torch.nn.functional.one_hot(torch.tensor([label]), 4).double()
        return loss.loss(logits[image : image + 1], sure, about()).item()

    average = sum(soft[i, j].item() * of(j, i) for i in range(6) for j in range(4)) / 6
    assert loss.loss(logits, soft, about()).item() == pytest.approx(average)


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
def test_the_class_balanced_form_is_the_authors_code(gamma, logits, hard, about) -> None:
    # richardaecn/class-balanced-loss: weights of mean 1, the modulator in its own form, divided by the number of positives.
    counts = torch.tensor([9.0, 3.0, 2.0, 1.0], dtype=torch.float64)
    weights = (1 - 0.99) / (1 - 0.99**counts)
    weights = weights / weights.sum() * 4
    bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, hard, reduction="none")
    modulator = torch.exp(-gamma * hard * logits - gamma * torch.log1p(torch.exp(-logits)))
    reference = ((weights * hard).sum(dim=1, keepdim=True) * modulator * bce).sum() / hard.sum()
    assert CbFocal(beta=0.99, gamma=gamma).loss(logits, hard, about()).item() == pytest.approx(reference.item(), rel=1e-6)


def test_the_biases_start_where_every_class_has_its_first_probability() -> None:
    assert 1 / (1 + math.exp(-Focal(form="sigmoid").bias_start(7))) == pytest.approx(0.01)
    assert 1 / (1 + math.exp(-CbFocal().bias_start(7))) == pytest.approx(1 / 7)
    assert Focal().bias_start(7) is None


def test_the_presets_name_what_their_papers_use() -> None:
    made = {name: Focal(**{key.replace("-", "_"): value for key, value in preset.items()}) for name, preset in Focal.presets.items()}
    assert made["lin-2017"] == Focal(form="sigmoid", gamma=2.0, alpha=0.25, first_probability=0.01)
    assert made["cao-2019"] == Focal(form="softmax", gamma=1.0)
