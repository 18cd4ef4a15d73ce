"""Stored red blood cells, in files laid out as in the download: sites, bags, levels, classes, and cells that no expert could decide on."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench import DataError, EmptyClass, NotFetched
from augbench.testing import conformance
from augbench_datasets.rbc_storage import CLASSES, COUNTS, StoredRedCells

TRAIN = "Training_Test2_Canada_Swiss/Training_Canada_Swiss"
VALIDATION = "Training_Test2_Canada_Swiss/Test2_Canada_Swiss"
TEST = "Test3_HoldOut_Canada_Swiss"
BAGS = {"Canadian": ("A", "CE47"), "Swiss": ("S1",), "Swiss_additional": ("S2",)}
TWO = ("SmoothDisc", "Side")
BRIGHT, DARK = 180, 8


def tiff(value: int, height: int = 52, width: int = 50, dtype: type = np.uint8) -> bytes:
    pixels = np.full((height, width), value, dtype=dtype)
    pixels[0, 0] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "TIFF")
    return file.getvalue()


def cell(place: str, number: int, first: int = BRIGHT, **size: int) -> dict[str, bytes]:
    values = {"Ch1": first, "Ch9": BRIGHT + 1, "Ch12": DARK}
    return {f"{place}/{number}_{channel}.ome.tif": tiff(value, **size) for channel, value in values.items()}


def content(labels: tuple[str, ...]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for split in (TRAIN, VALIDATION, TEST):
        for site, bags in BAGS.items():
            for bag in bags:
                for label in (*labels, "Undecidable"):
                    files |= cell(f"{split}/{site}/{bag}/Level_1/{label}", 10 + len(files))
    return files


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    return content(TWO)


@pytest.fixture
def root(tmp_path, written) -> Path:
    write(tmp_path, written)
    return tmp_path


def cells(root: Path, **settings: object) -> StoredRedCells:
    """Return the data set of two classes, which is quickly written."""
    return StoredRedCells(**{"path": root, "classes": TWO, **settings})


def message(dataset: StoredRedCells) -> str:
    with pytest.raises(DataError) as caught:
        dataset.probe()
    return str(caught.value)


def test_probe_and_load_agree(tmp_path):
    write(tmp_path, content(CLASSES))
    dataset = StoredRedCells(path=tmp_path)
    probe, splits = dataset.probe(), dataset.load()
    assert (probe.classes, probe.channels, probe.size) == (CLASSES, 3, (48, 48))
    assert probe.counts == {"train": (4,) * 7, "validation": (4,) * 7, "test": (4,) * 7}
    assert probe.groups == (4,) * 7
    for name, counts in probe.counts.items():
        split = getattr(splits, name)
        assert tuple(np.bincount(split.labels)) == counts
        assert set(split.groups) == {"Canadian/A", "Canadian/CE47", "Swiss/S1", "Swiss_additional/S2"}
        assert all(identity.startswith(f"{name}/{group}/Level_1/") for identity, group in zip(split.ids, split.groups, strict=True))
    image = splits.test.images[0]
    assert image.shape == (48, 48, 3)
    assert image[10, 10].tolist() == [BRIGHT, BRIGHT + 1, DARK]


def test_what_nobody_could_decide_is_no_class(root):
    assert not any("Undecidable" in identity for identity in cells(root).load().train.ids)
    assert "no known classes" in message(cells(root, leave_out=()))


def test_counts_are_compared_with_the_paper(root):
    assert cells(root).probe().notes == (
        "other numbers of images (train 8, validation 8, test 8) than in the paper (train 40,916, validation 14,764, test 9,054)",
    )
    assert sum(COUNTS.values()) == 64734


def zips(files: dict[str, bytes]) -> dict[str, bytes]:
    packed = {}
    for top in ("Training_Test2_Canada_Swiss", TEST):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in files.items():
                if name.startswith(top):
                    archive.writestr(name, data)
        packed[f"{top}.zip"] = file.getvalue()
    return packed


def quiet(done: int, total: int, **numbers: float) -> None:
    """Show nothing."""


@pytest.mark.parametrize("whole", [True, False])
def test_the_article_or_its_files_are_unpacked_and_read(tmp_path, written, whole):
    dataset = cells(tmp_path)
    packed = zips(written)
    if whole:
        with zipfile.ZipFile(dataset.downloads()[0].to, "w") as archive:
            for name, data in packed.items():
                archive.writestr(name, data)
    else:
        write(tmp_path, packed)
    assert "is not unpacked; do so with: bench datasets fetch rbc-storage --set path=" in message(dataset)
    assert len(dataset.downloads()) == whole
    dataset.unpack(quiet)
    probe = dataset.probe()
    assert probe.counts["test"] == (4, 4)
    write(tmp_path, {"Again.zip": packed[f"{TEST}.zip"]})
    dataset.unpack(quiet)
    assert dataset.probe() == probe


def test_without_files_it_says_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    with pytest.raises(NotFetched, match="bench datasets fetch rbc-storage"):
        StoredRedCells().probe()


def test_where_the_folders_lie_changes_nothing(root, tmp_path_factory, written):
    other = tmp_path_factory.mktemp("other")
    write(other / "12432506", written)
    assert cells(other).probe() == cells(root).probe()


def test_folders_of_other_names_can_be_given(root):
    (root / VALIDATION).rename(root / "Training_Test2_Canada_Swiss/Second")
    told = message(cells(root))
    assert told.startswith(
        f"no folder in '{root}' is called 'Test2_*', there are 'Test3_HoldOut_Canada_Swiss', 'Training_Test2_Canada_Swiss'"
    )
    assert told.endswith('; say which one: validation = "NAME"')
    assert cells(root, validation="Sec*").probe().counts["validation"] == (4, 4)
    assert set(cells(root, validation="").probe().counts) == {"train", "test"}


def test_two_folders_of_one_name_are_refused(root, written):
    write(root / "copy", {name: data for name, data in written.items() if name.startswith(TEST)})
    told = message(cells(root))
    assert told == (
        f"several folders in '{root}' are called 'Test3_*': 'Test3_HoldOut_Canada_Swiss', 'copy/Test3_HoldOut_Canada_Swiss'; "
        'say which one: test = "NAME"'
    )


def test_sites_can_be_chosen(root):
    splits = cells(root, sites=("Canadian", "Swiss")).load()
    assert {group.split("/")[0] for group in splits.train.groups} == {"Canadian", "Swiss"}
    assert "class 'SmoothDisc' has no images" in message(cells(root, sites=("Paris",)))


def test_near_black_cells_are_dropped_and_told(root):
    write(root, cell(f"{TRAIN}/Swiss/S1/Level_1/Side", 9999, first=20))
    dataset = cells(root)
    probe = dataset.probe()
    assert probe.counts["train"] == (4, 4)
    assert probe.notes[1] == "dropped: 1 near-black cells (dark-mean = 50), 0 smaller than size = 48"
    assert sum(probe.counts["train"]) == len(dataset.load().train.ids)
    for kept in ({"dark_mean": 0.0}, {"dark_mean": 15.0}, {"dark_field": ("Ch12", "Ch1")}):
        assert cells(root, **kept).probe().counts["train"][1] == 5


def test_brightness_of_deep_pictures_is_of_255(tmp_path):
    for split in (TRAIN, VALIDATION, TEST):
        for label in ("Side", "SmoothDisc"):
            place = f"{split}/Swiss/S1/Level_1/{label}"
            write(tmp_path, {f"{place}/{number}_Ch1.ome.tif": tiff(value, dtype=np.uint16) for number, value in ((1, 40000), (2, 9000))})
    dataset = cells(tmp_path, channels=("Ch1",))
    assert dataset.probe().counts["train"] == (1, 1)
    assert dataset.load().train.images[0].dtype == np.uint16


def test_brightness_is_measured_once(root, monkeypatch):
    first = cells(root).probe()

    def refuse(*arguments: object) -> float:
        raise AssertionError("decoded again")

    monkeypatch.setattr("augbench_datasets._brightness._mean", refuse)
    assert cells(root).probe() == first


def test_small_pictures_are_dropped_padded_or_refused(root):
    write(root, cell(f"{TEST}/Swiss/S1/Level_1/Side", 9999, height=47, width=60))
    assert cells(root).probe().notes[1] == "dropped: 0 near-black cells (dark-mean = 50), 1 smaller than size = 48"
    padded = cells(root, smaller="pad")
    assert padded.probe().counts["test"][1] == 5
    splits = padded.load()
    image = splits.test.images[next(place for place, name in enumerate(splits.test.ids) if name.endswith("/9999"))]
    assert image.shape == (48, 48, 3)
    assert (image[-1] == image[-2]).all()
    assert "is 47 x 60 pixels, the others are 48 x 48 or more" in message(cells(root, smaller="refuse"))


def test_padding_leaves_the_picture_in_the_middle(tmp_path):
    for split in (TRAIN, VALIDATION, TEST):
        for label in TWO:
            write(tmp_path, {f"{split}/Swiss/S1/1/{label}/1_Ch1.ome.tif": tiff(BRIGHT, 44, 48)})
    image = cells(tmp_path, channels=("Ch1",), smaller="pad").load().test.images[0][:, :, 0]
    # The one black pixel is in the corner of the file.
    assert np.argwhere(image == 0).tolist() == [[0, 0], [1, 0], [2, 0]]


def test_pictures_may_keep_their_sizes(root):
    dataset = cells(root, size=0)
    assert dataset.probe().size == (52, 50)
    assert dataset.load().test.images[0].shape == (52, 50, 3)
    write(root, cell(f"{TEST}/Swiss/S1/Level_1/Side", 9999, height=30, width=60))
    assert dataset.probe().size is None


def test_the_middle_is_cut_out(tmp_path):
    for split in (TRAIN, VALIDATION, TEST):
        for label in ("Side", "SmoothDisc"):
            pixels = np.arange(52 * 50).reshape(52, 50).astype(np.uint16) + 30000
            place = tmp_path / split / "Swiss/S1/1" / label
            place.mkdir(parents=True)
            Image.fromarray(pixels).save(place / "1_Ch1.ome.tif")
    dataset = cells(tmp_path, channels=("Ch1",))
    np.testing.assert_array_equal(dataset.load().test.images[0][:, :, 0], pixels[2:50, 1:49])


def test_a_missing_channel_is_named_or_its_cell_dropped(root):
    gone = next((root / TEST / "Swiss/S1/Level_1/Side").glob("*_Ch9.ome.tif"))
    gone.unlink()
    told = message(cells(root))
    assert f"1 cell in '{root / TEST}' lacks a channel: 'Swiss/S1/Level_1/Side/{gone.name.split('_')[0]}' has Ch1, Ch12 but not Ch9" in told
    assert cells(root, incomplete="drop").probe().counts["test"][1] == 3
    assert cells(root, channels=("Ch1",)).probe().channels == 1


def test_channels_of_one_cell_must_be_of_one_size(root):
    path = next((root / TEST / "Swiss/S1/Level_1/Side").glob("*_Ch9.ome.tif"))
    path.write_bytes(tiff(BRIGHT, 52, 51))
    assert "is 52 x 51 pixels, the others are 52 x 50; all channels of a cell are of one size: mend the file" in message(cells(root))
    images = cells(root).load().test.images
    with pytest.raises(DataError, match="all channels of a cell are of one size"):
        list(images)


def test_files_and_folders_that_say_nothing_are_named(root):
    write(root / TRAIN, {"readme.txt": b"passed over", "stray.ome.tif": b"", "Swiss/S1/Level_1/Side/7.tif": b""})
    told = message(cells(root))
    assert told == (
        f"2 files in '{root / TRAIN}' are not named as expected: 'stray.ome.tif', 'Swiss/S1/Level_1/Side/7.tif'; expected "
        "'{cell}_{channel}.ome.tif'; change file if these are pictures of cells, or add their pattern to ignore"
    )
    write(root / TRAIN, cell("Swiss/S1/Level_1/Sidee", 1))
    assert message(cells(root)) == (
        f"no known classes in '{root / TRAIN}': 'Sidee', where SmoothDisc, Side are known; add them to classes, or to leave-out"
    )


def test_pictures_without_channels_are_images_of_their_own(root):
    probe = cells(root, file="{cell}.ome.tif").probe()
    # Each dark-field picture is near-black.
    assert (probe.channels, probe.counts["train"]) == (1, (8, 8))
    assert probe.notes[1].startswith("dropped: 24 near-black")


def test_a_class_that_is_nowhere_is_named(root):
    with pytest.raises(EmptyClass, match="SmoothCube"):
        cells(root, classes=(*TWO, "SmoothCube")).probe()


def test_twelve_bits_in_files_of_sixteen_look_black_and_the_message_says_so(root, written):
    write(root, {name: tiff(900, dtype=np.uint16) for name in written})
    assert message(cells(root)) == (
        f"class 'SmoothDisc' has no images in the train split of '{root}' once 24 near-black cells (dark-mean = 50) and 0 smaller than "
        "size = 48 are dropped; lower dark-mean (12 bits in files of 16 look black: 0 keeps all) or size, or leave the class out"
    )
    assert cells(root, dark_mean=0.0).probe().counts["train"] == (4, 4)


def test_every_change_changes_the_digest(root):
    settings = [{}, {"channels": ("Ch9", "Ch1")}, {"size": 40}, {"smaller": "pad"}, {"sites": ("Swiss",)}]
    digests = [cells(root, **some).probe().digest for some in settings]
    assert len(set(digests)) == len(digests)
    path = next((root / TEST).rglob("*_Ch9.ome.tif"))
    path.write_bytes(tiff(BRIGHT + 5))
    assert cells(root).probe().digest != digests[0]


@conformance(StoredRedCells(path=Path(), classes=TWO))
def test_stored_red_cells_keep_the_laws(component, check, root, monkeypatch):
    monkeypatch.chdir(root)
    check(component)
