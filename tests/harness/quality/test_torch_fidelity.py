"""The measures are those of torch-fidelity on the same features."""

import pytest
import torch

from augbench.quality.frechet import frechet_distance_of_few, frechet_distance_of_many
from augbench.quality.kernel import kernel_distance
from augbench.quality.neighbours import neighbourhoods

pytest.importorskip("torch_fidelity")
from torch_fidelity import metric_fid, metric_kid, metric_prc


def features(count, seed, shift=0.0):
    return shift + torch.randn(count, 16, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).abs()


@pytest.fixture(params=[0.0, 0.4])
def pair(request):
    return features(120, 0), features(120, 1, request.param)


def test_the_kernel_distance_of_all_images_is_its_kid_of_one_subset(pair):
    found = metric_kid.kid_features_to_metric(*pair, kid_subsets=1, kid_subset_size=120, verbose=False)
    assert kernel_distance(*pair) == pytest.approx(found[metric_kid.KEY_METRIC_KID_MEAN], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("form", [frechet_distance_of_many, frechet_distance_of_few])
def test_the_frechet_distance_is_its_fid(pair, form):
    statistics = [metric_fid.fid_features_to_statistics(part) for part in pair]
    found = metric_fid.fid_statistics_to_metric(*statistics, False)[metric_fid.KEY_METRIC_FID]
    assert form(*pair) == pytest.approx(found, rel=1e-6)


def test_precision_and_recall_are_its_own(pair):
    real, fake = pair
    found = metric_prc.prc_features_to_metric(fake, real, prc_neighborhood=3, verbose=False)
    ours = neighbourhoods(real, fake, 3, "torch-fidelity")
    assert ours.precision == pytest.approx(found[metric_prc.KEY_METRIC_PRECISION])
    assert ours.recall == pytest.approx(found[metric_prc.KEY_METRIC_RECALL])
