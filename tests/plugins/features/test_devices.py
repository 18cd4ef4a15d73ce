"""Feature networks stay on the device that they are put on."""

import pytest
import timm
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from augbench_plugins.features._inception_network import InceptionFeatures
from augbench_plugins.features._timm_features import Pooled


@pytest.mark.parametrize("name", ["inception", "timm"])
@pytest.mark.parametrize("channels", [1, 3])
def test_features_are_made_where_the_images_are(name, channels):
    # Fake tensors follow devices and shapes without a GPU; mixing devices raises.
    with FakeTensorMode(), torch.device("cuda"):
        if name == "inception":
            network = InceptionFeatures().eval()
        else:
            network = Pooled(timm.create_model("test_efficientnet", num_classes=0), (160, 160), (0.5,) * 3, (0.5,) * 3).eval()
        features = network(torch.empty(4, channels, 32, 32))
    assert features.device.type == "cuda"
    assert features.shape[0] == 4
    assert features.ndim == 2
