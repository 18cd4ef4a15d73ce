"""The family of timm's networks."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch._subclasses.fake_tensor import FakeTensorMode

from augbench import BackboneContext, Facts
from augbench.stages.classifier import Classifier
from augbench_plugins.backbones._errors import BadCheckpoint, FixedSize
from augbench_plugins.backbones.timm_family import Timm

FACTS = Facts(shape=(3, 8, 8), classes=("a",), counts=(3,), minority=(), batch_size=8)


def about(channels: int = 3, size: tuple[int, int] = (32, 32), classes: int = 7) -> BackboneContext:
    return BackboneContext(channels=channels, size=size, classes=classes, mean=(0.41,) * channels, sd=(0.21,) * channels)


@pytest.mark.parametrize(("channels", "classes"), [(3, 7), (1, 2), (4, 5)])
def test_a_network_takes_the_datas_channels_and_classes(channels: int, classes: int) -> None:
    network = Timm(name="test_resnet").build(about(channels, classes=classes))
    assert network.module(torch.rand(2, channels, 32, 32)).shape == (2, classes)
    assert network.size is None
    assert (network.mean, network.sd) == ((0.41,) * channels, (0.21,) * channels)


def test_a_network_of_fixed_size_is_built_for_the_datas_size() -> None:
    network = Timm(name="test_vit").build(about(size=(64, 64)))
    assert network.size is None
    assert network.module(torch.rand(2, 3, 64, 64)).shape == (2, 7)
    assert network.module.training


@pytest.mark.slow
def test_a_network_that_cannot_be_rebuilt_says_its_size() -> None:
    network = Timm(name="efficientformer_l1").build(about())
    assert network.size == (224, 224)
    assert Timm(name="efficientformer_l1").build(about(size=(224, 224))).size is None


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, dict[str, torch.Tensor]]:
    state = Timm(name="test_resnet").build(about()).module.state_dict()
    save_file(state, tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors", state


def test_a_checkpoint_of_another_network_says_what_differs(tmp_path: Path) -> None:
    save_file({"fc.weight": torch.zeros(7, 3), "extra": torch.zeros(2)}, tmp_path / "odd.safetensors")
    with pytest.raises(BadCheckpoint) as caught:
        Timm(name="test_resnet", checkpoint=tmp_path / "odd.safetensors").build(about())
    assert str(caught.value).startswith(f"the checkpoint '{tmp_path / 'odd.safetensors'}' does not fit 'timm/test_resnet': it lacks ")
    assert str(caught.value).endswith(
        "; it has unknown 1 tensors such as extra; name the network that it was saved from, or rename with checkpoint-map"
    )


def test_a_checkpoint_that_is_not_there_is_told_before_training(tmp_path: Path) -> None:
    assert Timm(name="test_resnet").supports(FACTS) is None
    assert Timm(name="test_resnet", checkpoint=tmp_path / "no.pth").supports(FACTS) == (
        f"no file '{tmp_path / 'no.pth'}' with weights of timm/test_resnet: mend checkpoint, or install their package again"
    )


def test_weights_that_nobody_published_are_told_before_training() -> None:
    assert Timm(name="resnet34", pretrained=True).supports(FACTS) is None
    assert Timm(name="resnet34.a1_in1k", pretrained=True).supports(FACTS) is None
    assert Timm(name="botnet50ts_256").supports(FACTS) is None
    assert Timm(name="botnet50ts_256", pretrained=True).supports(FACTS) == (
        "timm knows no published weights of timm/botnet50ts_256: set checkpoint to a file, or choose another network"
    )


def test_weights_bring_their_own_normalisation(saved) -> None:
    path, _ = saved
    own = Timm(name="test_resnet", checkpoint=path).build(about())
    assert own.mean == (0.5, 0.5, 0.5)
    datas = Timm(name="test_resnet", checkpoint=path, normalisation="data").build(about())
    assert (datas.mean, datas.sd) == ((0.41,) * 3, (0.21,) * 3)


def test_a_normalisation_is_adapted_to_other_channels() -> None:
    from augbench_plugins.backbones._timm_build import _normalisation

    module = Timm(name="resnet10t").build(about()).module
    mean, sd = module.pretrained_cfg["mean"], module.pretrained_cfg["std"]
    assert _normalisation(module, 3) == (tuple(mean), tuple(sd))
    assert _normalisation(module, 1) == ((pytest.approx(sum(mean) / 3),), (pytest.approx(sum(sd) / 3),))
    assert _normalisation(module, 5) == ((*mean, *mean[:2]), (*sd, *sd[:2]))


def test_an_input_size_is_the_size_that_images_are_resized_to() -> None:
    network = Timm(name="test_resnet", input_size=48).build(about())
    assert network.size == (48, 48)
    assert Classifier(network)(torch.rand(2, 3, 20, 30)).shape == (2, 7)
    rebuilt = Timm(name="test_vit", input_size=64).build(about(size=(20, 30)))
    assert rebuilt.size == (64, 64)
    assert rebuilt.module(torch.rand(2, 3, 64, 64)).shape == (2, 7)


def test_images_are_resized_on_their_device_without_a_look_at_them() -> None:
    # Fake tensors have no numbers: asking for one raises, as does mixing devices.
    with FakeTensorMode(), torch.device("cuda"):
        classifier = Classifier(Timm(name="test_resnet", input_size=48).build(about()))
        logits = classifier(torch.empty(4, 3, 20, 30))
    assert (logits.device.type, logits.shape) == ("cuda", (4, 7))


@pytest.mark.slow
def test_an_input_size_that_the_network_does_not_take_is_told() -> None:
    with pytest.raises(FixedSize) as caught:
        Timm(name="efficientformer_l1", input_size=64).build(about())
    assert str(caught.value) == "'timm/efficientformer_l1' takes 224 x 224 pixels only, not input-size = 64; leave input-size out"


def test_names_are_read_from_the_list_of_the_installed_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cached = tmp_path / "augbench" / f"timm-{version('timm')}-names.json"
    cached.parent.mkdir()
    cached.write_text(json.dumps(["resnet34", "resnet34.tv_in1k"]))
    assert Timm.names() == ("resnet34", "resnet34.tv_in1k")


@pytest.mark.slow
def test_a_missing_or_broken_list_is_made_again_without_importing_timm(tmp_path: Path) -> None:
    cached = tmp_path / "augbench" / f"timm-{version('timm')}-names.json"
    cached.parent.mkdir()
    cached.write_text("[")
    script = (
        "import sys; from augbench_plugins.backbones.timm_family import Timm\n"
        "names = Timm.names()\n"
        "assert {'resnet34', 'resnet34.tv_in1k', 'vit_tiny_patch16_224'} <= set(names), len(names)\n"
        "assert not {'timm', 'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={"XDG_CACHE_HOME": str(tmp_path), "PATH": ""})
    assert len(json.loads(cached.read_text())) > 1000
    assert [path.name for path in cached.parent.iterdir()] == [cached.name]
