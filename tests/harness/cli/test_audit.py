"""``bench datasets audit`` names what would mislead, draws it, and says by its exit code whether it is grave."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from support.cells import phantoms


def save(path: Path, image: np.ndarray, **options: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, **options)


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Return a folder of 25 + 25 training and 12 + 12 test pictures, in which nothing is wrong."""
    drawn = iter(phantoms(74, size=24))
    for split, count in (("train", 25), ("test", 12)):
        for label in ("oval", "round"):
            for number in range(count):
                save(tmp_path / "cells" / split / label / f"{number}.png", next(drawn))
    return tmp_path / "cells"


@pytest.fixture
def planted(cells: Path) -> Path:
    """Plant an equal picture, one saved as JPEG, and one of another class."""
    pixels = {number: np.asarray(Image.open(cells / "train" / "oval" / f"{number}.png")) for number in (3, 4, 5)}
    save(cells / "test" / "oval" / "copy [1].png", pixels[3])
    save(cells / "test" / "oval" / "again.jpg", pixels[4], quality=85)
    save(cells / "train" / "round" / "other.png", pixels[5])
    return cells


def test_in_a_clean_folder_nothing_is_found(bench, cells):
    done = bench("datasets", "audit", str(cells))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "cells: 74 images in 2 classes (train 50, test 24)\nnothing was found\n"


def test_what_was_planted_is_told_with_names_and_the_exit_code_is_1(bench, planted):
    done = bench("datasets", "audit", str(planted))
    assert done.exit_code == 1
    words = " ".join(done.stdout.replace("│", " ").split())
    for line in (
        "train/oval/3.png (train, oval) = test/oval/copy [1].png (test, oval)",
        "train/oval/4.png (train, oval) = test/oval/again.jpg (test, oval)",
        "2 equal images stand under different labels. Find out which label is right, or take them out.",
    ):
        assert line in words


def test_json_names_every_pair_and_nothing_else(bench, planted):
    done = bench("datasets", "audit", str(planted), "--json")
    (told,) = json.loads(done.stdout)
    assert (told["name"], told["grave"], told["counts"]) == ("cells", True, {"train": [25, 26], "test": [14, 12]})
    pairs = [(each["code"], each["grave"], [[one["name"] for one in lot] for lot in each["pictures"]]) for each in told["findings"]]
    assert pairs == [
        ("DUPLICATES", True, [["train/oval/3.png", "test/oval/copy [1].png"]]),
        ("NEAR_DUPLICATES", True, [["train/oval/4.png", "test/oval/again.jpg"]]),
        ("LABEL_CONFLICTS", True, [["train/oval/5.png", "train/round/other.png"]]),
        ("DUPLICATES", False, [["train/oval/5.png", "train/round/other.png"]]),
    ]


def test_pairs_are_drawn_side_by_side(bench, planted, tmp_path):
    done = bench("datasets", "audit", str(planted), "--out", str(tmp_path / "new" / "pairs.png"))
    assert (done.exit_code, done.stderr) == (1, f"drawn: {tmp_path / 'new' / 'pairs.png'}\n")
    with Image.open(tmp_path / "new" / "pairs.png") as picture:
        assert (picture.format, picture.width >= 1000) == ("PNG", True)


def test_where_nothing_shows_the_same_no_picture_is_written(bench, cells, tmp_path):
    done = bench("datasets", "audit", str(cells), "--out", str(tmp_path / "pairs.png"))
    assert (done.exit_code, "there is nothing to draw" in done.stderr) == (0, True)
    assert not (tmp_path / "pairs.png").exists()


def test_pictures_of_several_sizes_are_compared_and_told(bench, planted):
    whole = np.asarray(Image.open(planted / "train" / "round" / "7.png"))
    save(planted / "test" / "round" / "larger.png", np.kron(whole, np.ones((2, 2, 1), np.uint8)))
    (told,) = json.loads(bench("datasets", "audit", str(planted), "--json").stdout)
    found = {each["code"]: each for each in told["findings"] if each["code"] in ("SEVERAL_SIZES", "NEAR_DUPLICATES")}
    assert found["SEVERAL_SIZES"]["sentence"] == "Images have 2 sizes, from 24 x 24 to 48 x 48 pixels: each was compared at its own."
    names = [[one["name"] for one in lot] for lot in found["NEAR_DUPLICATES"]["pictures"]]
    assert sorted(names) == [["train/oval/4.png", "test/oval/again.jpg"], ["train/round/7.png", "test/round/larger.png"]]


def test_a_matrix_is_audited_as_its_resize_leaves_it(bench, planted, tmp_path):
    (tmp_path / "m.toml").write_text(
        '[report]\ncontrol = "plain"\n[base]\nbackbone = "small-resnet"\ntraining.length.steps = 1\n[rows]\nplain = {}\n'
        f'[datasets]\ncells = {{ use = "image-folder", path = {json.dumps(str(planted))}, resize = {{ use = "bilinear", size = 16 }} }}\n'
        'dots = { use = "support.toys:Dots", minority = ["c"] }\n'
    )
    told = json.loads(bench("datasets", "audit", "--matrix", str(tmp_path / "m.toml"), "--json").stdout)
    assert [each["name"] for each in told] == ["cells", "dots"]
    refused = bench("datasets", "audit", "--matrix", str(tmp_path / "m.toml"), "--out", str(tmp_path / "pairs.png"))
    assert (refused.exit_code, "2 data sets do not go into one picture" in refused.stderr) == (2, True)


def test_a_picture_that_is_no_png_is_refused_before_anything_is_read(bench, cells, tmp_path):
    done = bench("datasets", "audit", str(cells), "--out", str(tmp_path / "pairs.jpg"))
    assert (done.exit_code, "pairs.png'" in done.stderr) == (2, True)


def test_a_broken_picture_gets_one_message(bench, cells, tmp_path):
    whole = cells / "train" / "oval" / "9.png"
    whole.write_bytes(whole.read_bytes()[:90])
    done = bench("datasets", "audit", str(cells), "--out", str(tmp_path / "pairs.png"))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "train/oval/9.png" in done.stderr
    assert not (tmp_path / "pairs.png").exists()


def test_more_pairs_than_there_is_room_for_are_counted(bench, cells, tmp_path):
    for number in range(15):
        save(cells / "test" / "oval" / f"copy{number}.png", np.asarray(Image.open(cells / "train" / "oval" / f"{number}.png")))
    bench("datasets", "audit", str(cells), "--out", str(tmp_path / "pairs.png"))
    with Image.open(BytesIO((tmp_path / "pairs.png").read_bytes())) as picture:
        assert picture.height < 1500
    done = bench("datasets", "audit", str(cells))
    assert "and 12 more; --json has all" in done.stdout
