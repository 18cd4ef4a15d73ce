"""Who compares a fit's images with the real ones."""

import pytest
import torch

from augbench import FeatureNetwork
from augbench.quality.kernel import kernel_distance
from augbench.stages import judging
from augbench.stages.images import ResidentImages
from augbench.stages.judging import FeatureJudge, compared, features_of
from augbench.values.quality import Quality
from support.toys import Means

CPU = torch.device("cpu")


def images(count, seed=0, kind=torch.uint8):
    return torch.randint(0, 256, (count, 3, 8, 8), generator=torch.Generator().manual_seed(seed)).to(kind)


def judge(pixels, members, **quality) -> FeatureJudge:
    return FeatureJudge(Means().build(3), ResidentImages(pixels, 255.0), members, Quality(features=None, **quality), CPU)


def test_generated_images_are_compared_with_the_members_alone():
    pixels, members = images(30), torch.arange(5, 25)
    found = judge(pixels, members)(images(12, 1))
    network = Means().build(3)
    expected = kernel_distance(*(features_of(network, part, 255.0, CPU) for part in (pixels[5:25], images(12, 1))))
    assert found["kid"] == pytest.approx(expected)
    assert set(found) == {"kid", "frechet", "precision", "recall"}


def test_it_says_how_often_and_how_many():
    found = judge(images(9), torch.arange(9), checks=4, images=50)
    assert (found.checks, found.images) == (4, 50)


def test_of_a_class_of_one_image_it_says_nothing():
    assert judge(images(9), torch.tensor([3]))(images(12, 1)) == {}


def test_features_do_not_hang_on_how_many_images_are_passed_at_once(monkeypatch):
    network, found = Means().build(3), images(50)
    whole = features_of(network, found, 255.0, CPU)
    monkeypatch.setattr(judging, "AT_ONCE_ON_CPU", 7)
    assert torch.allclose(features_of(network, found, 255.0, CPU), whole)
    assert whole.dtype == torch.float64


def test_images_are_in_the_range_from_0_to_1():
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, batch):
            seen.append((batch.dtype, batch.min().item(), batch.max().item()))
            return batch.flatten(1)

    network = FeatureNetwork(module=Spy(), name="spy", digest="0")
    features_of(network, torch.tensor([0, 65535]).view(2, 1, 1, 1), 65535.0, CPU)
    assert seen == [(torch.float32, 0.0, 1.0)]


def test_a_network_left_in_training_judges_as_in_evaluation_and_draws_nothing():
    layers = [torch.nn.BatchNorm2d(3), torch.nn.Dropout(0.5), torch.nn.Flatten()]
    network = FeatureNetwork(module=torch.nn.Sequential(*layers).train(), name="careless", digest="0")
    found, before = images(20), torch.get_rng_state()
    features = features_of(network, found, 255.0, CPU)
    assert torch.equal(torch.get_rng_state(), before)
    # As it starts, this layer subtracts 0 and divides by the root of 1 and its epsilon.
    assert torch.allclose(features, found.flatten(1).double() / 255 / (1 + 1e-5) ** 0.5, atol=1e-6)


@pytest.mark.parametrize("count", [3, 2000, 2001, 9000])
def test_of_many_real_images_evenly_spaced_ones_are_compared(count):
    chosen = compared(torch.arange(count))
    assert len(chosen) == min(count, 2000)
    steps = chosen.diff()
    assert (chosen[0], len(steps.unique()) <= 2) == (0, True)
    assert count - chosen[-1] <= steps.max() + 1
