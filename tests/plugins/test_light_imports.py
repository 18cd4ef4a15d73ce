"""Validating a matrix imports component classes, and nothing heavy with them."""

import subprocess
import sys

MODULES = [
    "augmenters.mixup",
    "augmenters.nonlinear_mixup",
    "augmenters.bilinear_mixup",
    "augmenters.vh_mixup",
    "augmenters.geometry",
    "augmenters.brightness",
    "samplers.minority_focus",
    "samplers.standard",
    "samplers.instance",
    "samplers.random_oversampling",
    "losses.cross_entropy",
    "backbones.small_resnet",
    "backbones.timm_family",
    "optimizers",
    "schedules",
]


def test_component_modules_import_nothing_heavy() -> None:
    imports = "; ".join(f"import augbench_plugins.{module}" for module in MODULES)
    heavy = "{'torch', 'numpy', 'scipy', 'timm', 'pandas', 'pydantic', 'platformdirs', 'safetensors'}"
    subprocess.run(
        [sys.executable, "-c", f"{imports}; import sys; found = {heavy} & set(sys.modules); assert not found, found"], check=True
    )
