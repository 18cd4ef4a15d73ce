"""Balanced softmax and logit adjustment against their definitions and Bayes' rule."""

import pytest
import torch

from augbench_plugins.losses.balanced_softmax import BalancedSoftmax
from augbench_plugins.losses.logit_adjustment import LogitAdjustment


def test_balanced_softmax_is_the_cross_entropy_of_logits_plus_log_counts(logits, labels, hard, about) -> None:
    counts = about().class_counts.double()
    reference = torch.nn.functional.cross_entropy(logits + counts.log(), labels)
    assert BalancedSoftmax().loss(logits, hard, about()).item() == pytest.approx(reference.item(), rel=1e-6)


def test_balanced_softmax_weighs_the_exponentials_by_counts(logits, labels, hard, about) -> None:
    weighed = logits.exp() * about().class_counts
    reference = -(weighed[torch.arange(6), labels] / weighed.sum(dim=1)).log().mean()
    assert BalancedSoftmax().loss(logits, hard, about()).item() == pytest.approx(reference.item(), rel=1e-6)


@pytest.mark.parametrize("tau", [0.5, 1.0, 2.0])
def test_logit_adjustment_is_the_pairwise_margin_form(tau, logits, labels, hard, about) -> None:
    # Menon 2021, Eq. 10 on the right: log(1 + sum over other classes of (pi_k / pi_y)^tau exp(z_k - z_y)).
    prior, total = about().prior.double(), 0.0
    for z, y in zip(logits, labels.tolist(), strict=True):
        others = [((prior[k] / prior[y]) ** tau * (z[k] - z[y]).exp()).item() for k in range(4) if k != y]
        total += torch.tensor(1 + sum(others), dtype=torch.float64).log().item()
    assert LogitAdjustment(tau=tau).loss(logits, hard, about()).item() == pytest.approx(total / 6, rel=1e-6)


@pytest.mark.parametrize("loss", [BalancedSoftmax(), LogitAdjustment()], ids=repr)
def test_the_prior_is_the_one_that_is_sampled_not_that_of_the_data(loss, logits, soft, about) -> None:
    plain = torch.nn.functional.cross_entropy(logits, soft).item()
    assert loss.loss(logits, soft, about(prior=(0.25,) * 4)).item() == pytest.approx(plain)
    sampled = (0.1, 0.2, 0.3, 0.4)
    reference = torch.nn.functional.cross_entropy(logits + torch.tensor(sampled, dtype=torch.float64).log(), soft)
    assert loss.loss(logits, soft, about(prior=sampled)).item() == pytest.approx(reference.item(), rel=1e-6)
    assert reference.item() != pytest.approx(plain, rel=1e-3)


def test_training_at_a_prior_gives_the_logits_of_balanced_data(about) -> None:
    # The minimum over z of the loss of targets with posterior q ~ pi * likelihood: z is the log likelihood, free of pi.
    likelihood = torch.tensor([[0.7, 0.1, 0.15, 0.05]], dtype=torch.float64)
    posterior = likelihood * about().prior
    targets = posterior / posterior.sum()
    z = torch.zeros(1, 4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([z], max_iter=100, tolerance_grad=1e-10)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = LogitAdjustment().loss(z, targets, about())
        value.backward()
        return value

    optimizer.step(closure)
    assert torch.allclose(z.softmax(dim=1), likelihood, atol=1e-4)


def test_no_adjustment_is_cross_entropy(logits, soft, about) -> None:
    plain = torch.nn.functional.cross_entropy(logits, soft).item()
    assert LogitAdjustment(tau=0.0).loss(logits, soft, about()).item() == pytest.approx(plain)
