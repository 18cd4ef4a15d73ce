"""A matrix for a folder: it says what was found, and it runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench.engine.proposing import propose
from augbench.engine.request import Request
from augbench.engine.session import open_session
from augbench.values.errors import DataError, OddImage, UnwritablePath

FEW = {"train": {"a": 12, "b": 2}, "val": {"a": 3, "b": 2}, "test": {"a": 3, "b": 2}}


def pictures(folder: Path, number: int, shape=(8, 8, 3), dtype=np.uint8) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(number):
        Image.fromarray(np.full(shape, 3 * place, dtype)).save(folder / f"{place}.png")


def tree(root: Path, counts=FEW, **image) -> Path:
    for split, classes in counts.items():
        for name, number in classes.items():
            pictures(root / split / name, number, **image)
    return root


@pytest.fixture
def proposed(tmp_path, monkeypatch):
    """Return a function that proposes a matrix for a folder, and returns its comments without line breaks, and its tables."""
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path / "data"))

    def call(folder: Path):
        # Planned already: it would have raised.
        text = propose(folder, tmp_path / "m.toml")
        return text.replace("\n# ", " "), tomllib.loads(text)

    return call


def column(tables: dict) -> dict:
    (found,) = tables["datasets"].values()
    return found


def test_a_folder_with_splits(proposed, tmp_path):
    text, tables = proposed(tree(tmp_path / "cells"))
    assert column(tables)["path"] == "cells"
    assert tables["report"]["control"] == "plain"
    assert set(tables["rows"]) == {"plain", "repetition", "balanced-softmax", "post-hoc", "mixed", "synthetic"}
    assert "24 images in 2 classes, 8 x 8 pixels, colour, 8 bit" in text
    assert "Minority classes: b.\n" in text
    assert "  a         12           3     3 " in text


def test_no_cell_of_what_is_proposed_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "store"))
    folder = tree(tmp_path / "cells", shape=(8, 8), dtype=np.uint16)
    (tmp_path / "m.toml").write_text(propose(folder, tmp_path / "m.toml"))
    session = open_session(Request(matrix=tmp_path / "m.toml", out=tmp_path / "run"))
    assert {(trial.status, trial.reason) for trial in session.plan.trials} == {("to run", "")}
    assert not [note for note in session.plan.notes if "no effect" in note or "makes no images" in note]


def test_nothing_is_written_but_by_who_asked(proposed, tmp_path):
    folder = tree(tmp_path / "cells")
    propose(folder, tmp_path / "other.toml")
    assert {path.name for path in tmp_path.iterdir()} <= {"cells", "data", "store"}
    assert not (tmp_path / "store").exists() or not list((tmp_path / "store").iterdir())


def test_a_folder_without_splits_is_divided_in_words(proposed, tmp_path):
    _, tables = proposed(tree(tmp_path, {"cells": {"a": 30, "b": 9}}) / "cells")
    assert column(tables)["split"] == {"test": 0.2, "val": 0.2, "seed": 0}


def test_a_small_class_gets_more_for_testing_and_folds(proposed, tmp_path):
    _, tables = proposed(tree(tmp_path, {"cells": {"a": 30, "b": 6}}) / "cells")
    assert column(tables)["split"] == {"test": 0.3, "val": 0, "seed": 0}
    assert column(tables)["folds"] == 3


def test_a_class_too_small_to_be_tested_is_refused_by_the_data_set(proposed, tmp_path):
    with pytest.raises(DataError, match=r"class 'b' .* has 3 images, of which 1 would be for testing"):
        proposed(tree(tmp_path, {"cells": {"a": 30, "b": 3}}) / "cells")


def test_balanced_classes_are_compared_without_oversampling(proposed, tmp_path):
    text, tables = proposed(tree(tmp_path / "cells", {"train": {"a": 4, "b": 4}, "test": {"a": 2, "b": 2}}))
    assert column(tables)["minority"] == []
    assert set(tables["rows"]) == {"plain", "mixup", "cutmix"}
    assert "No class is rare" in text


def test_grey_images_of_16_bits(proposed, tmp_path):
    text, tables = proposed(tree(tmp_path / "cells", shape=(8, 8), dtype=np.uint16))
    assert "grey, 16 bit" in text
    assert tables["rows"]["synthetic"]["augment"]["cut"]["use"] == "vh-mixup"


def test_grey_and_colour_images_all_become_colour(proposed, tmp_path):
    tree(tmp_path / "cells", {"train": {"a": 12}, "test": {"a": 2}})
    tree(tmp_path / "cells", {"train": {"b": 2}, "test": {"b": 2}}, shape=(8, 8))
    _, tables = proposed(tmp_path / "cells")
    assert column(tables)["channels"] == "rgb"


def test_images_that_nothing_makes_alike_are_refused(proposed, tmp_path):
    tree(tmp_path / "cells", {"train": {"a": 12}, "test": {"a": 2}})
    tree(tmp_path / "cells", {"train": {"b": 2}, "test": {"b": 2}}, shape=(8, 8), dtype=np.uint16)
    with pytest.raises(OddImage):
        proposed(tmp_path / "cells")


def test_images_of_several_sizes_are_brought_to_one(proposed, tmp_path):
    tree(tmp_path / "cells", {"train": {"a": 12}, "test": {"a": 2}})
    tree(tmp_path / "cells", {"train": {"b": 2}, "test": {"b": 2}}, shape=(40, 20, 3))
    text, tables = proposed(tmp_path / "cells")
    assert column(tables)["resize"] == {"use": "bilinear", "size": 32}
    assert "8 x 8 to 40 x 20 pixels" in text
    assert "squeezed into squares" in text


def test_a_manifest_is_read_where_it_can_be(proposed, tmp_path):
    folder = tree(tmp_path / "cells")
    lines = [
        f"{split}/{name}/{place}.png,{split},{name},{split}-{place}"
        for split in FEW
        for name in FEW[split]
        for place in range(FEW[split][name])
    ]
    (folder / "manifest.csv").write_text("\n".join(["path,split,class,group", *lines]))
    text, tables = proposed(folder)
    assert column(tables)["manifest"] == "manifest.csv"
    assert "18 groups" in text
    (folder / "manifest.csv").write_text("file;label\n")
    text, tables = proposed(folder)
    assert "manifest" not in column(tables)
    assert "manifest.csv is there and is not read" in text


def test_groups_in_training_and_test_are_warned_of(proposed, tmp_path):
    folder = tree(tmp_path / "cells")
    lines = [
        f"{split}/{name}/{place}.png,{split},{name},{place}" for split in FEW for name in FEW[split] for place in range(FEW[split][name])
    ]
    (folder / "manifest.csv").write_text("\n".join(["path,split,class,group", *lines]))
    assert "Warning: 3 groups have images both to learn from and to test with" in proposed(folder)[0]


def test_many_rare_classes_are_mixed_and_not_generated(proposed, tmp_path):
    counts = {"big": 12} | {f"rare {number}": 2 for number in range(60)}
    text, tables = proposed(tree(tmp_path / "cells", {"train": counts, "test": dict.fromkeys(counts, 2)}, shape=(2, 2, 3)))
    assert "synthetic" not in tables["rows"]
    assert "... 21 more" in text


def test_hostile_names_of_classes_and_folders(proposed, tmp_path):
    names = {"big": 12, "new\nline": 2, '"q" \' \\': 2, "* ünï 漢": 2, "# [x] = {y}": 2, "$HOME ~": 2}
    text, tables = proposed(tree(tmp_path / "my cells '\"\n é", {"train": names, "test": dict.fromkeys(names, 2)}))
    assert column(tables)["path"] == "my cells '\"\n é"
    assert list(tables["datasets"]) == ["my-cells"]
    assert "new\\nline" in text


def test_paths_that_a_matrix_cannot_name_are_refused(tmp_path):
    for name in ("a$b", "\udcff"):
        (tmp_path / name).mkdir()
        with pytest.raises(UnwritablePath, match=r"rename the folder, or make a link to it and name that"):
            propose(tmp_path / name, tmp_path / "m.toml")


def test_a_path_like_a_home_folder_is_written_whole(proposed, tmp_path):
    _, tables = proposed(tree(tmp_path / "~cells"))
    assert column(tables)["path"] == str(tmp_path / "~cells")
