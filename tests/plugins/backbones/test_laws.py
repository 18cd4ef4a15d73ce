"""Backbones keep the laws of their kind."""

import pytest

from augbench.testing import conformance
from augbench_plugins.backbones.small_resnet import SmallResnet
from augbench_plugins.backbones.timm_family import Timm

pytestmark = pytest.mark.slow


@conformance(
    SmallResnet(width=4),
    SmallResnet(width=2, blocks=(2, 1), stem_stride=1),
    Timm(name="test_resnet"),
    Timm(name="test_vit", normalisation="data", input_size=48),
    house=False,
)
def test_laws_of_backbones(component, check):
    check(component)
