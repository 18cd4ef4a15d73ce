"""Sampling by effective numbers: what every sampler keeps to, and the paper's law."""

import pytest
import torch
from augbench import Sampler
from augbench.testing import Check, conformance, registered

from augbench_gridmix.effective_sampling import EffectiveSampling


@conformance(EffectiveSampling(), EffectiveSampling(beta=0.0))
def test_effective_sampling(component: Sampler, check: Check) -> None:
    check(component)


def test_a_matrix_finds_it_by_its_name() -> None:
    assert registered("sampler", "effective-sampling") is EffectiveSampling


def test_the_law_is_that_of_the_paper() -> None:
    law = EffectiveSampling(beta=0.9).law(torch.tensor([10, 1, 0]))
    numbers = [(1 - 0.9**10) / (1 - 0.9), 1.0, 0.0]
    assert law.tolist() == pytest.approx([number / sum(numbers) for number in numbers])


@pytest.mark.parametrize(("beta", "expected"), [(0.0, [0.5, 0.5]), (1 - 1e-9, [0.9, 0.1])])
def test_beta_leads_from_classes_to_images(beta: float, expected: list[float]) -> None:
    assert EffectiveSampling(beta=beta).law(torch.tensor([90, 10])).tolist() == pytest.approx(expected, abs=1e-6)
