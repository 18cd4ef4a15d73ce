"""Normalisation and scoring."""

import numpy as np
import pytest
import torch
from torch import nn

from augbench.stages.classifier import Classifier, score
from augbench.stages.images import ResidentImages
from augbench.values.learning import Network
from augbench.values.settings import Numerics

CPU = torch.device("cpu")


def seen_by(network: Network, images: torch.Tensor) -> torch.Tensor:
    return Classifier(network)(images)


def test_a_network_sees_images_normalised_by_channel():
    images = torch.rand(2, 2, 4, 4)
    found = seen_by(Network(module=nn.Identity(), mean=(0.5, 0.25), sd=(0.2, 0.1)), images)
    torch.testing.assert_close(found[:, 1], (images[:, 1] - 0.25) / 0.1)


def test_a_channel_that_never_varies_is_centred_and_not_blown_up():
    images = torch.full((1, 1, 4, 4), 0.75)
    found = seen_by(Network(module=nn.Identity(), mean=(1.0,), sd=(0.0,)), images)
    torch.testing.assert_close(found, torch.full_like(images, -0.25))


def test_a_network_of_one_size_sees_images_of_that_size():
    network = Network(module=nn.Identity(), mean=(0.0,), sd=(1.0,), size=(8, 6))
    assert seen_by(network, torch.rand(2, 1, 4, 4)).shape == (2, 1, 8, 6)
    pictures = torch.rand(2, 1, 8, 6)
    torch.testing.assert_close(seen_by(network, pictures), pictures)


@pytest.mark.parametrize("training", [True, False])
def test_scoring_uses_the_averages_of_training_and_leaves_the_network_as_it_was(training):
    body = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Flatten(), nn.Linear(16, 3))
    classifier = Classifier(Network(module=body, mean=(0.5,), sd=(0.2,))).train(training)
    before = {name: tensor.clone() for name, tensor in classifier.state_dict().items()}
    pixels = np.random.default_rng(0).integers(0, 256, (300, 1, 4, 4)).astype(np.uint8)
    together = score(classifier, ResidentImages.of(pixels, 255.0, CPU), Numerics(), CPU)
    alone = score(classifier, ResidentImages.of(pixels[:1], 255.0, CPU), Numerics(), CPU)
    np.testing.assert_allclose(together[:1], alone, rtol=1e-5)
    assert together.dtype == np.float32
    assert classifier.training is body.training is training
    assert all(torch.equal(before[name], tensor) for name, tensor in classifier.state_dict().items())
