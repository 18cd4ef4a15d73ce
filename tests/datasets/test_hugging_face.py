"""A Hugging Face data set is read from this machine alone, whatever its columns and splits are called."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from augbench import DataError, EmptyClass, NotFetched, OddImage, UnreadableData, UnreadableImage
from augbench.testing import conformance
from augbench.values.errors import MissingExtra
from augbench_datasets._division import Division
from augbench_datasets._hub_errors import (
    BadColumn,
    BadHubName,
    BadSplits,
    NeedlessDivision,
    NoColumnCalled,
    NoHubName,
    NoSplitCalled,
    NotSaved,
)
from augbench_datasets.hugging_face import HuggingFace
from support.hub import serving_hub

NAMES = ["cat", "dog", "eel"]
COUNTS = {"train": 12, "test": 6}


def pixels(number: int, deep: bool = False, grey: bool = False) -> np.ndarray:
    rng = np.random.default_rng(number)
    if deep:
        return rng.integers(0, 65536, (5, 6), dtype=np.uint16)
    return rng.integers(0, 256, (5, 6) if grey else (5, 6, 3), dtype=np.uint8)


def png(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG")
    return file.getvalue()


def table(count: int, *, image: str = "image", label: str = "label", **more: Sequence[Any]) -> pa.Table:
    """Return a table as the library writes it: files within a struct, names of classes in the metadata."""
    files = [{"bytes": png(pixels(number)), "path": f"{number}.png"} for number in range(count)]
    columns = {image: files, label: [number % 3 for number in range(count)]} | more
    features = {image: {"_type": "Image"}, label: {"names": NAMES, "_type": "ClassLabel"}}
    made = pa.table({name: pa.array(values) for name, values in columns.items()})
    return made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def write(folder: Path, tables: Mapping[str, pa.Table], rows: int = 5) -> Path:
    """Write Parquet files as the hub names them, in small row groups."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for split, values in tables.items():
        parquet.write_table(values, folder / "data" / f"{split}-00000-of-00001.parquet", row_group_size=rows)
    return folder


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    return write(tmp_path / "animals", {split: table(count) for split, count in COUNTS.items()})


def test_labels_have_the_names_and_order_of_the_library(animals: Path):
    probe = HuggingFace(path=animals).probe()
    assert probe.classes == ("cat", "dog", "eel")
    assert probe.counts == {"train": (4, 4, 4), "test": (2, 2, 2)}
    assert (probe.channels, probe.size, probe.groups, probe.notes) == (3, (5, 6), None, ())


def test_images_are_those_of_the_table_in_any_order(animals: Path):
    train = HuggingFace(path=animals).load().train
    assert len(train.images) == 12
    for place in (11, 0, 7, 3, 5, -1):
        assert np.array_equal(train.images[place], pixels(place % 12))
    assert train.labels.tolist() == [number % 3 for number in range(12)]
    assert (train.ids[0], train.ids[11]) == ("train/000000", "train/000011")
    with pytest.raises(IndexError):
        train.images[12]


def test_a_split_in_several_files_is_one(tmp_path: Path, animals: Path):
    whole = table(12)
    parts = {"train": whole.slice(0, 7), "test": table(6)}
    write(tmp_path / "parts", parts)
    (tmp_path / "parts/data/train-00000-of-00001.parquet").rename(tmp_path / "parts/data/train-00000-of-00002.parquet")
    parquet.write_table(whole.slice(7), tmp_path / "parts/data/train-00001-of-00002.parquet")
    parted, one = HuggingFace(path=tmp_path / "parts"), HuggingFace(path=animals)
    assert parted.probe() == one.probe()
    assert np.array_equal(parted.load().train.images[9], pixels(9))


def test_one_file_is_a_training_split_that_is_divided(tmp_path: Path):
    parquet.write_table(table(30, who=[f"g{number // 3}" for number in range(30)]), tmp_path / "all.parquet")
    dataset = HuggingFace(path=tmp_path / "all.parquet", group="who", split=Division(test=0.3, val=0.3))
    probe, splits = dataset.probe(), dataset.load()
    assert probe.counts == {"train": (4, 4, 4), "validation": (3, 3, 3), "test": (3, 3, 3)}
    assert probe.notes[0] == (
        "no splits are given: of each class a share of 0.3 is kept for testing and 0.3 for validation (seed 0, groups whole)"
    )
    assert not set(splits.train.groups) & set(splits.test.groups)
    for split in (splits.train, splits.validation, splits.test):
        for place, identity in enumerate(split.ids):
            assert np.array_equal(split.images[place], pixels(int(identity.rpartition("/")[2])))
    assert probe.groups == (7, 7, 7)


def test_16_bits_and_grey_stay_what_they_are(tmp_path: Path):
    for name, kind in (("deep", {"deep": True}), ("grey", {"grey": True})):
        files = [{"bytes": png(pixels(number, **kind)), "path": None} for number in range(30)]
        whole = table(30).set_column(0, "image", pa.array(files))
        parquet.write_table(whole, tmp_path / f"{name}.parquet")
        dataset = HuggingFace(path=tmp_path / f"{name}.parquet")
        train = dataset.load().train
        expected = pixels(int(train.ids[0].rpartition("/")[2]), **kind)[:, :, None]
        assert train.images[0].dtype == expected.dtype
        assert np.array_equal(train.images[0], expected)
        assert dataset.probe().channels == 1
        assert HuggingFace(path=tmp_path / f"{name}.parquet", channels="rgb").load().train.images[0].shape == (5, 6, 3)


def test_what_pandas_wrote_will_do(tmp_path: Path):
    """Without the library's notes, files are a column of bytes, and labels text or numbers."""
    values = pa.table({"scan": [png(pixels(number)) for number in range(30)], "target": [str(8 + number % 3) for number in range(30)]})
    parquet.write_table(values, tmp_path / "all.parquet")
    assert HuggingFace(path=tmp_path / "all.parquet").probe().classes == ("8", "9", "10")


@pytest.mark.parametrize("valid", ["validation", "valid", "val", "dev"])
def test_a_validation_split_is_known_by_its_usual_names(animals: Path, valid: str):
    write(animals, {valid: table(3)})
    assert HuggingFace(path=animals).probe().counts["validation"] == (1, 1, 1)


def test_columns_and_splits_have_the_names_that_one_says(tmp_path: Path):
    more = {"mask": [{"bytes": b"none", "path": ""}] * 12, "fine": [0] * 12}
    write(tmp_path, {"fit": table(12, image="scan", label="kind", **more), "held": table(12, image="scan", label="kind", **more)})
    splits = {"train": "fit", "test": "held"}
    probe = HuggingFace(path=tmp_path, image="scan", label="kind", splits=splits).probe()
    assert probe.counts == {"train": (4, 4, 4), "test": (4, 4, 4)}
    with pytest.raises(NoSplitCalled, match=r"has no split 'train' \(it has fit, held\); say which is which"):
        HuggingFace(path=tmp_path, image="scan").probe()
    with pytest.raises(
        NoColumnCalled, match=r"has 2 columns of images: scan, mask \(columns: scan, kind, mask, fine\); say which it is: image = "
    ):
        HuggingFace(path=tmp_path, splits=splits).probe()
    with pytest.raises(NoColumnCalled, match=r"has no column 'knd'"):
        HuggingFace(path=tmp_path, splits=splits, label="knd").probe()
    with pytest.raises(NoColumnCalled, match=r"has no column 'patient'"):
        HuggingFace(path=tmp_path, splits=splits, image="scan", group="patient").probe()
    with pytest.raises(BadColumn, match=r"column 'kind' of '.*' holds int64, not images"):
        HuggingFace(path=tmp_path, splits=splits, image="kind").probe()


def test_only_what_decides_pixels_labels_splits_and_groups_is_in_the_digest(animals: Path, tmp_path: Path):
    def digest(path: Path = animals, **settings: Any) -> str:
        return HuggingFace(path=path, **settings).probe().digest

    moved = write(tmp_path / "moved", {"train": table(12, note=["x"] * 12), "test": table(6, note=["y"] * 6)}, rows=3)
    assert digest(moved) == digest()
    others = [
        write(tmp_path / "pixel", {"train": table(12), "test": table(6).set_column(0, "image", table(7)["image"].slice(1))}),
        write(tmp_path / "label", {"train": table(12), "test": table(6).set_column(1, "label", pa.array([0, 0, 1, 1, 2, 2]))}),
    ]
    found = [digest(), *map(digest, others), digest(channels="grey"), digest(moved, group="note")]
    found += [digest(splits={"train": "train"}, split=Division(test=0.5, val=0, seed=seed)) for seed in (0, 1)]
    assert len(set(found)) == len(found)


def test_images_without_labels_are_not_taken(animals: Path):
    write(animals, {"test": table(6).set_column(1, "label", pa.array([-1] * 6))})
    with pytest.raises(BadColumn) as caught:
        HuggingFace(path=animals).probe()
    assert str(caught.value) == (
        f"column 'label' of '{animals}' has no label for 6 of 6 images of split 'test'; "
        'take a split that has labels, as in splits = { train = "train", test = "validation" }'
    )


def test_several_labels_an_image_are_refused(animals: Path):
    write(animals, {"test": table(6).set_column(1, "label", pa.array([[0, 1]] * 6))})
    with pytest.raises(BadColumn, match=r"holds list<.*>, not one whole number or text an image"):
        HuggingFace(path=animals).probe()


def test_a_class_without_images_in_a_split_is_an_error_and_one_without_any_is_left_out(animals: Path):
    write(animals, {"test": table(2)})
    with pytest.raises(EmptyClass, match=r"class 'eel' has no images in the test split"):
        HuggingFace(path=animals).probe()
    write(animals, {"train": table(2), "test": table(2)})
    probe = HuggingFace(path=animals).probe()
    assert (probe.classes, probe.notes) == (("cat", "dog"), ("classes that no image has are left out: eel",))


def _seen(dataset: HuggingFace) -> None:
    """Look at the headers, and decode what is behind them."""
    dataset.probe()
    list(dataset.load().test.images)


@pytest.mark.parametrize(
    ("cell", "error", "words"),
    [
        ({"bytes": b"no picture", "path": ""}, UnreadableImage, "cannot read the image 'test/000002': it is no picture in a known format"),
        ({"bytes": png(pixels(2))[:60], "path": ""}, UnreadableImage, "cannot read the image 'test/000002'"),
        ({"bytes": None, "path": "/etc/passwd"}, UnreadableImage, "the table holds no file, only a path at most"),
        (None, UnreadableImage, "the table holds no file, only a path at most"),
        ({"bytes": png(pixels(2, grey=True)), "path": ""}, OddImage, "the image 'test/000002' is grey, the others are rgb"),
    ],
)
def test_a_broken_image_is_named(animals: Path, cell: Any, error: type[DataError], words: str):
    cells = table(6)["image"].to_pylist()
    write(animals, {"test": table(6).set_column(0, "image", pa.array([*cells[:2], cell, *cells[3:]]))})
    with pytest.raises(error, match=words):
        _seen(HuggingFace(path=animals))


def test_what_is_no_data_set_says_what_is_expected(tmp_path: Path):
    with pytest.raises(NotSaved, match=r"\(nothing is there\); expected a folder that save_to_disk\(\) has written"):
        HuggingFace(path=tmp_path / "none").probe()
    with pytest.raises(NotSaved):
        HuggingFace(path=tmp_path).probe()
    (tmp_path / "train.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(UnreadableData, match="fetch it again, or write it anew"):
        HuggingFace(path=tmp_path).probe()


def test_a_test_split_is_not_divided(animals: Path):
    with pytest.raises(NeedlessDivision):
        HuggingFace(path=animals, split=Division()).probe()
    assert set(HuggingFace(path=animals, split=Division(val=0.25, test=0.5), splits={"train": "train"}).probe().counts) == {
        *("train", "validation", "test"),
    }


def test_what_is_not_fetched_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    with pytest.raises(NotFetched) as caught:
        HuggingFace(name="nobody/cells", config="small", revision="refs/pr/1").probe()
    place = tmp_path / "hugging-face" / "nobody--cells--small--refs--pr--1"
    assert str(caught.value).startswith(f"'{place}' is not there; get it with 'bench datasets fetch hugging-face --set name=nobody/cells'")


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({}, NoHubName),
        *(({"name": name}, BadHubName) for name in ("./cells", "/cells", "../x", "a/b/c", "", "~/cells")),
        *(({"name": "a/b", "splits": splits}, BadSplits) for splits in ({"test": "test"}, {"train": "train", "dev": "dev"})),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, Any], error: type[Exception]):
    with pytest.raises(error):
        HuggingFace(**settings)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"pip install 'augbench\[hugging-face\]'"):
        HuggingFace(name="ylecun/mnist")


def test_the_card_tells_its_page():
    card = HuggingFace(name="ylecun/mnist", revision="abc").card()
    assert (card.title, card.source) == ("ylecun/mnist", "https://huggingface.co/datasets/ylecun/mnist, revision abc")
    assert HuggingFace(path=Path("my-cells")).card().title == "my-cells"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the library has saved."""
    folder = tmp_path_factory.mktemp("saved")
    code = (
        "import sys, pyarrow.parquet as parquet\nfrom datasets import Dataset, DatasetDict\n"
        "parts = {split: Dataset.from_parquet(f'{sys.argv[1]}/data/{split}-00000-of-00001.parquet') for split in ('train', 'test')}\n"
        "DatasetDict(parts).save_to_disk(sys.argv[2])\nparts['train'].save_to_disk(sys.argv[3])\n"
    )
    write(folder / "animals", {split: table(count) for split, count in COUNTS.items()})
    where = [str(folder / name) for name in ("animals", "all", "train")]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home")}
    subprocess.run([sys.executable, "-c", code, *where], check=True, capture_output=True, env=environment, cwd=folder)
    return folder


@pytest.mark.slow
def test_arrow_and_parquet_of_the_same_images_are_the_same_data_set(saved: Path):
    arrow, files = HuggingFace(path=saved / "all"), HuggingFace(path=saved / "animals")
    assert arrow.probe() == files.probe()
    assert np.array_equal(arrow.load().train.images[7], pixels(7))
    alone = HuggingFace(path=saved / "train", split=Division(test=0.5, val=0))
    assert set(alone.probe().counts) == {"train", "test"}


@pytest.mark.slow
def test_a_broken_arrow_file_is_one_message(saved: Path, tmp_path: Path):
    import shutil

    shutil.copytree(saved / "train", tmp_path / "train")
    (file,) = (tmp_path / "train").glob("*.arrow")
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(UnreadableData, match=r"cannot read '.*train'"):
        HuggingFace(path=tmp_path / "train").probe()


def unpacked(endpoint: str, folder: Path, settings: Sequence[dict[str, Any]]) -> list[str]:
    """Fetch data sets with the library in a process of its own, which asks another hub; return what came of each."""
    code = (
        "import json, sys\nfrom augbench_datasets.hugging_face import HuggingFace\n"
        "for settings in json.loads(sys.argv[1]):\n"
        "    try:\n        HuggingFace(**settings).unpack(lambda done, total: None)\n        print('well')\n"
        "    except Exception as error:\n        print(type(error).__name__, error)\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(folder / "home"), "AUGBENCH_DATA": str(folder), "NO_PROXY": "*"}
    arguments = [sys.executable, "-c", code, json.dumps(settings)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True, env=environment, cwd=folder)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
def test_what_is_fetched_from_the_hub_is_saved_and_then_needs_no_network(animals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    files = {f"data/{file.name}": file.read_bytes() for file in (animals / "data").iterdir()}
    with serving_hub("owner/animals", files) as endpoint:
        wanted = ({"name": "owner/animals"}, {"name": "owner/animals", "revision": "none"}, {"name": "owner/birds"})
        well, revision, birds = unpacked(endpoint, tmp_path, wanted)
    assert well == "well"
    assert HuggingFace(name="owner/animals").probe() == HuggingFace(path=animals).probe()
    assert [path.name for path in (tmp_path / "hugging-face").iterdir() if not path.name.startswith(".")] == ["owner--animals"]
    assert revision.startswith("HubRefuses cannot fetch 'owner/animals' from the Hugging Face hub: it has no revision 'none'; ")
    assert birds == (
        "HubRefuses cannot fetch 'owner/birds' from the Hugging Face hub: there is no such data set, or it is private; "
        f"fetch it elsewhere, write it with its save_to_disk(), and put that folder at '{tmp_path / 'hugging-face' / 'owner--birds'}'"
    )


@pytest.mark.slow
def test_a_hub_that_is_not_reached_is_told_at_once(tmp_path: Path):
    (told,) = unpacked("http://127.0.0.1:9", tmp_path, [{"name": "owner/animals"}])
    assert "it is not reached: this machine is offline, or needs a proxy (HTTPS_PROXY); fetch it elsewhere" in told


@conformance(HuggingFace(path=Path("animals")), expected_failures={"defaults-construct": "a name or a path must be given"})
def test_a_data_set_of_the_hub_keeps_the_laws(component, check, animals, monkeypatch):
    monkeypatch.chdir(animals.parent)
    check(component)
