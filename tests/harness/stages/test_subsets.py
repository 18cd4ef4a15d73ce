"""Nothing that learns sees an image that it is validated or tested on."""

import numpy as np
import pytest
import torch

from augbench.plan.tasks import FitTask, Resample, TrainTask
from augbench.stages.generators import _view
from augbench.stages.prepared import Prepared, read_prepared, write_prepared
from augbench.stages.subsets import subsets
from augbench.stages.train import _batches
from augbench.values.data import Split, Splits
from augbench.values.synthesis import Fit
from support.toys import MeanNoise, Supplement, settings

CPU = torch.device("cpu")
# Every image is of one grey level of its own, by which it is known wherever it turns up.
LEVELS = {"train": range(60), "validation": range(60, 90), "test": range(90, 120)}


def numbered(name: str, groups: bool) -> Split:
    levels = np.array(LEVELS[name], dtype=np.uint8)
    return Split(
        images=list(np.broadcast_to(levels[:, None, None, None], (len(levels), 4, 4, 3))),
        labels=levels.astype(np.int64) % 3,
        ids=tuple(f"{name}/{level}" for level in levels),
        groups=tuple(f"{name} {level // 5}" for level in levels) if groups else None,
    )


def prepared_of(folder, validation: bool, groups: bool) -> Prepared:
    parts = {name: numbered(name, groups) for name in LEVELS if validation or name != "validation"}
    write_prepared(Splits(classes=("a", "b", "c"), **parts), None, folder, "levels", lambda done, total: None)
    return read_prepared(folder)


def levels_of(images) -> set[int]:
    return set(images.take(torch.arange(len(images)))[:, 0, 0, 0].tolist())


def fit_task(resample: Resample) -> FitTask:
    return FitTask(generator=MeanNoise(), settings=Fit(), target="a", quality=None, resample=resample, numerics=settings().numerics)


def batches_of(prepared: Prepared, resample: Resample):
    known = settings()
    task = TrainTask(
        sampler=Supplement(), backbone=known.backbone, size=8, mix={"linear": 1.0}, n={"c": 1}, bank_size={"c": 1}, augment=known.augment,
        transforms=(), transforms_at="batch", training=known.training, numerics=known.numerics, resample=resample,
    )  # fmt: skip
    return _batches(task, prepared, subsets(prepared, resample)[0], {}, {}, resample.streams(), CPU)


@pytest.mark.parametrize("groups", [False, True], ids=["images", "groups"])
@pytest.mark.parametrize("validation", [False, True], ids=["no split", "validation split"])
@pytest.mark.parametrize("fold", [0, 1, 2])
def test_a_generator_and_a_classifier_see_what_a_fold_leaves_and_no_test_image(validation, groups, fold, tmp_path):
    prepared, resample = prepared_of(tmp_path, validation, groups), Resample(seed=0, digest="d", folds=3, fold=fold)
    learn, held_out = subsets(prepared, resample)
    held = {int(name.split("/")[1]) for name in held_out.ids}
    allowed = set(range(90 if validation else 60)) - held
    assert len(held) >= len(allowed) / 3
    view = _view(fit_task(resample), prepared, CPU)
    assert levels_of(view.images) == levels_of(batches_of(prepared, resample).images) == allowed
    assert view.labels.tolist() == [int(name.split("/")[1]) % 3 for name in learn.ids]


def test_without_folds_the_validation_split_is_left_alone(tmp_path):
    prepared, resample = prepared_of(tmp_path, True, False), Resample(seed=0, digest="d")
    assert levels_of(_view(fit_task(resample), prepared, CPU).images) == set(LEVELS["train"])
    assert levels_of(batches_of(prepared, resample).images) == set(LEVELS["train"])
    assert levels_of(subsets(prepared, resample)[1].images(prepared.scale, CPU)) == set(LEVELS["validation"])


def test_a_generator_for_all_folds_sees_them_all_and_still_no_test_image(tmp_path):
    whole = Resample(seed=0, digest="d", folds=3, fold=None)
    assert levels_of(_view(fit_task(whole), prepared_of(tmp_path, True, False), CPU).images) == set(range(90))


def test_mean_and_deviation_of_the_input_are_those_of_the_training_split(tmp_path):
    prepared = prepared_of(tmp_path, True, False)
    np.testing.assert_allclose(prepared.mean, np.arange(60).mean() / 255)
    np.testing.assert_allclose(prepared.sd, np.arange(60).std() / 255)
