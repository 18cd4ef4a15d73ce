"""The generators as components: parameters, presets, what they support, what they import."""

import subprocess
import sys

import pytest

from augbench import Facts, Fit
from augbench_plugins.generators.cgan_div import CganDiv
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp
from augbench_plugins.optimizers import Adam, RmsProp

FAMILIES = [Gan, Wgan, WganGp, WganDiv]
EVERY = [*FAMILIES, CganDiv]


def facts(channels=3, height=32, width=32):
    return Facts(shape=(channels, height, width), classes=("a", "b"), counts=(9, 1), minority=("b",), batch_size=32)


@pytest.mark.parametrize("family", EVERY)
@pytest.mark.parametrize("network", ["dcgan", "resnet", "mlp"])
@pytest.mark.parametrize("side", [32, 64, 128])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_square_images_of_32_64_and_128_px_are_supported(family, network, side, channels):
    assert family(network=network).supports(facts(channels, side, side)) is None


def test_linear_layers_make_square_images_of_any_size():
    assert WganDiv(network="mlp").supports(facts(1, 28, 28)) is None


@pytest.mark.parametrize(
    ("network", "shape", "reason"),
    [
        ("dcgan", (3, 48, 48), "dcgan networks make 32, 64 or 128 px images, not 48; set resize"),
        ("dcgan", (3, 32, 64), "dcgan networks make 32, 64 or 128 px images, not 32 x 64; set resize"),
        ("dcgan", (5, 32, 32), "dcgan networks make images of 1 to 4 channels, not 5"),
        ("resnet", (3, 256, 256), "resnet networks make 32, 64 or 128 px images, not 256; set resize"),
        ("resnet", (5, 64, 64), "resnet networks make images of 1 to 4 channels, not 5"),
        ("mlp", (3, 32, 64), "mlp networks make square images, not 32 x 64; set resize"),
        ("mlp", (5, 32, 32), "mlp networks make images of 1 to 4 channels, not 5"),
    ],
)
def test_other_shapes_are_refused_with_the_reason(network, shape, reason):
    assert str(WganDiv(network=network).supports(facts(*shape))) == reason


def test_defaults_are_those_of_the_paper():
    assert Gan().optimizer == Adam(betas=(0.5, 0.999))
    assert Wgan().optimizer == RmsProp()
    assert WganGp().optimizer == WganDiv().optimizer == Adam(betas=(0.0, 0.9))
    assert (Gan().critic_norm, Wgan().critic_norm, WganGp().critic_norm, WganDiv().critic_norm) == ("batch", "batch", "none", "none")
    assert all((family().network, family().init, family().stop) == ("dcgan", "own", "iterations") for family in FAMILIES)
    assert (Wgan().clip, WganGp().weight, WganDiv().k, WganDiv().p, WganDiv().penalty_at) == (0.01, 10, 2, 6, "interp")


@pytest.mark.parametrize(("family", "preset"), [(family, preset) for family in EVERY for preset in family.presets])
def test_presets_name_existing_fields_and_only_the_fit_fields_that_are_used(family, preset):
    values = {key.replace("-", "_"): value for key, value in family.presets[preset].items()}
    fit = {key.replace("-", "_"): value for key, value in values.pop("fit").items()}
    family(**values)
    Fit(**fit)
    assert set(fit) <= set(family.uses)
    if preset == "official":
        assert set(fit) == set(family.uses) - {"pre_augment"}


def test_presets_hold_the_published_rates():
    official = {family: family.presets["official"]["fit"] for family in FAMILIES}
    assert [official[family]["lr"] for family in FAMILIES] == [2e-4, 5e-5, 1e-4, 2e-4]
    assert [official[family]["batch-size"] for family in FAMILIES] == [128, 64, 64, 64]
    assert [official[family].get("n-critic") for family in FAMILIES] == [None, 5, 5, 4]
    assert WganDiv.presets["official"]["k"] == 10
    assert all({"official", "pytorch-gan", "rana-2022", "small"} <= set(family.presets) for family in FAMILIES)
    for family in (WganGp, WganDiv):
        assert family.presets["official-resnet"] == family.presets["official"] | {"network": "resnet"}
    for family in FAMILIES:
        paper = family.presets["rana-2022"]["fit"]
        assert (paper["lr"], paper["batch-size"]) == (2e-4, 16)
        assert paper.get("n-critic", 4) == 4


def test_penalised_critics_cannot_have_batch_norm():
    for family in (WganGp, WganDiv, CganDiv):
        assert "batch" not in family.__dataclass_fields__["critic_norm"].type


def test_component_modules_import_neither_torch_nor_numpy():
    modules = ", ".join(f"augbench_plugins.generators.{name}" for name in ("gan", "wgan", "wgan_gp", "wgan_div", "cgan_div"))
    program = f"import sys, {modules}; print([name for name in ('torch', 'numpy', 'pydantic') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_discriminator_of_gan_has_no_plateau_to_wait_for():
    assert "critic-loss" not in Gan.__dataclass_fields__["stop"].type
    assert "critic-loss" in WganDiv.__dataclass_fields__["stop"].type
