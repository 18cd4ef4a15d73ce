"""Features of timm's networks: the pooled ones of the same weights, at the size that these were trained for."""

from dataclasses import replace

import pytest
import timm
import torch

from augbench import BackboneContext, Facts
from augbench.stages.classifier import Classifier
from augbench_plugins.backbones._errors import BadCheckpoint
from augbench_plugins.backbones._lite_names import timm_names
from augbench_plugins.backbones.timm_family import Timm
from augbench_plugins.features.timm_family import TimmFeatures

FACTS = Facts(shape=(3, 32, 32), classes=("a", "b"), counts=(9, 3), minority=("b",), batch_size=8)
NAME = "test_efficientnet"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Save random weights of a small network, with its head; return the file and the network."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = timm.create_model(NAME).eval()
    path = tmp_path_factory.mktemp("weights") / "weights.pth"
    torch.save(network.state_dict(), path)
    return path, network


def images(channels=3):
    return torch.rand(2, channels, 20, 20, generator=torch.Generator().manual_seed(0))


def test_features_are_what_the_last_layer_would_read(saved):
    path, network = saved
    found = TimmFeatures(name=NAME, checkpoint=path).build(3)
    with torch.inference_mode():
        features = found.module(images())
        wanted = timm.data.resolve_data_config({}, model=network)
        resized = torch.nn.functional.interpolate(images(), wanted["input_size"][1:], mode="bilinear", antialias=True)
        mean, sd = (torch.tensor(wanted[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
        expected = network.forward_head(network.forward_features((resized - mean) / sd), pre_logits=True)
    assert torch.allclose(features, expected, atol=1e-5)
    assert (found.name, found.inception) == (f"timm/{NAME}", False)


def test_grey_images_are_repeated(saved):
    module = TimmFeatures(name=NAME, checkpoint=saved[0]).build(1).module
    with torch.inference_mode():
        assert torch.allclose(module(images(1)), module(images(1).repeat(1, 3, 1, 1)))


def test_the_digest_is_that_of_the_weights(saved, tmp_path):
    path, network = saved
    first = TimmFeatures(name=NAME, checkpoint=path).build(3)
    torch.save(
        {name: tensor + 0.5 if name.endswith("conv_stem.weight") else tensor for name, tensor in network.state_dict().items()},
        tmp_path / "x.pth",
    )
    assert TimmFeatures(name=NAME, checkpoint=path).build(1).digest == first.digest
    assert TimmFeatures(name=NAME, checkpoint=tmp_path / "x.pth").build(3).digest != first.digest


def test_weights_of_another_network_are_refused(saved):
    with pytest.raises(BadCheckpoint):
        TimmFeatures(name="resnet18", checkpoint=saved[0]).build(3)


def test_a_missing_file_and_odd_channels_are_told_before_anything_runs(tmp_path, saved):
    path = tmp_path / "x.pth"
    assert (
        TimmFeatures(name=NAME, checkpoint=path).supports(FACTS)
        == f"no file '{path}' with weights of timm/{NAME}: mend checkpoint, or install their package again"
    )
    found = TimmFeatures(name=NAME, checkpoint=saved[0])
    assert found.supports(FACTS) is None
    assert (
        found.supports(replace(FACTS, shape=(2, 32, 32)))
        == 'features of timm are those of 1 or 3 channels, not 2: set quality.features = "random-conv"'
    )


def test_efficientnet_lite_s_other_names_are_translated_one_to_one():
    network = timm.create_model("tf_efficientnet_lite0")
    own = network.state_dict()
    # Written backwards from timm's names: what the package calls each of them.
    blocks = [(stage, block) for stage, part in enumerate(network.blocks) for block in range(len(part))]
    theirs = {}
    for name, tensor in own.items():
        layer, _, rest = name.partition(".")
        if layer != "blocks":
            theirs[
                {"conv_stem": "_conv_stem", "bn1": "_bn0", "conv_head": "_conv_head", "bn2": "_bn1", "classifier": "_fc"}[layer]
                + "."
                + rest
            ] = tensor
            continue
        stage, block, part, what = rest.split(".", 3)
        number = blocks.index((int(stage), int(block)))
        expanded = f"blocks.{stage}.{block}.conv_pwl.weight" in own
        words = (
            {
                "conv_pw": "_expand_conv",
                "bn1": "_bn0",
                "conv_dw": "_depthwise_conv",
                "bn2": "_bn1",
                "conv_pwl": "_project_conv",
                "bn3": "_bn2",
            }
            if expanded
            else {"conv_dw": "_depthwise_conv", "bn1": "_bn1", "conv_pw": "_project_conv", "bn2": "_bn2"}
        )
        theirs[f"_blocks.{number}.{words[part]}.{what}"] = tensor
    renamed = timm_names(theirs, network)
    assert renamed.keys() == own.keys()
    assert all(renamed[name] is tensor for name, tensor in own.items())


@pytest.mark.slow
def test_efficientnet_lite_s_packaged_weights_tell_photographs_without_a_network(monkeypatch):
    from huggingface_hub import constants
    from sklearn.datasets import load_sample_image

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    about = BackboneContext(channels=3, size=(427, 640), classes=1000, mean=(0.4,) * 3, sd=(0.2,) * 3)
    network = Timm(name="tf_efficientnet_lite0", pretrained=True, input_size=224).build(about)
    assert (network.mean, network.sd) == ((0.5,) * 3, (0.5,) * 3)
    classifier, features = Classifier(network).eval(), TimmFeatures(name="tf_efficientnet_lite0").build(3)
    described = timm.data.ImageNetInfo().index_to_description
    for name, told in (("china.jpg", "palace"), ("flower.jpg", "daisy")):
        image = torch.tensor(load_sample_image(name)).permute(2, 0, 1)[None, :, :, 106:533] / 255
        with torch.inference_mode():
            assert described(int(classifier(image).argmax())) == told
            # What the backbone's last layer reads is what images are compared by.
            resized = torch.nn.functional.interpolate(image, (224, 224), mode="bilinear", antialias=True)
            pooled = network.module.forward_head(network.module.forward_features((resized - 0.5) / 0.5), pre_logits=True)
            assert torch.allclose(features.module(image), pooled, atol=1e-4)
