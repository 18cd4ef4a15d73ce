"""No generator, augmenter, sampler, loss or backbone is handed anything of the test, however deep it looks into what it is handed."""

import functools

import numpy as np
import pytest
import torch

from augbench.stages.doors import door_to
from support import spying
from support.runs import MATRIX, run

SPIED = (
    MATRIX.replace("support.toys:Dots", "support.spying:Marked")
    .replace("support.toys:MeanNoise", "support.spying:SpyGenerator")
    .replace("support.toys:Supplement", "support.spying:SpySampler")
    .replace("support.toys:Blend", "support.spying:SpyTables")
    .replace("support.toys:Entropy", "support.spying:SpyLoss")
    .replace("support.toys:Linear", "support.spying:SpyBackbone")
    .replace("length = { steps = 70 }", "length = { steps = 3 }")
    .replace("quality.features = false", 'quality = { features = "support.toys:Means", checks = 1 }')
    .replace("no-mix", 'mixed = { augment.linear = "support.spying:SpyAugmenter" }\nno-mix')
    .replace("seed = [0, 1]", "seed = [0]")
)


@pytest.fixture
def findings():
    spying.found.clear()
    spying.asked.clear()
    return spying.found


@pytest.mark.parametrize("extra", ["", "folds = 3"], ids=["splits", "folds"])
def test_spies_find_nothing(extra, findings, tmp_path):
    outcome, _ = run(tmp_path, SPIED.replace('minority = ["c"]', f'minority = ["c"]\n{extra}'))
    assert outcome.failed == 0
    assert sorted(spying.asked) == [
        "augmenter.apply",
        "augmenter.draw",
        "augmenter.partners",
        "backbone.build",
        "generator.fit",
        "generator.sample",
        "loss.loss",
        "sampler.compose",
        "sampler.prior",
    ]
    assert findings == []


@pytest.mark.parametrize(
    "secret",
    [
        np.full((2, 8, 8), spying.MARK, np.uint8),
        torch.full((3,), spying.MARK / 255),
        torch.as_tensor(spying.Marked().load().test.labels),
        spying.Marked(),
        "secret-test/3",
    ],
    ids=["pixels", "scaled pixels", "labels", "data set", "name"],
)
def test_spies_find_what_there_is_to_find(secret, findings):
    def closure():
        return secret

    spying.look("spy", handed={"a": [functools.partial(closure)]})
    assert len(findings) >= 1


def test_a_door_passes_calls_on_and_leads_nowhere(findings):
    secret = spying.Marked()
    with door_to(lambda *numbers, **named: (secret.seed, numbers, named)) as door:
        assert door(1, by=2) == (0, (1,), {"by": 2})
        spying.look("spy", door=door)
    assert findings == []
    with pytest.raises(KeyError):
        door()
