"""Results of today's stages: where one changes, raise the stage's revision in plan/tasks.py, then these numbers."""

import hashlib

import numpy as np
import pytest
import torch
from PIL import Image

from augbench.plan.tasks import (
    REVISIONS,
    AssessTask,
    EvaluateTask,
    FitTask,
    PrepareTask,
    Resample,
    Stage,
    SynthesiseTask,
    TablesTask,
    TrainTask,
)
from augbench.stages import contents
from augbench.stages.run import execute
from augbench.store.opening import open_store
from augbench.values.quality import Quality
from support.toys import BlendNext, Dots, MeanNoise, Means, settings

CPU = torch.device("cpu")
RESAMPLE = Resample(seed=0, digest="golden", folds=3, fold=1)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run every kind of stage once; return the artefacts' folders."""
    store, known = open_store(tmp_path_factory.mktemp("golden")), settings()
    common = {"resample": RESAMPLE, "numerics": known.numerics}
    train = TrainTask(
        sampler=known.sampler, backbone=known.backbone, size=8, mix={"generated": 1.0, "linear": 1.0}, n={"c": 1}, bank_size={"c": 6},
        augment=known.augment, transforms=known.transforms, transforms_at="batch", training=known.training, **common,
    )  # fmt: skip
    tasks = {
        "prepare": (PrepareTask(name="dots", dataset=Dots(), resize=None), {}),
        "fit-generator": (FitTask(generator=MeanNoise(), settings=known.fit, target="c", quality=None, **common), {"prepared": "prepare"}),
        "synthesise": (
            SynthesiseTask(generator=MeanNoise(), settings=known.fit, target="c", count=6, **common),
            {"prepared": "prepare", "generator": "fit-generator"},
        ),
        "assess": (
            AssessTask(generator="mean-noise", target="c", quality=Quality(features=Means(), images=6), **common),
            {"prepared": "prepare", "bank/c": "synthesise"},
        ),
        "tables": (TablesTask(augmenter=BlendNext(), sources="both", **common), {"prepared": "prepare", "bank/c": "synthesise"}),
        "train": (train, {"prepared": "prepare", "bank/c": "synthesise"}),
        "evaluate": (EvaluateTask(backbone=known.backbone, **common), {"prepared": "prepare", "classifier": "train"}),
    }
    for kind, (task, inputs) in tasks.items():
        stage = Stage(kind=kind, key=kind, label=kind, settings="{}", template=task, resample=None, inputs=inputs)
        execute(stage, store, CPU, lambda done, total, **numbers: None)
    return {kind: store.open(kind) for kind in tasks}


def test_the_revisions_are_those_of_these_numbers():
    assert REVISIONS == {"prepare": 3, "fit-generator": 1, "synthesise": 1, "assess": 1, "tables": 1, "train": 2, "evaluate": 1}


def test_prepared_images_are_the_same_bytes(run):
    assert hashlib.sha256((run["prepare"] / "train.npy").read_bytes()).hexdigest()[:16] == "5dd343d86bcb2e44"


def test_a_generator_sees_the_same_images(run):
    assert contents.load_fitted(run["fit-generator"]).numbers["images"] == 5
    assert float(contents.load_fitted(run["fit-generator"]).tensors["mean"].mean()) == pytest.approx(73.202, abs=1e-3)


def test_a_bank_holds_the_same_images(run):
    assert float(np.mean(contents.load_array(run["synthesise"] / contents.BANK_FILE))) == pytest.approx(73.918, abs=1e-2)


def test_a_bank_is_judged_alike(run):
    numbers = contents.load_notes(run["assess"])["numbers"]
    assert (numbers["kid"], numbers["coverage"]) == (pytest.approx(6.5078e-4, rel=1e-3), 1)
    with Image.open(run["assess"] / contents.SHEET) as sheet:
        assert (sheet.size, float(np.mean(sheet))) == ((58, 28), pytest.approx(133.642, abs=1e-2))


def test_partners_are_the_same(run):
    assert contents.load_array(run["tables"] / contents.PARTNERS)[:8, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 16]


def test_a_training_takes_the_same_course(run):
    notes = contents.load_notes(run["train"])
    assert (notes["steps"], notes["images"], notes["chosen"]) == (70, 560, 70)
    assert [value for _, value in notes["curves"]["training loss"]] == pytest.approx([0.07570, 0.01013], abs=1e-4)


def test_a_classifier_says_the_same(run):
    first = contents.load_array(run["evaluate"] / contents.TEST)[0]
    assert first.tolist() == pytest.approx([0.92394, 0.01611, 0.05995], abs=1e-4)
