"""A smoke run has every cell of the real one, each so small that it takes seconds, and nothing in common with its store or report."""

from collections import Counter

import numpy as np
import pytest

from augbench.engine.rendering import write_reports
from augbench.matrix.smoke import Few
from augbench.store.run_folder import RunFolder
from augbench.values.data import Split, Splits
from augbench.values.run_errors import OtherRun, SmokeRun
from support.runs import MATRIX, run, session
from support.toys import Dots


def test_every_cell_of_the_matrix_runs(tmp_path):
    outcome, _ = run(tmp_path, smoke=True)
    assert (outcome.done, outcome.failed, outcome.reports) == (6, 0, ())
    assert {trial.steps for trial in RunFolder(path=tmp_path / "run").results().trials} == {2}


@pytest.mark.slow
def test_nothing_of_it_is_taken_for_real(tmp_path):
    run(tmp_path, smoke=True)
    outcome, watcher = run(tmp_path, out="real")
    assert (outcome.stages_run, outcome.stages_reused) == (len(watcher.stages), 0)
    with pytest.raises(SmokeRun, match=r"run' is a smoke run: it shows that the matrix runs, and its numbers mean nothing"):
        write_reports(tmp_path / "run", ("json",))


@pytest.mark.slow
def test_neither_takes_the_other_s_folder(tmp_path):
    for first in (True, False):
        folder = tmp_path / str(first)
        folder.mkdir()
        run(folder, smoke=first)
        with pytest.raises(
            OtherRun, match=r"run' holds a (smoke|real) run, and a (smoke|real) (run|one) would take its place; choose another"
        ):
            run(folder, smoke=not first)
        assert RunFolder(path=folder / "run").about()["smoke"] is first
    # A damaged folder is written anew.
    (folder / "run" / "run.json").write_text("{")
    assert run(folder, smoke=True)[0].done == 6


def test_the_smoke_run_has_a_store_of_its_own(tmp_path):
    planned = session(tmp_path, smoke=True)
    assert planned.store.location == str(tmp_path / "store" / "smoke")


def test_minority_classes_are_those_of_the_whole_data(tmp_path):
    text = MATRIX.replace('minority = ["c"]', "minority = { below = 0.5 }")
    assert [column.minority for column in session(tmp_path, text, smoke=True).matrix.columns] == [("c",)]


def test_few_images_of_each_class_are_left_in_their_order():
    whole, few = Dots(), Few(of=Dots(), each=5)
    assert few.probe().counts == {"train": (5, 5, 4), "validation": (5, 4, 3), "test": (5, 4, 3)}
    assert few.probe().digest != whole.probe().digest
    loaded = few.load()
    assert loaded.train.ids == tuple(f"train/{i}" for i in [*range(5), *range(12, 17), *range(20, 24)])
    assert Counter(loaded.test.labels.tolist()) == {0: 5, 1: 4, 2: 3}


class Grouped(Dots):
    """Two images of a group in a row."""

    def load(self) -> Splits:
        whole = super().load()
        groups = tuple(f"g{i // 2}" for i in range(len(whole.train.labels)))
        train = Split(images=whole.train.images, labels=whole.train.labels, ids=whole.train.ids, groups=groups)
        return Splits(classes=whole.classes, train=train, test=whole.test, validation=whole.validation)


def test_as_many_groups_as_may_be_are_left():
    train = Few(of=Grouped(), each=6).load().train
    first = [group for group, label in zip(train.groups, train.labels, strict=True) if label == 0]
    assert first == ["g0", "g1", "g2", "g3", "g4", "g5"]
    assert np.all(np.bincount(train.labels) == [6, 6, 4])
