"""Generators keep the laws of their kind."""

from pathlib import Path

import pytest
from PIL import Image

from augbench.testing import conformance
from augbench.testing.laws._views import CLASSES
from augbench_datasets.bank_folder import BankFolder
from augbench_datasets.resize import Bilinear
from augbench_plugins.generators.cgan_div import CganDiv
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.imbalanced import Adasyn, BorderlineSmote, SvmSmote
from augbench_plugins.generators.plain import Gaussian, Handcrafted
from augbench_plugins.generators.smote import SafeLevelSmote, Smote
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp
from augbench_plugins.optimizers import Adam, RmsProp, Sgd

pytestmark = pytest.mark.slow
TINY = {"width": 2, "latent": 4}


@conformance(
    Gaussian(),
    Handcrafted(),
    Smote(),
    SafeLevelSmote(k=3),
    BorderlineSmote(),
    BorderlineSmote(variant=2, m=5),
    SvmSmote(),
    Adasyn(),
    WganDiv(**TINY, network="mlp", stop="kid"),
    CganDiv(**TINY, network="mlp"),
    house=False,
)
def test_laws_of_generators(component, check):
    check(component)


@conformance(
    Gan(**TINY, optimizer=Adam(betas=(0.5, 0.999))),
    Wgan(**TINY, optimizer=RmsProp()),
    WganGp(**TINY, network="resnet"),
    WganDiv(**TINY, optimizer=Sgd(momentum=0.5), penalty_at="interp-mixed"),
    WganDiv(**TINY, critic_norm="layer", stop="critic-loss", stop_window=2, stop_patience=30),
    CganDiv(**TINY),
    house=False,
)
def test_laws_of_convolutional_generators(component, check):
    check(component)


@pytest.fixture
def pictures(tmp_path, monkeypatch) -> None:
    """Write six pictures of each class into the folder where the test runs."""
    for place, name in enumerate(CLASSES):
        (tmp_path / "banks" / name).mkdir(parents=True)
        for number in range(6):
            Image.new("RGB", (20, 20), (40 * number, 60 * place, 90)).save(tmp_path / "banks" / name / f"{number}.png")
    monkeypatch.chdir(tmp_path)


@conformance(BankFolder(path=Path("banks/{class}"), resize=Bilinear(size=32)))
@pytest.mark.usefixtures("pictures")
def test_laws_of_a_folder_of_banks(component, check):
    check(component)
