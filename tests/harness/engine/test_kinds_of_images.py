"""Whole runs of the built-in methods: every depth and number of channels, bfloat16, timm's networks."""

import json
from pathlib import Path

import numpy as np
import pytest

from augbench.engine.events import Silent
from augbench.engine.session import Request, open_session
from augbench.store.run_folder import RunFolder
from augbench.values.results import TrialResult

MATRIX = """
[report]
control = "ours"
formats = ["json"]
[axes]
seed = [0]
[datasets.deep]
use = "support.deep:Deep"
minority = ["b", "c"]
[base]
generator = { use = "wgan-div", preset = "small", width = 4 }
sampler = "minority-focus"
batch = { size = 12, mix = { generated = 2, linear = 1 } }
bank.size = 5
fit = { iterations = 2, n-critic = 1, pre-augment = 15 }
transforms = ["flips", "quarter-turns", "brightness"]
augment.linear = "mixup"
backbone = "small-resnet"
[base.training]
length = { steps = 3 }
checks = 1
[rows]
ours = {}
"""


def run(folder: Path, *sets: str) -> tuple[dict[str, TrialResult], Path]:
    """Return the trials of a run by row, and its store."""
    (folder / "deep.toml").write_text(MATRIX)
    request = Request(matrix=folder / "deep.toml", out=folder / "run", store=folder / "store", device="cpu", sets=sets)
    outcome = open_session(request).run(Silent())
    assert outcome.failed == 0
    return {trial.row: trial for trial in RunFolder(path=folder / "run").results().trials}, folder / "store"


def is_whole(trial: TrialResult) -> bool:
    """Tell whether every test and validation image has probabilities."""
    found = (trial.test, trial.validation)
    return trial.status == "done" and all(np.allclose(part.probabilities.sum(1), 1, atol=1e-5) and len(part.labels) == 13 for part in found)


@pytest.mark.slow
@pytest.mark.parametrize(("channels", "bits"), [(1, 8), (1, 16), (3, 16), (4, 16)])
def test_images_of_any_depth_and_number_of_channels_go_from_preparation_to_scores(channels, bits, tmp_path):
    slot = () if channels == 1 else ('base.augment.linear="nonlinear-mixup"',)
    trials, store = run(tmp_path, f"datasets.deep.channels={channels}", f"datasets.deep.bits={bits}", *slot)
    assert is_whole(trials["ours"])
    banks = [np.load(path) for path in store.rglob("images.npy")]
    assert [(str(bank.dtype), bank.shape) for bank in banks] == [(f"uint{bits}", (5, channels, 32, 32))] * 2


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["contiguous", "channels-last"])
@pytest.mark.parametrize("generator", ["gan", "wgan", "wgan-gp", "wgan-div"])
def test_a_run_in_bf16_gives_the_same_bits_twice_and_not_those_of_fp32(generator, layout, tmp_path):
    def probabilities(name: str, precision: str) -> np.ndarray:
        (tmp_path / name).mkdir()
        where = (f'base.generator.use="{generator}"', f'base.numerics.memory-format="{layout}"')
        trials, _ = run(tmp_path / name, *where, f'base.numerics.precision="{precision}"', "datasets.deep.channels=3")
        assert is_whole(trials["ours"])
        return trials["ours"].test.probabilities

    first, again, exact = probabilities("first", "bf16"), probabilities("again", "bf16"), probabilities("exact", "fp32")
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, exact)
    np.testing.assert_allclose(first, exact, atol=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "mobilenetv3_small_050", "vit_tiny_patch16_224", "efficientformer_l1"])
def test_a_network_of_timm_is_trained_and_tested_on_32_px_images(name, tmp_path):
    """The ViT is built for 32 px; the EfficientFormer cannot be, so images are resized to its 224 px."""
    trials, store = run(tmp_path, f'base.backbone="timm/{name}"', "datasets.deep.channels=3", "base.training.length={ steps = 1 }")
    assert is_whole(trials["ours"])
    notes = [json.loads(path.read_text()) for path in store.rglob("result.json")]
    assert [note["images"] for note in notes if "steps" in note] == [12]
