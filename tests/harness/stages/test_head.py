"""The last layer that a loss asks for."""

import pytest
import torch
from torch import nn

from augbench.stages.head import CosineHead, HeadSetup, spare_bias
from augbench.values.errors import NoLinearHead


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 3)))


def test_nothing_is_changed_where_nothing_is_asked():
    module = network()
    assert HeadSetup().set_up(module, 3) is module
    assert isinstance(module[2][0], nn.Linear)


def test_the_last_layer_becomes_scaled_cosines_of_the_same_weights():
    module, features = network(), torch.randn(6, 4)
    weight = module[2][0].weight.detach().clone()
    changed = HeadSetup(cosine_scale=30.0).set_up(module, 3)
    assert isinstance(changed[0], nn.Linear)
    expected = 30 * torch.nn.functional.cosine_similarity(features[:, None], weight[None], dim=2)
    torch.testing.assert_close(changed[2](features), expected)
    assert list(changed.state_dict()) == ["0.weight", "0.bias", "2.0.weight"]


def test_a_network_that_is_one_linear_layer_becomes_the_head_itself():
    assert isinstance(HeadSetup(cosine_scale=2.0).set_up(nn.Linear(4, 3), 3), CosineHead)


def test_cosines_keep_their_digits_under_mixed_precision():
    head, features = CosineHead(nn.Linear(64, 3), 30.0), torch.randn(6, 64)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = head(features)
    assert mixed.dtype == torch.float32
    torch.testing.assert_close(mixed, head(features))


def test_biases_start_where_they_are_told():
    module = network()
    HeadSetup(bias=-1.5).set_up(module, 3)
    assert module[2][0].bias.tolist() == [-1.5] * 3
    assert (module[0].bias != -1.5).all()


@pytest.mark.slow
def test_heads_of_timm_are_found():
    timm = pytest.importorskip("timm")
    for name, head in (("resnet10t", "fc"), ("vit_tiny_patch16_224", "head"), ("mobilenetv3_small_050", "classifier")):
        module = timm.create_model(name, num_classes=7)
        HeadSetup(cosine_scale=30.0).set_up(module, 7)
        assert isinstance(getattr(module, head), CosineHead)


def test_a_network_without_such_a_layer_is_refused():
    with pytest.raises(NoLinearHead) as caught:
        HeadSetup(cosine_scale=30.0).set_up(nn.Sequential(nn.Conv2d(3, 7, 1), nn.Flatten()), 7)
    assert str(caught.value) == (
        "the loss sets up the network's last layer, but the network has no linear layer of 7 outputs; "
        "choose another backbone or another loss"
    )


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW, torch.optim.RMSprop])
def test_spared_biases_feel_no_weight_decay_and_everything_else_does(kind):
    module = network()
    optimizer = kind(module.parameters(), lr=0.1, weight_decay=0.5)
    spare_bias(optimizer, module, 3)
    before = {name: parameter.detach().clone() for name, parameter in module.named_parameters()}
    for parameter in module.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    unmoved = [name for name, parameter in module.named_parameters() if torch.equal(parameter, before[name])]
    assert unmoved == ["2.0.bias"]
    assert sum(len(group["params"]) for group in optimizer.param_groups) == 4
    assert {group["lr"] for group in optimizer.param_groups} == {0.1}
