"""Cross-entropy with soft targets."""

import pytest
import torch

from augbench import LossContext
from augbench_plugins.losses.cross_entropy import CrossEntropy


@pytest.fixture
def about() -> LossContext:
    return LossContext(prior=torch.full((4,), 0.25), class_counts=torch.tensor([9, 3, 2, 1]), progress=0.5)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(0)
    return torch.randn(6, 4, generator=rng), torch.rand(6, 4, generator=rng).softmax(dim=1)


def test_it_is_the_mean_of_minus_y_log_p(batch, about) -> None:
    logits, targets = batch
    expected = sum(-(y * torch.log(z.exp() / z.exp().sum())).sum() for z, y in zip(logits, targets, strict=True)) / 6
    assert CrossEntropy().loss(logits, targets, about).item() == pytest.approx(expected.item(), rel=1e-5)


def test_hard_targets_give_torchs_loss_of_indices(batch, about) -> None:
    logits, labels = batch[0], torch.tensor([0, 3, 1, 1, 2, 0])
    targets = torch.nn.functional.one_hot(labels, 4).double()
    assert CrossEntropy().loss(logits, targets, about).item() == pytest.approx(torch.nn.functional.cross_entropy(logits, labels).item())


def test_its_gradient_is_the_error_of_the_probabilities(batch, about) -> None:
    logits, targets = batch[0].requires_grad_(), batch[1]
    (gradient,) = torch.autograd.grad(CrossEntropy().loss(logits, targets, about), logits)
    assert torch.allclose(gradient, (logits.softmax(dim=1) - targets) / 6, atol=1e-6)


def test_half_precision_logits_give_a_float32_loss(batch, about) -> None:
    loss = CrossEntropy().loss(batch[0].bfloat16() * 100, batch[1], about)
    assert loss.dtype == torch.float32
    assert loss.isfinite()
