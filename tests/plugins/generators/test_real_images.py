"""The small presets on photographs of blood cells."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from augbench.quality.kernel import kernel_distance
from augbench.stages.judging import features_of
from augbench_plugins.features.random_conv import RandomConv
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp

FOLDER = Path(os.environ.get("AUGBENCH_BCCD6", Path(__file__).resolve().parents[4] / "shared" / "data" / "bccd6"))


@pytest.fixture
def eosinophils():
    """Return the training images of a class of 49, uint8 [49, 3, 32, 32]."""
    paths = sorted((FOLDER / "train" / "eosinophil").glob("*.png"))
    if not paths:
        pytest.skip("no blood cell images: set AUGBENCH_BCCD6 to their folder")
    images = [Image.open(path).convert("RGB").resize((32, 32), Image.Resampling.BILINEAR) for path in paths]
    return torch.from_numpy(np.stack(images)).movedim(-1, 1).contiguous()


@pytest.mark.slow
@pytest.mark.parametrize("family", [Gan, Wgan, WganGp, WganDiv])
def test_the_small_preset_learns_colour_and_place(family, view, eosinophils):
    preset = {key.replace("-", "_"): value for key, value in family.presets["small"].items()}
    settings = {key.replace("-", "_"): value for key, value in preset.pop("fit").items()}
    component, rng = family(**preset), torch.Generator()
    real = eosinophils.float().mean(0)
    errors = []
    for iterations in (1, settings["iterations"]):
        seen = view(eosinophils, pre_augment=200, **settings | {"iterations": iterations})
        fitted = component.fit(seen, rng.manual_seed(0), lambda done, total, **numbers: None)
        images = component.sample(fitted, seen, 128, rng.manual_seed(1)).float()
        errors.append((images.mean(0) - real).abs().mean().item())
    # Levels of 255: a grey start is about 40 off, the fits were 4 to 10 off over several seeds.
    assert errors[0] > 25
    assert errors[1] < 15
    assert images.std(0).mean() > 8


@pytest.mark.slow
def test_at_a_plateau_images_are_ten_times_nearer_to_the_real_ones_than_at_the_start(view, eosinophils):
    preset = {key.replace("-", "_"): value for key, value in WganDiv.presets["small"].items()}
    settings = {key.replace("-", "_"): value for key, value in preset.pop("fit").items()}
    component, rng, features = WganDiv(**preset, stop="critic-loss", stop_patience=10), torch.Generator(), RandomConv().build(3)
    real, distances = features_of(features, eosinophils, 255, torch.device("cpu")), []
    for iterations in (1, settings["iterations"]):
        seen = view(eosinophils, **settings | {"iterations": iterations})
        fitted = component.fit(seen, rng.manual_seed(0), lambda done, total, **numbers: None)
        images = component.sample(fitted, seen, 200, rng.manual_seed(1))
        distances.append(kernel_distance(real, features_of(features, images, 255, torch.device("cpu"))))
    assert fitted.chosen > 50
    # Seen: .47 at the start, .004 at 50 iterations, .001 at 200.
    assert distances[1] < distances[0] / 10
