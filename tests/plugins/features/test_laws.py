"""Features keep the laws of their kind; those of FID's Inception need its file."""

from pathlib import Path

import pytest
import timm
import torch

from augbench.testing import conformance
from augbench_plugins.features.inception import Inception
from augbench_plugins.features.random_conv import RandomConv
from augbench_plugins.features.timm_family import TimmFeatures

pytestmark = pytest.mark.slow
NAME = "test_efficientnet"


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    """Save random weights of a small network."""
    folder = tmp_path_factory.mktemp("weights")
    with torch.random.fork_rng():
        torch.save(timm.create_model(NAME).state_dict(), folder / "weights.pth")
    return folder


@conformance(RandomConv(), RandomConv(seed=3), house=False)
def test_laws_of_features(component, check):
    check(component)


@conformance(TimmFeatures(name=NAME, checkpoint=Path("weights.pth")), Inception(path=Path("not-here.pth")))
def test_laws_of_features_from_files(component, check, weights, monkeypatch):
    monkeypatch.chdir(weights)
    check(component)
