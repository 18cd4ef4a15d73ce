"""Drawn data sets, those made of others, and resizes keep the laws of their kinds; sets of files do so beside their other tests."""

import pytest

from augbench.testing import conformance
from augbench_datasets.channels import Channels
from augbench_datasets.long_tail import LongTail
from augbench_datasets.phantom import Phantom
from augbench_datasets.resize import Bilinear, CentreCrop, CropOrPad, Letterbox

pytestmark = pytest.mark.slow
FEW = Phantom(size=8, train=(9, 8, 7, 6, 5, 4, 3), test=(2,) * 7)


@conformance(
    FEW,
    Phantom(size=12, train=(3,) * 7, test=(2,) * 7, validation=(1,) * 7, seed=4),
    LongTail(of=FEW, ratio=3.0),
    Channels(of=FEW, keep=(1,)),
    house=False,
)
def test_laws_of_data_sets(component, check):
    check(component)


@conformance(
    Bilinear(size=16),
    Bilinear(size=1),
    CentreCrop(size=16),
    CropOrPad(size=17, fill="black"),
    CropOrPad(size=16, fill="reflect"),
    Letterbox(size=16),
    Letterbox(size=9, fill="reflect"),
    house=False,
)
def test_laws_of_resizes(component, check):
    check(component)
