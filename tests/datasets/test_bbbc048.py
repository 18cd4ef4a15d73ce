"""Jurkat cells, in files laid out as in the download: what is known is read, what is not known is refused with its name."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench import AugbenchError, DataError, NotFetched, UnreadableImage
from augbench.testing import conformance
from augbench_datasets.bbbc048 import CLASSES, TEST, TRAIN, JurkatCells

CODES = {"Anaphase": 0, "Telophase": 1, "G2": 2, "Prophase": 3, "Metaphase": 4, "G1": 5, "S": 6}
PER_CLASS = 5


def jpeg(seed: int, size: int = 66, mode: str = "L") -> bytes:
    shape = (size, size) if mode == "L" else (size, size, 3)
    # Smooth, so that JPEG keeps it nearly as it is.
    pixels = np.full(shape, seed % 251, dtype=np.uint8)
    pixels[: size // 2] //= 2
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


def cell_files(label: str, cell: int) -> dict[str, bytes]:
    channels = {f"{label}/{cell}_Ch{channel}.ome.jpg": jpeg(7 * cell + channel) for channel in (3, 4, 6)}
    return channels | {f"{label}/{cell}_merged.jpg": jpeg(7 * cell, mode="RGB")}


def numbers(label: str) -> list[int]:
    return [100 * CLASSES.index(label) + number for number in range(PER_CLASS)]


def content() -> dict[str, bytes]:
    files = {name: data for label in CLASSES for cell in numbers(label) for name, data in cell_files(label, cell).items()}
    return files | {"img.lst": b"0\t4\tG1/1_merged.jpg\n", "img.lst~": b"", "66.lst~": b""}


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    return content()


@pytest.fixture
def root(tmp_path, written) -> Path:
    write(tmp_path / "CellCycle", written)
    return tmp_path


def cells(root: Path, **settings: object) -> JurkatCells:
    return JurkatCells(**{"path": root, "counts": "any", **settings})


def message(dataset: JurkatCells) -> str:
    with pytest.raises(DataError) as caught:
        dataset.probe()
    return str(caught.value)


def lists(root: Path, test: int = 2, repeat: int = 1) -> dict[str, Path]:
    """Write the authors' two lists, in which the cells of the smallest classes are repeated."""
    lines: dict[str, list[str]] = {"train": [], "test": []}
    for label in CLASSES:
        for place, cell in enumerate(numbers(label)):
            times = repeat if place >= test and label in ("Anaphase", "Telophase") else 1
            line = f"{place}\t{CODES[label]}\t../../cell_images/CellCycle/{label}/{cell}_merged.jpg"
            lines["test" if place < test else "train"] += [line] * times
    for split, listed in lines.items():
        (root / f"{split}_fold_1.lst").write_text("\n".join(listed) + "\n")
    return {"train_list": root / "train_fold_1.lst", "test_list": root / "test_fold_1.lst"}


def test_published_counts_add_up():
    assert (sum(TRAIN.values()), sum(TEST.values())) == (29039, 3227)
    card = JurkatCells().card()
    assert card.counts == {"train": TRAIN, "test": TEST}
    assert JurkatCells(val=0.2).card().counts == {"test": TEST}


def test_channels_are_stacked_in_the_order_asked_for(root):
    splits = cells(root, channels=("Ch6", "Ch3")).load()
    label, cell = splits.train.ids[0].split("/")
    expected = [Image.open(root / "CellCycle" / label / f"{cell}_Ch{channel}.ome.jpg") for channel in (6, 3)]
    np.testing.assert_array_equal(splits.train.images[0], np.stack([np.asarray(plane) for plane in expected], axis=2))


def test_probe_and_load_agree(root):
    dataset = cells(root)
    probe, splits = dataset.probe(), dataset.load()
    assert (probe.classes, probe.channels, probe.size, probe.groups) == (CLASSES, 3, (66, 66), None)
    assert probe.counts == {"train": (3,) * 7, "test": (2,) * 7}
    for name in ("train", "test"):
        split = getattr(splits, name)
        assert tuple(np.bincount(split.labels)) == probe.counts[name]
        assert [CLASSES[label] for label in split.labels] == [identity.split("/")[0] for identity in split.ids]
    assert splits.validation is None
    assert set(splits.train.ids).isdisjoint(splits.test.ids)


def test_merged_pictures_are_colours(root):
    dataset = cells(root, pictures="merged")
    assert dataset.probe().channels == 3
    assert dataset.load().train.images[0].shape == (66, 66, 3)
    assert dataset.probe().digest != cells(root).probe().digest


@pytest.mark.parametrize("depth", ["", "CellCycle", "BBBC048v1/CellCycle", "a/b/CellCycle"])
def test_the_tree_is_found_at_any_natural_depth(tmp_path, written, depth):
    write(tmp_path / depth, written)
    (tmp_path / ".DS_Store").write_text("")
    assert cells(tmp_path).probe().counts["train"] == (3,) * 7


def test_where_the_tree_lies_changes_nothing(tmp_path, written):
    write(tmp_path / "one", written)
    write(tmp_path / "two/deeper/CellCycle", written)
    assert cells(tmp_path / "one").probe() == cells(tmp_path / "two").probe()


def nested_zip(files: dict[str, bytes], cut: int | None = None) -> bytes:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"CellCycle/{name}", data)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CellCycle.zip", inner.getvalue()[:cut])
    return outer.getvalue()


def quiet(done: int, total: int, **numbers: float) -> None:
    """Show nothing."""


def test_the_download_is_unpacked_and_read(tmp_path, written):
    dataset = cells(tmp_path)
    (download,) = dataset.downloads()
    assert (download.url, download.checksum) == ("https://data.broadinstitute.org/bbbc/BBBC048/BBBC048v1.zip", None)
    download.to.write_bytes(nested_zip(written))
    assert message(dataset) == (
        f"'{download.to}' is not unpacked; do so with: bench datasets fetch bbbc048 --set path={tmp_path} (it downloads nothing then)"
    )
    dataset.unpack(quiet)
    assert dataset.probe().counts == {"train": (3,) * 7, "test": (2,) * 7}
    assert not list(tmp_path.rglob("CellCycle.zip"))
    before = sorted(tmp_path.rglob("*"))
    dataset.unpack(quiet)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_inner_archive_will_do(tmp_path, written):
    with zipfile.ZipFile(tmp_path / "CellCycle.zip", "w") as archive:
        for name, data in written.items():
            archive.writestr(f"CellCycle/{name}", data)
    dataset = cells(tmp_path)
    assert dataset.downloads() == ()
    dataset.unpack(quiet)
    assert dataset.probe().counts["test"] == (2,) * 7


def test_a_truncated_archive_leaves_nothing(tmp_path, written):
    dataset = cells(tmp_path)
    (tmp_path / "BBBC048v1.zip").write_bytes(nested_zip(written, cut=5000))
    with pytest.raises(DataError, match=r"CellCycle\.zip': the archive is truncated or broken"):
        dataset.unpack(quiet)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["BBBC048v1.zip"]


def test_without_files_it_says_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    with pytest.raises(NotFetched, match="bench datasets fetch bbbc048"):
        JurkatCells().probe()
    assert JurkatCells().downloads()[0].to == tmp_path / "bbbc048" / "BBBC048v1.zip"


def test_other_counts_than_published_are_refused_unless_taken(root):
    assert message(JurkatCells(path=root)) == (
        f"'{root / 'CellCycle'}' holds other numbers of cells than published: G1 5 instead of 14,333, S 5 instead of 8,616, "
        "G2 5 instead of 8,601, Prophase 5 instead of 606, Metaphase 5 instead of 68, Telophase 5 instead of 27, Anaphase 5 instead of 15; "
        'fetch it again, or take it as it is: counts = "any"'
    )
    assert cells(root).probe().notes[-1].startswith("other numbers of cells than published: G1 5 instead of 14,333, ")


def test_a_drawn_split_is_told_and_follows_its_seed(root):
    probes = [cells(root, seed=seed).probe() for seed in (0, 0, 1)]
    assert probes[0].digest == probes[1].digest != probes[2].digest
    assert probes[0].notes[0] == (
        "no lists are given: 2/2/2/2/2/2/2 cells of G1/S/G2/Prophase/Metaphase/Telophase/Anaphase were drawn for testing (seed 0), "
        "which are not the authors' own; name their lists with train-list and test-list"
    )


def test_a_split_of_the_published_size_is_drawn():
    from augbench_datasets._drawn_splits import draw

    names = [f"{label}/{number}" for label in CLASSES for number in range(TRAIN[label] + TEST[label])]
    splits = draw(Path("x"), names, TRAIN, TEST, 0)
    found = {label: sum(split == "test" for name, split in splits.items() if name.startswith(f"{label}/")) for label in CLASSES}
    assert found == TEST == dict(zip(CLASSES, (1433, 862, 860, 60, 7, 3, 2), strict=True))
    assert draw(Path("x"), names[::-1], TRAIN, TEST, 0) == splits


def test_validation_cells_come_out_of_training(root):
    whole, parted = cells(root).load(), cells(root, val=0.3).load()
    assert parted.test.ids == whole.test.ids
    assert sorted(parted.train.ids + parted.validation.ids) == sorted(whole.train.ids)
    assert np.bincount(parted.validation.labels).tolist() == [1] * 7
    assert cells(root, val=0.3).probe().notes[1] == "of each class a share of 0.3 of the training cells is kept for validation (seed 0)"


def test_a_class_too_small_to_be_parted_is_refused(root):
    assert message(cells(root, val=0.9)) == (
        f"class 'Anaphase' has 3 cells in '{root / 'CellCycle'}', too few to train, validate and test on; lower val, or add cells"
    )


def test_the_authors_lists_are_taken_each_cell_once(root):
    dataset = cells(root, **lists(root, repeat=66))
    splits = dataset.load()
    assert len(splits.train.ids) == len(set(splits.train.ids)) == 21
    assert set(splits.test.ids) == {f"{label}/{cell}" for label in CLASSES for cell in numbers(label)[:2]}
    assert dataset.probe().digest == cells(root, **lists(root, repeat=3)).probe().digest
    assert not any("drawn" in note for note in dataset.probe().notes)


def test_lists_may_name_channels_and_write_labels_as_numbers_do(root):
    given = lists(root)
    for path in given.values():
        path.write_text(path.read_text().replace("_merged.jpg", "_Ch3.ome.jpg").replace("\t5\t", "\t5.000000\t"))
    assert len(cells(root, **given).load().train.ids) == 21


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "0\t5\t../../cell_images/CellCycle/G1/0_",
            "0\t6\t../../cell_images/CellCycle/G1/0_",
            "test_fold_1.lst:1: label 6 means S, and the folder is 'G1'; mend the line, or set codes to the classes of labels 0, 1, ...",
        ),
        ("\t5\t", "\t9\t", "label 9 means nothing, and the folder is 'G1'"),
        ("/G1/0_", "/G1/77_", "test_fold_1.lst:1: no cell 'G1/77' in"),
        ("0_merged.jpg", "0_Merged.jpg", "'0_Merged.jpg' is not named as expected; mend the line, or change file or merged-file"),
        ("\t5\t", f"\t{'9' * 5000}\t", "not 'index, label, path' with tabs between"),
        ("\t5\t", "\t5.5\t", "not 'index, label, path' with tabs between"),
        ("0\t5\t", "0 5 ", "not 'index, label, path' with tabs between; mend or remove the line"),
    ],
)
def test_a_line_that_contradicts_the_files_is_named(root, old, new, expected):
    given = lists(root)
    given["test_list"].write_text(given["test_list"].read_text().replace(old, new, 1))
    assert expected in message(cells(root, **given))


def test_other_label_codes_can_be_given(root):
    given = lists(root)
    for path in given.values():
        lines = [line.split("\t") for line in path.read_text().splitlines()]
        path.write_text("".join(f"{index}\t{CLASSES.index(name.split('/')[-2])}\t{name}\n" for index, _, name in lines))
    assert "and the folder is 'G1'" in message(cells(root, **given))
    assert cells(root, codes=CLASSES, **given).probe().digest == cells(root, **lists(root)).probe().digest


def test_a_cell_in_both_lists_or_in_none_is_refused(root):
    given = lists(root)
    kept = given["train_list"].read_text().splitlines()
    given["train_list"].write_text("\n".join([*kept, given["test_list"].read_text().splitlines()[0]]))
    assert "cell 'G1/0' is in" in message(cells(root, **given))
    given["train_list"].write_text("\n".join(kept[1:]))
    assert message(cells(root, **given)) == (
        f"1 cell in '{root / 'CellCycle'}' is in no list: 'G1/2'; complete the lists, or set unlisted = \"leave-out\""
    )
    assert len(cells(root, unlisted="leave-out", **given).load().train.ids) == 20


def test_unreadable_lists_are_one_message(root):
    given = lists(root)
    given["train_list"].write_bytes(b"\xff\xfe\x00")
    assert "it is no text in UTF-8; correct the list's path" in message(cells(root, **given))
    assert "No such file or directory" in message(cells(root, train_list=root / "nowhere.lst", test_list=given["test_list"]))


def test_half_a_split_is_refused(root):
    with pytest.raises(AugbenchError, match="train-list is given without test-list; give both lists of the split, or neither"):
        JurkatCells(train_list=root / "x.lst")


@pytest.mark.parametrize(("key", "text"), [("file", "{channel}.jpg"), ("merged_file", "{cell}_{stain}.jpg"), ("file", "{cell}{cell}.jpg")])
def test_patterns_that_name_no_cell_are_refused(key, text):
    with pytest.raises(AugbenchError, match=r"write \{cell\} for the name of the cell and \{channel\} for that of the channel"):
        JurkatCells(**{key: text})


def test_files_of_other_names_are_refused_with_the_way_on(root):
    for name in ("G1/1_Ch3.ome.tif", "S/what.jpg", "Thing/1_Ch3.ome.jpg", "G1/deeper/1_Ch3.ome.jpg", "G1/.hidden.jpg"):
        write(root / "CellCycle", {name: b""})
    assert message(cells(root)) == (
        f"4 files in '{root / 'CellCycle'}' are not named as expected: "
        "'G1/deeper/1_Ch3.ome.jpg', 'Thing/1_Ch3.ome.jpg', 'G1/1_Ch3.ome.tif', ...; expected "
        "'{cell}_{channel}.ome.jpg' or '{cell}_merged.jpg'; change file or merged-file if these are pictures of cells, "
        "or add their pattern to ignore"
    )


def test_another_name_of_files_can_be_given(root):
    for path in list((root / "CellCycle").rglob("*.ome.jpg")):
        path.rename(path.with_name(path.name.replace("_Ch", "-Ch")))
    assert "105 files" in message(cells(root))
    assert cells(root, file="{cell}-{channel}.ome.jpg").probe().channels == 3


def test_a_cell_without_a_channel_is_named(root):
    (root / "CellCycle/S/101_Ch4.ome.jpg").unlink()
    assert message(cells(root)) == (
        f"1 cell in '{root / 'CellCycle'}' lacks a channel: 'S/101' has Ch3, Ch6 but not Ch4; "
        "bring the files back, or name the channels that all cells have: channels = [...]"
    )
    assert cells(root, channels=("Ch3", "Ch6")).probe().channels == 2


@pytest.mark.parametrize("pictures", ["channels", "merged"])
def test_a_picture_of_another_size_is_named(root, pictures):
    for name in ("0_Ch4.ome.jpg", "0_merged.jpg"):
        write(root / "CellCycle", {f"G1/{name}": jpeg(1, 60, "RGB" if "merged" in name else "L")})
    told = message(cells(root, pictures=pictures))
    assert "is 60 x 60 pixels, the others are 66 x 66" in told
    if pictures == "merged":
        assert told.endswith("; mend or remove the file, or set size = 0 where sizes may differ")
        assert cells(root, pictures="merged", size=0).probe().size is None


def test_all_of_another_size_are_refused_unless_it_is_given(tmp_path):
    small = {f"{label}/{cell}_Ch3.ome.jpg": jpeg(cell, 60) for label in CLASSES for cell in numbers(label)}
    write(tmp_path, small)
    assert "is 60 x 60 pixels, the others are 66 x 66" in message(cells(tmp_path, channels=("Ch3",)))
    assert cells(tmp_path, channels=("Ch3",), size=60).probe().size == (60, 60)


def test_coloured_channels_are_refused_unless_converted(root):
    for path in list((root / "CellCycle").rglob("*.ome.jpg")):
        path.write_bytes(jpeg(3, mode="RGB"))
    assert "is rgb, the others are grey, as pictures of one channel are; set convert = true to take their luminance" in message(cells(root))
    assert cells(root, convert=True).probe().channels == 3
    assert cells(root, convert=True).load().train.images[0].shape == (66, 66, 3)


def test_one_number_in_two_classes_is_refused(root):
    write(root / "CellCycle", cell_files("S", 0))
    assert "cell '0' is in" in message(cells(root))


def test_a_missing_class_is_named(root):
    for path in (root / "CellCycle/Anaphase").iterdir():
        path.unlink()
    assert "Anaphase 0 instead of 15" in message(JurkatCells(path=root))
    assert "class 'Anaphase' has no images" in message(cells(root))


def test_names_in_no_known_encoding_do_no_harm(root):
    for path in list((root / "CellCycle/G1").glob("1_*")):
        path.rename(bytes(path).replace(b"/1_", b"/\xff_").decode(errors="surrogateescape"))
    assert cells(root).probe().counts["train"] == (3,) * 7


def test_a_broken_picture_is_named(root):
    path = root / "CellCycle/G1/0_Ch3.ome.jpg"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UnreadableImage, match=r"G1/0_Ch3\.ome\.jpg"):
        [image for split in (cells(root).load().train, cells(root).load().test) for image in split.images]


@conformance(JurkatCells(path=Path(), counts="any"))
def test_jurkat_cells_keep_the_laws(component, check, root, monkeypatch):
    monkeypatch.chdir(root)
    check(component)
