"""Arrays as they are saved give splits, and every bad file has one clear message."""

import contextlib
import io
import pickle
import random
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from augbench import DataError, EmptyClass
from augbench.testing import conformance
from augbench_datasets import _numbers
from augbench_datasets._array_errors import BadClassNames
from augbench_datasets._division import Division
from augbench_datasets.numpy_arrays import NumpyArrays


def images(count: int = 6, shape: tuple[int, ...] = (5, 4, 3), dtype: str = "uint8") -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, *shape)).astype(dtype)


def arrays(**changes) -> dict[str, np.ndarray]:
    """Return six images a split in three classes, as MedMNIST names them; a change to None leaves one out."""
    known = {f"{split}_images": images() for split in ("train", "val", "test")}
    known |= {f"{split}_labels": np.arange(6, dtype=np.uint8)[:, None] % 3 for split in ("train", "val", "test")}
    return {name: array for name, array in (known | changes).items() if array is not None}


def undivided(count: int = 30, **changes) -> dict[str, np.ndarray]:
    return {"images": images(count), "labels": np.arange(count) % 3} | changes


def save(path: Path, held: dict[str, np.ndarray], how=np.savez) -> Path:
    how(path, **held)
    return path


def save_folder(path: Path, held: dict[str, np.ndarray]) -> Path:
    path.mkdir()
    for name, array in held.items():
        np.save(path / f"{name}.npy", array)
    return path


@pytest.fixture
def npz(tmp_path) -> Path:
    return save(tmp_path / "cells.npz", arrays())


def message(path: Path, **settings) -> str:
    with pytest.raises(DataError) as caught:
        NumpyArrays(path=path, **settings).probe()
    return str(caught.value).replace(str(path), "PATH")


def saved(tmp_path: Path, **changes) -> str:
    return message(save(tmp_path / "bad.npz", arrays(**changes)))


def test_a_packed_file_a_plain_one_and_a_folder_say_the_same(tmp_path):
    held = arrays()
    places = [save(tmp_path / "a.npz", held), save(tmp_path / "b.npz", held, np.savez_compressed), save_folder(tmp_path / "c", held)]
    assert len({NumpyArrays(path=place).probe().digest for place in places}) == 1
    for place in places:
        splits = NumpyArrays(path=place).load()
        for name, split in (("train", splits.train), ("val", splits.validation), ("test", splits.test)):
            np.testing.assert_array_equal(np.stack(list(split.images)), held[f"{name}_images"])
            assert split.labels.tolist() == [0, 1, 2, 0, 1, 2]
            assert split.ids[0] == f"{name}/0"


def test_probe_tells_what_load_gives(npz):
    probe = NumpyArrays(path=npz).probe()
    assert probe.counts == {"train": (2, 2, 2), "validation": (2, 2, 2), "test": (2, 2, 2)}
    assert (probe.classes, probe.channels, probe.size, probe.groups, probe.notes) == (("0", "1", "2"), 3, (5, 4), None, ())


def test_the_arrays_of_a_folder_are_mapped_not_read(tmp_path):
    split = NumpyArrays(path=save_folder(tmp_path / "cells", arrays())).load().train
    base = split.images
    while base.base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        split.images[0][0, 0, 0] = 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize(
    ("shape", "first", "expected"), [((5, 4), False, (5, 4, 1)), ((5, 4, 3), False, (5, 4, 3)), ((3, 5, 4), True, (5, 4, 3))]
)
def test_images_are_height_width_channels_whatever_their_axes(tmp_path, dtype, shape, first, expected):
    held = {f"{split}_images": images(6, shape, dtype) for split in ("train", "val", "test")}
    cells = NumpyArrays(path=save(tmp_path / "cells.npz", arrays(**held)), channels_first=first)
    image = cells.load().train.images[4]
    assert (image.shape, image.dtype) == (expected, dtype)
    wanted = held["train_images"][4]
    np.testing.assert_array_equal(image, wanted[..., None] if len(shape) == 2 else np.moveaxis(wanted, 0, -1) if first else wanted)


def test_columns_first_in_memory_are_the_same_images(tmp_path):
    held = arrays(train_images=np.asfortranarray(images()))
    for place in (save(tmp_path / "cells.npz", held), save_folder(tmp_path / "cells", held)):
        np.testing.assert_array_equal(np.stack(list(NumpyArrays(path=place).load().train.images)), images())


def test_the_digest_follows_pixels_labels_splits_and_names(tmp_path):
    other = images()
    other[0, 0, 0, 0] ^= 1
    swapped = np.array([1, 0, 2, 0, 1, 2])
    changes = [{}, {"train_images": other}, {"train_labels": swapped}, {"val_labels": swapped}, {"val_images": None, "val_labels": None}]
    places = [save(tmp_path / f"{number}.npz", arrays(**change)) for number, change in enumerate(changes)]
    digests = {NumpyArrays(path=place).probe().digest for place in places}
    assert len(digests | {NumpyArrays(path=places[0], classes=("a", "b", "c")).probe().digest}) == 6


def test_classes_may_be_named(npz):
    assert NumpyArrays(path=npz, classes=("a", "b", "c")).load().classes == ("a", "b", "c")


def test_classes_are_the_numbers_that_there_are_unless_named(tmp_path):
    held = {f"{split}_labels": np.array([2, 2, 7, 7, 11, 11]) for split in ("train", "val", "test")}
    splits = NumpyArrays(path=save(tmp_path / "cells.npz", arrays(**held))).load()
    assert (splits.classes, splits.train.labels.tolist()) == (("2", "7", "11"), [0, 0, 1, 1, 2, 2])


def test_images_without_splits_are_divided_and_the_plan_is_told(tmp_path):
    cells = NumpyArrays(path=save(tmp_path / "cells.npz", undivided()), split=Division(test=0.3, val=0.1))
    probe, splits = cells.probe(), cells.load()
    assert probe.counts == {"train": (6, 6, 6), "validation": (1, 1, 1), "test": (3, 3, 3)}
    assert "0.3 is kept for testing and 0.1 for validation" in probe.notes[0]
    everything = [identity for split in (splits.train, splits.validation, splits.test) for identity in split.ids]
    assert sorted(everything) == sorted(f"images/{index}" for index in range(30))
    for identity, image, label in zip(splits.test.ids, splits.test.images, splits.test.labels, strict=True):
        index = int(identity.removeprefix("images/"))
        np.testing.assert_array_equal(image, images(30)[index])
        assert label == index % 3


def test_groups_stay_whole(tmp_path):
    path = save(tmp_path / "cells.npz", undivided(groups=np.array([f"slide {index // 3}" for index in range(30)])))
    probe, splits = NumpyArrays(path=path).probe(), NumpyArrays(path=path).load()
    parts = [set(split.groups) for split in (splits.train, splits.validation, splits.test)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 10
    assert probe.groups == (8, 8, 8)


def test_a_header_without_end_does_not_fill_the_memory(tmp_path):
    with zipfile.ZipFile(tmp_path / "cells.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("train_images.npy", b"\x93NUMPY\x02\x00" + (2**30).to_bytes(4, "little") + bytes(2**24))
    tracemalloc.start()
    assert message(tmp_path / "cells.npz") == "the array 'train_images' of 'PATH' has no header that NumPy writes; save it again"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**23


@pytest.mark.parametrize("letter", [0x110000, 0xD800])
def test_groups_of_no_letters_are_refused(tmp_path, letter):
    groups = np.array([letter] + [97] * 29, dtype=np.uint32).view("U1")
    with pytest.raises(DataError, match=r"the array 'groups' of '.*' holds numbers that stand for no letters; save it again"):
        NumpyArrays(path=save(tmp_path / "cells.npz", undivided(groups=groups))).probe()


def test_groups_of_given_splits_are_kept(tmp_path):
    held = {f"{split}_groups": np.arange(6) // 2 for split in ("train", "val", "test")}
    path = save(tmp_path / "cells.npz", arrays(**held))
    assert NumpyArrays(path=path).load().test.groups == ("0", "0", "1", "1", "2", "2")
    assert NumpyArrays(path=path).probe().groups == (2, 2, 2)


def test_names_that_tell_no_classes_apart_are_refused():
    for names in (("a",), ("a", "a"), ("a", "")):
        with pytest.raises(BadClassNames, match="name at least two, each once"):
            NumpyArrays(path=Path("x"), classes=names)


def test_nothing_there(tmp_path):
    assert message(tmp_path / "x.npz") == "no .npz file and no folder of .npy files at 'PATH'; correct the data set's path"


def test_a_missing_array_is_named_beside_those_found(tmp_path):
    assert saved(tmp_path, test_labels=None) == (
        "no array 'test_labels' in 'PATH' (found: test_images, train_images, train_labels, val_images, val_labels); name arrays "
        "train_images, train_labels, test_images, test_labels and maybe val_images, val_labels; or images and labels"
    )


def test_an_empty_class_is_told(tmp_path):
    path = save(tmp_path / "cells.npz", arrays(test_labels=np.array([0, 0, 0, 1, 1, 1])))
    with pytest.raises(EmptyClass, match="class '2' has no images in the test split"):
        NumpyArrays(path=path).probe()


def test_given_splits_are_not_divided_again(npz):
    assert message(npz, split=Division()) == "'PATH' is divided into train_images and test_images already; leave split out"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"train_images": images().astype("float32") / 255},
            "the array 'train_images' of 'PATH' holds float32 numbers; save whole numbers, such as (255 * images).round().astype('uint8') "
            "where they are in [0, 1]",
        ),
        (
            {"train_images": images().astype("int64")},
            "the array 'train_images' of 'PATH' holds int64 numbers; save it with .astype('uint8') or .astype('uint16')",
        ),
        (
            {"train_images": images().astype(">u2")},
            "the array 'train_images' of 'PATH' holds >u2 numbers; save it with .astype('uint8') or .astype('uint16')",
        ),
        (
            {"train_images": images().reshape(6, -1)},
            "the array 'train_images' of 'PATH' has shape (6, 60); images are [N, H, W] or [N, H, W, C], at least one",
        ),
        (
            {"train_images": images(0), "train_labels": np.zeros(0, "uint8")},
            "the array 'train_images' of 'PATH' has shape (0, 5, 4, 3); images are [N, H, W] or [N, H, W, C], at least one",
        ),
        (
            {"train_images": images(6, (3, 28, 28))},
            "the array 'train_images' of 'PATH' holds images of 3 x 28 pixels with 28 channels; set channels-first = true if its shape "
            "(6, 3, 28, 28) is meant otherwise",
        ),
        (
            {"test_images": images(6, (5, 4))},
            "the array 'test_images' of 'PATH' holds 5 x 4 pixels with 1 channel (uint8); train_images holds 5 x 4 pixels with 3 channels "
            "(uint8): save all alike",
        ),
        (
            {"val_labels": np.arange(5)},
            "the array 'val_labels' of 'PATH' has shape (5,); there are 6 images, and each needs one label",
        ),
        (
            {"val_labels": np.eye(6, dtype="uint8")},
            "the array 'val_labels' of 'PATH' has shape (6, 6); one number an image is needed: several labels an image cannot be compared, "
            "and one-hot rows become numbers by .argmax(1)",
        ),
        (
            {"val_labels": np.array([0, 1, 2, 0, 1, np.nan])},
            "the array 'val_labels' of 'PATH' holds float64 numbers, not whole ones; number the classes from 0 and save them with "
            ".astype('int64')",
        ),
        (
            {"val_labels": np.array([0, 1, 2, 0, -1, 2])},
            "the array 'val_labels' of 'PATH' holds -1 at place 4; a label is 0 or more: number the classes from 0, or leave the image out",
        ),
        (
            {"val_labels": np.array(list("abcabc"))},
            "the array 'val_labels' of 'PATH' holds <U1 numbers, not whole ones; number the classes from 0 and save them with "
            ".astype('int64')",
        ),
        (
            {"train_groups": np.arange(6)},
            "the array 'val_groups' of 'PATH' is missing; there is train_groups: save groups for every split, or for none",
        ),
        (
            {"train_groups": np.arange(5)},
            "the array 'train_groups' of 'PATH' has shape (5,) of int64; there are 6 images, and each needs one whole number or text",
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_the_way_out(tmp_path, changes, expected):
    assert saved(tmp_path, **changes) == expected


def test_channels_that_are_last_although_said_to_be_first(tmp_path):
    held = {f"{split}_images": images(6, (28, 28, 3)) for split in ("train", "val", "test")}
    assert "28 x 3 pixels with 28 channels; set channels-first = false" in message(
        save(tmp_path / "cells.npz", arrays(**held)), channels_first=True
    )


def test_a_label_beyond_the_named_classes_is_told(npz):
    assert message(npz, classes=("a", "b")) == (
        "the array 'train_labels' of 'PATH' holds 2 at place 2, and 2 classes are numbered 0 to 1; correct the label, "
        "or the names of classes"
    )


class _Harm:
    """Whoever unpickles it leaves a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("folder", [False, True])
def test_objects_are_never_unpickled(tmp_path, folder):
    held = arrays(train_labels=np.array([_Harm(tmp_path / "harm")] * 6, dtype=object))
    path = save_folder(tmp_path / "cells", held) if folder else save(tmp_path / "cells.npz", held)
    assert message(path) == (
        "the array 'train_labels' of 'PATH' holds Python objects, which could run anything when they are read; "
        "save an array of plain numbers"
    )
    NumpyArrays(path=save(tmp_path / "well.npz", arrays(extra=np.array([_Harm(tmp_path / "harm")])))).load()
    assert not (tmp_path / "harm").exists()


def test_a_bare_pickle_is_no_array(tmp_path):
    path = save_folder(tmp_path / "cells", arrays())
    (path / "train_images.npy").write_bytes(pickle.dumps(_Harm(tmp_path / "harm")))
    assert message(path) == "the array 'train_images' of 'PATH' has no header that NumPy writes; save it again"
    assert not (tmp_path / "harm").exists()


def test_a_file_that_is_no_archive_and_a_truncated_one(npz):
    whole = npz.read_bytes()
    for content in (b"", b"PK", whole[:200], whole[: len(whole) // 2]):
        npz.write_bytes(content)
        assert message(npz) == "cannot read 'PATH': it is no .npz file, or a truncated one; save it again"


def test_damaged_bytes_are_told_when_looked_at(npz):
    whole = bytearray(npz.read_bytes())
    place = whole.find(images().tobytes()[:20])
    whole[place + 5] ^= 1
    npz.write_bytes(whole)
    assert message(npz) == "cannot read 'PATH': Bad CRC-32 for file 'train_images.npy'; save it again"


@pytest.mark.parametrize("extra", [-1, 1])
def test_a_file_of_another_length_than_its_header_says_is_refused(tmp_path, extra):
    path = save_folder(tmp_path / "cells", arrays()) / "val_images.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:extra] if extra < 0 else whole + b"0")
    assert message(path.parent).endswith(
        f"val_images.npy': it has {len(whole) + extra:,} bytes, and its header says {len(whole):,}; save it again"
    )


def header(shape: str, descr: str = "'|u1'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("(999999999999999999, 5, 4, 3)", "and its header says 60,000,000,000,000,000,068"),
        ("(99999999999999999999, 5, 4, 3)", "has no header that NumPy writes"),
        ("(-6, 5, 4, 3)", "has no header that NumPy writes"),
        ("(6, 5, 4, 3.0)", "has no header that NumPy writes"),
        ("__import__('os')", "has no header that NumPy writes"),
        ("(" * 60 + "6" + ")" * 60, "has no header that NumPy writes"),
    ],
)
def test_absurd_headers_are_refused_before_anything_is_read(tmp_path, shape, said):
    path = save_folder(tmp_path / "cells", arrays())
    (path / "train_images.npy").write_bytes(header(shape) + images().tobytes())
    assert said in message(path)
    archive = tmp_path / "cells.npz"
    with zipfile.ZipFile(archive, "w") as file:
        for name in arrays():
            file.write(path / f"{name}.npy", f"{name}.npy")
    assert said in message(archive)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(_numbers, "_HARMLESS", 1000)
    path = save(tmp_path / "bomb.npz", arrays(train_images=np.zeros((6, 300, 400, 3), "uint8")), np.savez_compressed)
    assert "bytes would unpack to 2,160,000 in the array 'train_images', which no images do; save it again" in message(path)


def test_what_unpacks_longer_than_it_says_is_refused(tmp_path):
    buffer = io.BytesIO()
    np.save(buffer, images())
    path = tmp_path / "cells.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays().items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(f"{name}.npy", content.getvalue() + (b"more" if name == "val_images" else b""))
    assert message(path) == "cannot read 'PATH': the array 'val_images' has 492 bytes, and its header says 488; save it again"


@pytest.mark.parametrize("how", [np.savez, np.savez_compressed])
def test_whatever_is_wrong_is_a_message(tmp_path, how):
    whole = save(tmp_path / "cells.npz", arrays(), how).read_bytes()
    rng = random.Random(0)
    path = tmp_path / "fuzzed.npz"
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        path.write_bytes(content[: rng.randint(0, len(content))] if rng.random() < 0.2 else content)
        with contextlib.suppress(DataError):
            NumpyArrays(path=path).probe()


@conformance(NumpyArrays(path=Path("cells.npz")))
def test_arrays_keep_the_laws(component, check, npz, monkeypatch):
    monkeypatch.chdir(npz.parent)
    check(component)
