"""``bench datasets preview`` draws what there is, and decodes what it shows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench.engine import previewing
from augbench.values.errors import DiskFull

DOTS = ("support.toys:Dots", "--set", "train=[5, 3, 2]")


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Return a folder of two classes, one picture of which is broken."""
    for split, counts in {"train": {"a": 9, "b": 2}, "test": {"a": 2, "b": 2}}.items():
        for name, count in counts.items():
            folder = tmp_path / "cells" / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                Image.fromarray(np.full((10, 8, 3), 20 * number, np.uint8)).save(folder / f"{number}.png")
    return tmp_path / "cells"


def test_a_folder_is_drawn_and_its_picture_named(bench, cells, tmp_path):
    done = bench("datasets", "preview", str(cells), "--out", str(tmp_path / "out"))
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'out' / 'cells.png'}\n")
    with Image.open(tmp_path / "out" / "cells.png") as picture:
        assert picture.format == "PNG"


@pytest.mark.parametrize(("name", "why"), [("$HOME", "holds a $"), (os.fsdecode(b"\xff"), "is not in UTF-8")])
def test_a_folder_that_a_matrix_could_not_name_is_told(bench, cells, name, why):
    cells.rename(cells.with_name(name))
    done = bench("datasets", "preview", str(cells.with_name(name)))
    assert done.exit_code == 2
    assert why in done.stderr
    assert "rename the folder" in done.stderr


def test_a_folder_is_read_by_its_manifest_unless_another_is_named(bench, cells, tmp_path):
    names = [path.relative_to(cells) for path in cells.rglob("*.png")]
    listed = [f"{name},{name.parts[0]},{'few' if name.stem == '1' else 'many'}" for name in names]
    (cells / "manifest.csv").write_text("\n".join(["path,split,class", *listed]))
    (told,) = json.loads(bench("datasets", "verify", str(cells), "--json").stdout)
    assert told["classes"] == ["few", "many"]
    assert "no manifest at" in bench("datasets", "verify", str(cells), "--set", "manifest=other.csv").stdout


def test_json_tells_counts_of_every_class_and_what_is_shown(bench, cells, tmp_path):
    done = bench("datasets", "preview", str(cells), "--out", str(tmp_path / "a.png"), "--each", "3", "--json")
    (told,) = json.loads(done.stdout)
    assert told["pictures"] == [str(tmp_path / "a.png")]
    assert told["classes"] == {"a": {"train": 9, "test": 2}, "b": {"train": 2, "test": 2}}
    assert "Shown are up to 3 images a class of the training split, drawn by seed 0." in told["notes"]


def test_only_what_is_shown_is_decoded(bench, cells, tmp_path):
    # Of nine pictures one is shown: the others may be broken.
    for number in range(9):
        whole = cells / "train" / "a" / f"{number}.png"
        whole.write_bytes(whole.read_bytes()[:45])
    broken = bench("datasets", "preview", str(cells), "--out", str(tmp_path / "a.png"))
    assert (broken.exit_code, "cannot read the image 'train/a/" in broken.stderr) == (2, True)
    assert not (tmp_path / "a.png").exists()
    assert bench("datasets", "preview", str(cells), "--out", str(tmp_path / "a.png"), "--split", "test").exit_code == 0


def test_a_column_of_a_matrix_is_shown_as_its_resize_leaves_it(bench, cells, tmp_path):
    (tmp_path / "m.toml").write_text(
        '[report]\ncontrol = "plain"\n[base]\nbackbone = "small-resnet"\ntraining.length.steps = 1\n[rows]\nplain = {}\n'
        f'[datasets]\ncells = {{ use = "image-folder", path = {json.dumps(str(cells))}, resize = {{ use = "bilinear", size = 16 }} }}\n'
        'dots = { use = "support.toys:Dots", minority = ["c"] }\n'
    )
    done = bench("datasets", "preview", "--matrix", str(tmp_path / "m.toml"), "--out", str(tmp_path / "out"))
    assert done.stdout.split() == [str(tmp_path / "out" / f"{name}.png") for name in ("cells", "dots")]
    one = bench("datasets", "preview", "cells", "--matrix", str(tmp_path / "m.toml"), "--out", str(tmp_path / "a.png"), "--json")
    (told,) = json.loads(one.stdout)
    assert "Every pixel is shown as 9 x 9." in told["notes"]


def test_another_seed_shows_other_images(bench, tmp_path):
    drawn = [
        (
            bench("datasets", "preview", *DOTS, "--each", "1", "--seed", seed, "--out", str(tmp_path / f"{seed}.png")),
            tmp_path / f"{seed}.png",
        )
        for seed in ("0", "0", "1")
    ]
    first, again, other = (path.read_bytes() for _, path in drawn)
    assert first == again != other


def test_the_middle_of_too_many_classes_is_left_out_and_said_so(monkeypatch):
    monkeypatch.setattr(previewing, "MOST_CLASSES", 4)
    shown, notes = previewing._shown({f"c{i}": {"train": 10 - i} for i in range(7)})
    assert shown == [0, 1, 5, 6]
    assert notes == ("The 2 largest and the 2 smallest classes are shown; the 3 between are not.",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a folder of images or a data set, or a matrix file with --matrix"),
        (("phantom", "--split", "dev"), "'dev' is no split; write train, validation or test"),
        (("phantom", "--out", "a.jpg"), "previews are PNG pictures; write 'a.png', or a folder"),
        (("phantom", "--each", "0"), "range"),
        (("nothing/such",), "'nothing/such' is no folder, and no data set; correct the path, or the name (known: bbbc048, "),
        (("phantum",), "or the name (did you mean 'phantom'?)"),
        ((__file__,), f"'{__file__}' is a file; name a folder of images, or the data set that reads it: numpy --set path={__file__}"),
        (("support.toys:Dots", "--set", "validation=[]", "--split", "val"), "has no validation split; it has train, test"),
    ],
)
def test_what_cannot_be_shown_is_told(bench, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = bench("datasets", "preview", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written(bench, tmp_path, monkeypatch):
    def full(path: Path, content: bytes) -> None:
        raise DiskFull(path)

    monkeypatch.setattr(previewing, "write_bytes", full)
    done = bench("datasets", "preview", *DOTS, "--out", str(tmp_path / "a.png"))
    assert (done.exit_code, "no space left" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
