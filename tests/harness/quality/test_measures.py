"""All measures in one go: those of the single functions, and what is left out."""

import json
from math import isnan

import pytest
import torch

from augbench.quality.frechet import frechet_distance
from augbench.quality.kernel import kernel_distance
from augbench.quality.measures import diversity, measure
from augbench.quality.neighbours import nearest_real_ratio, neighbourhoods


def features(count, seed, shift=0.0):
    return shift + torch.randn(count, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_numbers_are_those_of_the_single_functions():
    real, fake = features(30, 0), features(40, 1, shift=0.5)
    found, balls = measure(real, fake, 5).numbers(), neighbourhoods(real, fake, 5, "prdc")
    assert found == {
        "real": 30, "generated": 40, "kid": kernel_distance(real, fake), "frechet": frechet_distance(real, fake),
        "precision": balls.precision, "recall": balls.recall, "density": balls.density, "coverage": balls.coverage,
        "nearest-real-ratio": nearest_real_ratio(real, fake), "diversity": diversity(real, fake),
    }  # fmt: skip


def test_balls_reach_no_further_than_a_small_class_goes():
    real, fake = features(3, 0), features(40, 1)
    assert measure(real, fake, 5).coverage == neighbourhoods(real, fake, 2, "prdc").coverage


def test_diversity_is_the_ratio_of_mean_distances_by_hand():
    real, fake = torch.tensor([[0.0], [1.0], [3.0]]), torch.tensor([[0.0], [0.5]])
    assert diversity(real, fake) == pytest.approx(0.5 / 2)
    assert diversity(features(400, 0), features(400, 1)) == pytest.approx(1, abs=0.03)
    assert diversity(real, torch.zeros(5, 1)) == 0


@pytest.mark.parametrize(("real", "fake"), [(1, 20), (20, 1)])
def test_of_one_image_nothing_is_measured_but_how_many_there_are(real, fake):
    assert measure(features(real, 0), features(fake, 1), 5).numbers() == {"real": real, "generated": fake}


def test_what_is_not_finite_is_left_out_so_that_json_can_hold_the_rest():
    real, fake = torch.zeros(4, 6), features(10, 0)
    found = measure(real, fake, 5)
    assert isnan(found.diversity)
    assert not {"diversity", "nearest-real-ratio"} & set(found.numbers())
    json.dumps(found.numbers(), allow_nan=False)
