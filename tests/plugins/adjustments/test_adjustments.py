"""Corrections of predictions: closed forms, and what they are for."""

import pytest
import torch
from scipy.optimize import minimize

from augbench import Adjustment, AdjustmentContext
from augbench.values.errors import NothingToFitOn
from augbench_plugins.adjustments.logit_adjustment import LogitAdjustment
from augbench_plugins.adjustments.temperature import Temperature
from support.lawful import broken

PRIOR = torch.tensor([0.7, 0.2, 0.1])


@pytest.mark.parametrize(
    "component", [LogitAdjustment(), LogitAdjustment(prior="counts"), Temperature(), Temperature(temperature=2.0)], ids=repr
)
def test_it_keeps_the_laws(component: Adjustment) -> None:
    assert broken(component) == []


def context(validation=None, prior=PRIOR) -> AdjustmentContext:
    return AdjustmentContext(prior=prior, class_counts=torch.tensor([60, 30, 10]), validation=validation)


def logits(count=400, sharpness=1.0):
    """Return log-probabilities and labels drawn from them, at another temperature."""
    rng = torch.Generator().manual_seed(0)
    scores = 2 * torch.randn(count, 3, generator=rng)
    labels = torch.multinomial(scores.softmax(1), 1, generator=rng)[:, 0]
    return (sharpness * scores).log_softmax(1), labels


@pytest.mark.parametrize(
    ("component", "shares"), [(LogitAdjustment(), PRIOR), (LogitAdjustment(prior="counts"), torch.tensor([0.6, 0.3, 0.1]))]
)
def test_probabilities_are_divided_by_the_classes_shares(component, shares):
    scores, _ = logits()
    adjusted = component.adjust(scores, context()).softmax(1)
    expected = scores.exp() / shares
    assert torch.allclose(adjusted, expected / expected.sum(1, keepdim=True), atol=1e-6)


def test_tau_0_and_equal_shares_change_nothing():
    scores, _ = logits()
    for component, here in ((LogitAdjustment(tau=0), context()), (LogitAdjustment(), context(prior=torch.full((3,), 1 / 3)))):
        assert torch.allclose(component.adjust(scores, here).softmax(1), scores.exp(), atol=1e-6)


def test_a_class_that_was_never_shown_keeps_finite_predictions():
    scores, _ = logits()
    assert LogitAdjustment().adjust(scores, context(prior=torch.tensor([0.5, 0.5, 0.0]))).isfinite().all()


def test_of_the_true_posterior_it_makes_the_classifier_with_the_least_balanced_error():
    """Two normal laws, one of them rare: the best threshold of the balanced error lies half way (Menon 2021, section 3)."""
    places = torch.linspace(-3, 5, 801, dtype=torch.float64)
    prior = torch.tensor([0.95, 0.05], dtype=torch.float64)
    likelihood = torch.stack([-0.5 * places**2, -0.5 * (places - 2) ** 2], 1)
    posterior = (likelihood + prior.log()).log_softmax(1)
    assert places[posterior.argmax(1).bool()][0].item() > 2
    adjusted = LogitAdjustment().adjust(posterior, context(prior=prior))
    assert places[adjusted.argmax(1).bool()][0].item() == pytest.approx(1, abs=0.011)


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 4.0])
def test_the_temperature_is_the_one_of_least_validation_loss(sharpness):
    scores, labels = logits(sharpness=sharpness)
    adjusted = Temperature().adjust(scores, context((scores, labels)))
    found = (scores[:, 0] - scores[:, 1]).abs().max() / (adjusted[:, 0] - adjusted[:, 1]).abs().max()

    def loss(temperature):
        return torch.nn.functional.cross_entropy(scores.double() / temperature[0], labels).item()

    best = minimize(loss, [1.0], method="Nelder-Mead").x[0]
    assert found.item() == pytest.approx(best, rel=1e-3)
    # The labels were drawn at a sharpness of 1.
    assert found.item() == pytest.approx(sharpness, rel=0.25)
    assert torch.equal(adjusted.argmax(1), scores.argmax(1))


def test_a_fixed_temperature_needs_no_validation_images():
    scores, _ = logits()
    assert torch.equal(Temperature(temperature=2.0).adjust(scores, context()), scores / 2)


def test_without_validation_images_it_says_what_to_do():
    with pytest.raises(NothingToFitOn) as caught:
        Temperature().adjust(*logits()[:1], context())
    assert str(caught.value) == (
        "predict = 'temperature' is fitted on validation images, and the data set has none; "
        "set folds, add a validation split, or set predict.temperature"
    )
