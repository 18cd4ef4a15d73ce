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
    "augmenters.bcplus",
    "augmenters.concatenations",
    "augmenters.patches",
    "augmenters.scattered",
    "augmenters.cutmix",
    "augmenters.remix",
    "augmenters.mixmatch_mixup",
    "augmenters.affine",
    "augmenters.perspective",
    "augmenters.shifts",
    "augmenters.contrast",
    "augmenters.noise",
    "augmenters.erasing",
    "augmenters.tv_family",
    "augmenters.balanced_mixup",
    "samplers.minority_focus",
    "samplers.standard",
    "samplers.instance",
    "samplers.random_oversampling",
    "samplers.random_undersampling",
    "samplers.class_balanced",
    "samplers.square_root",
    "samplers.progressive",
    "samplers.balanced_mixup",
    "losses.cross_entropy",
    "losses.class_weighted",
    "losses.effective_number",
    "losses.focal",
    "losses.cb_focal",
    "losses.ldam",
    "losses.balanced_softmax",
    "losses.logit_adjustment",
    "backbones.small_resnet",
    "backbones.timm_family",
    "optimizers",
    "schedules",
    "metrics.counts",
    "metrics.ranking",
    "metrics.probabilities",
    "tests.signs",
    "tests.paired_t",
]


def test_component_modules_import_nothing_heavy() -> None:
    imports = "; ".join(f"import augbench_plugins.{module}" for module in MODULES)
    heavy = "{'torch', 'torchvision', 'numpy', 'scipy', 'timm', 'pandas', 'pydantic', 'platformdirs', 'safetensors'}"
    subprocess.run(
        [sys.executable, "-c", f"{imports}; import sys; found = {heavy} & set(sys.modules); assert not found, found"], check=True
    )
