"""FID's Inception: the same network as torch-fidelity's, and no other file."""

import hashlib
from dataclasses import replace

import pytest
import torch

from augbench import Facts
from augbench_plugins.backbones._errors import BadCheckpoint
from augbench_plugins.features import _inception_network
from augbench_plugins.features._inception_network import InceptionFeatures, stretched
from augbench_plugins.features.inception import Inception

FACTS = Facts(shape=(3, 32, 32), classes=("a", "b"), counts=(9, 3), minority=("b",), batch_size=8)


def images(side=48):
    return torch.randint(0, 256, (3, 3, side, side), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Write random weights and take their file for the published one."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        fresh = InceptionFeatures()
        for parameter in fresh.parameters():
            if parameter.ndim == 4:
                torch.nn.init.kaiming_uniform_(parameter, nonlinearity="relu")
    path = tmp_path / "weights.pth"
    torch.save(fresh.network.state_dict(), path)
    monkeypatch.setattr(_inception_network, "PUBLISHED", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


@pytest.mark.slow
def test_features_are_those_of_torch_fidelity(published):
    fidelity = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3")
    theirs = fidelity.FeatureExtractorInceptionV3("inception-v3-compat", ["2048"], feature_extractor_weights_path=str(published))
    with torch.inference_mode():
        (expected,) = theirs(images())
    found = Inception(path=published).build(3)
    assert (found.inception, found.digest) == (True, _inception_network.PUBLISHED)
    with torch.inference_mode():
        ours = found.module(images() / 255)
    assert ours.shape == (3, 2048)
    # They agree to 2e-7 of the largest feature.
    assert torch.allclose(ours, expected, rtol=1e-4, atol=1e-5 * expected.abs().max())


@pytest.mark.slow
def test_the_global_stream_is_left_alone(published):
    before = torch.get_rng_state()
    Inception(path=published).build(3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("side", [32, 299, 400])
def test_images_are_stretched_from_their_top_left_corner(side):
    """By the definition: pixel i is at i x side / 299, between its two neighbours, the last of which repeats."""
    row = torch.rand(side, generator=torch.Generator().manual_seed(0))
    wide = stretched(row.expand(1, 1, side, side))[0, 0, 0]
    for pixel in (0, 1, 150, 298):
        place = pixel * side / 299
        low, share = int(place), place - int(place)
        assert wide[pixel].item() == pytest.approx(((1 - share) * row[low] + share * row[min(low + 1, side - 1)]).item(), abs=1e-4)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"something else")
    digest = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(BadCheckpoint, match=f"its sha256 is {digest}, that of the published file 6726825d0af5f729"):
        Inception(path=path).build(3)


def test_a_file_whose_sha256_only_begins_as_the_published_one_s_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"something else")
    digest = hashlib.sha256(b"something else").hexdigest()
    monkeypatch.setattr(_inception_network, "PUBLISHED", digest[:8] + "0" * 56)
    with pytest.raises(BadCheckpoint):
        Inception(path=path).build(3)


def test_a_missing_file_and_odd_channels_are_told_before_anything_runs(tmp_path):
    path = tmp_path / "weights.pth"
    assert Inception(path=path).supports(FACTS) == f"no file '{path}' with Inception's weights: mend quality.features.path"
    path.touch()
    assert Inception(path=path).supports(FACTS) is None
    said = 'Inception\'s features are those of 1 or 3 channels, not 4: set quality.features = "random-conv"'
    assert Inception(path=path).supports(replace(FACTS, shape=(4, 32, 32))) == said
