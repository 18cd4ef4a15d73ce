"""Torchvision's sets are read as torchvision reads them, on small files in their real layout, and without a pickle."""

import contextlib
import gzip
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy import io

from augbench import DataError, NotFetched, UnreadableData
from augbench.testing import conformance
from augbench_datasets._array_errors import NeedlessKey
from augbench_datasets._torchvision_sets import EMNIST, SETS
from augbench_datasets.torchvision_family import TorchvisionSet

MNISTS = ("FashionMNIST", "KMNIST", "MNIST")


def quiet(done: int, total: int, **numbers: float) -> None:
    """Tell nobody."""


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()


def pixels(count: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, *shape), dtype=np.uint8)


def write_mnist(root: Path, name: str) -> Path:
    raw = root / name / "raw"
    raw.mkdir(parents=True)
    for part, count in (("train", 30), ("t10k", 20)):
        for what, array in ((f"{part}-images-idx3-ubyte", pixels(count, 28, 28)), (f"{part}-labels-idx1-ubyte", np.arange(count) % 10)):
            # As torchvision leaves them: both the download and what came out of it.
            (raw / what).write_bytes(idx(array))
            (raw / f"{what}.gz").write_bytes(gzip.compress(idx(array)))
    return root


def emnist_files(split: str) -> dict[str, bytes]:
    classes = len(EMNIST[split][0])
    first = int(split == "letters")
    held = {}
    for part, count in (("train", 2 * classes), ("test", classes)):
        held[f"emnist-{split}-{part}-images-idx3-ubyte"] = idx(pixels(count, 28, 28))
        held[f"emnist-{split}-{part}-labels-idx1-ubyte"] = idx(np.arange(count) % classes + first)
    return held


def write_cifar(root: Path, name: str) -> tuple[Path, dict[str, np.ndarray]]:
    """Write the archive that is fetched."""
    hundred = name == "CIFAR100"
    folder = root / ("cifar-100-binary" if hundred else "cifar-10-batches-bin")
    folder.mkdir(parents=True)
    held, classes = {}, 100 if hundred else 10
    for file in ("train.bin", "test.bin") if hundred else (*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"):
        held[file] = pixels(classes + len(file), 3, 32, 32)
        labels = np.arange(len(held[file]), dtype=np.uint8)[:, None] % classes
        marks = np.concatenate([labels // 5, labels], axis=1) if hundred else labels
        (folder / file).write_bytes(np.concatenate([marks, held[file].reshape(len(held[file]), -1)], axis=1).tobytes())
    names = "fine_label_names.txt" if hundred else "batches.meta.txt"
    (folder / names).write_text("".join(f"class {number:02d}\n" for number in range(classes)) + "\n")
    return folder, held


def packed(root: Path, name: str, folder: Path) -> None:
    archive = root / SETS[name].sources[0].to
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, folder.name)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def write_stl(root: Path) -> Path:
    folder = root / "stl10_binary"
    folder.mkdir(parents=True)
    for part, count in (("train", 20), ("test", 10)):
        (folder / f"{part}_X.bin").write_bytes(pixels(count, 3, 96, 96).tobytes())
        (folder / f"{part}_y.bin").write_bytes((np.arange(count, dtype=np.uint8) % 10 + 1).tobytes())
    (folder / "unlabeled_X.bin").write_bytes(pixels(2, 3, 96, 96).tobytes())
    (folder / "class_names.txt").write_text("".join(f"class {number}\n" for number in range(10)))
    return folder


def write_svhn(root: Path) -> None:
    for part, count in (("train", 20), ("test", 10)):
        digits = (np.arange(count, dtype=np.uint8) % 10 + 1)[:, None]
        io.savemat(root / f"{part}_32x32.mat", {"X": np.moveaxis(pixels(count, 32, 32, 3), 0, -1), "y": digits}, do_compression=True)


def as_torchvision(theirs, splits) -> None:
    """Compare with torchvision's own class, image by image."""
    for split, data in zip((splits.train, splits.test), theirs, strict=True):
        assert len(data) == len(split.ids)
        for index in range(len(data)):
            image, label = data[index]
            np.testing.assert_array_equal(np.atleast_3d(np.asarray(image)), split.images[index])
            assert int(label) == split.labels[index]


@pytest.mark.parametrize("name", MNISTS)
def test_mnist_and_its_kin_are_what_torchvision_reads(tmp_path, name):
    from torchvision import datasets

    write_mnist(tmp_path, name)
    splits, theirs = TorchvisionSet(name=name, path=tmp_path).load(), getattr(datasets, name)
    as_torchvision([theirs(tmp_path, train=train) for train in (True, False)], splits)
    assert list(splits.classes) == theirs.classes


@pytest.mark.parametrize("split", EMNIST)
def test_each_split_of_emnist_is_what_torchvision_reads(tmp_path, split):
    from torchvision import datasets

    raw = tmp_path / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in emnist_files(split).items():
        (raw / name).write_bytes(content)
    splits = TorchvisionSet(name="EMNIST", split=split, path=tmp_path).load()
    theirs = [datasets.EMNIST(tmp_path, split, train=train) for train in (True, False)]
    names = theirs[0].classes
    if split == "letters":
        # Torchvision keeps a class 0 without images.
        names = names[1:]
        for data in theirs:
            data.targets = data.targets - 1
    as_torchvision(theirs, splits)
    assert list(splits.classes) == names


def test_emnist_is_unpacked_out_of_its_archive(tmp_path):
    raw = tmp_path / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    with zipfile.ZipFile(raw / "gzip.zip", "w") as archive:
        for name, content in emnist_files("digits").items():
            archive.writestr(f"gzip/{name}.gz", gzip.compress(content))
    data = TorchvisionSet(name="EMNIST", split="digits", path=tmp_path)
    with pytest.raises(NotFetched):
        data.probe()
    data.unpack(quiet)
    assert data.probe().counts == {"train": (2,) * 10, "test": (1,) * 10}
    data.unpack(quiet)


@pytest.mark.parametrize("name", ["CIFAR10", "CIFAR100"])
def test_cifar_is_unpacked_out_of_its_archive_and_read_in_order(tmp_path, name):
    folder, held = write_cifar(tmp_path, name)
    packed(tmp_path, name, folder)
    data = TorchvisionSet(name=name, path=tmp_path)
    data.unpack(quiet)
    splits = data.load()
    *train, test = held.values()
    for split, expected in ((splits.train, np.concatenate(train)), (splits.test, test)):
        np.testing.assert_array_equal(np.stack(list(split.images)), expected.transpose(0, 2, 3, 1))
    classes = 100 if name == "CIFAR100" else 10
    assert splits.test.labels.tolist() == [index % classes for index in range(len(test))]
    assert splits.classes[7] == "class 07"
    assert data.probe().counts["test"] == tuple(np.bincount(splits.test.labels))


def test_cifar_unpacked_by_hand_is_read_where_it_lies(tmp_path):
    write_cifar(tmp_path, "CIFAR10")
    assert TorchvisionSet(name="CIFAR10", path=tmp_path).probe().size == (32, 32)


def test_stl10_is_what_torchvision_reads(tmp_path, monkeypatch):
    from torchvision import datasets

    write_stl(tmp_path)
    # Its files here are not the published ones.
    monkeypatch.setattr(datasets.STL10, "_check_integrity", lambda self: True)
    splits = TorchvisionSet(name="STL10", path=tmp_path).load()
    as_torchvision([datasets.STL10(tmp_path, split=split) for split in ("train", "test")], splits)
    assert splits.classes[3] == "class 3"


def test_svhn_is_what_torchvision_reads(tmp_path, monkeypatch):
    from torchvision import datasets

    write_svhn(tmp_path)
    monkeypatch.setattr(datasets.SVHN, "_check_integrity", lambda self: True)
    splits = TorchvisionSet(name="SVHN", path=tmp_path).load()
    as_torchvision([datasets.SVHN(tmp_path, split=split) for split in ("train", "test")], splits)
    assert splits.classes == tuple("0123456789")


def test_files_and_checksums_are_torchvision_s():
    from torchvision import datasets

    for name in MNISTS:
        theirs = getattr(datasets, name)
        assert [(source.url, source.md5) for source in SETS[name].sources] == [
            (theirs.mirrors[0] + file, md5) for file, md5 in theirs.resources
        ]
    assert SETS["EMNIST"].sources[0].md5 == datasets.EMNIST.md5
    assert SETS["EMNIST"].sources[0].url == datasets.EMNIST.url
    assert (SETS["STL10"].sources[0].url, SETS["STL10"].sources[0].md5) == (datasets.STL10.url, datasets.STL10.tgz_md5)
    svhn = [(source.url, source.to.name, source.md5) for source in SETS["SVHN"].sources]
    assert svhn == [tuple(datasets.SVHN.split_list[split]) for split in ("train", "test")]


def test_downloads_land_where_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    root = tmp_path / "torchvision"
    write_mnist(root, "MNIST")
    write_svhn(root)
    for name in ("MNIST", "SVHN"):
        assert all(download.to.is_file() for download in TorchvisionSet(name=name).downloads())
        assert TorchvisionSet(name=name).probe().counts["test"]
    (cifar,) = TorchvisionSet(name="CIFAR10").downloads()
    assert (cifar.to, cifar.checksum) == (root / "cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530")


def test_fewer_images_than_published_are_told(tmp_path):
    write_mnist(tmp_path, "MNIST")
    assert TorchvisionSet(name="MNIST", path=tmp_path).probe().notes == (
        "30 training and 20 test images are here, and 60,000 and 10,000 were published",
    )


def test_where_nothing_is_the_way_to_it_is_told(tmp_path):
    for name in SETS:
        with pytest.raises(NotFetched, match=f"get it with 'bench datasets fetch torchvision/{name}'"):
            TorchvisionSet(name=name, path=tmp_path).probe()


def test_split_means_nothing_to_other_sets():
    with pytest.raises(NeedlessKey, match="'split' means nothing to torchvision/MNIST, only to torchvision/EMNIST; leave it out"):
        TorchvisionSet(name="MNIST", split="digits")


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("data_batch_2.bin", b"", "0 bytes are no whole number of records of 3,073; fetch it again"),
        ("test_batch.bin", bytes(3072), "3,072 bytes are no whole number of records of 3,073; fetch it again"),
        ("batches.meta.txt", b"one\none\n", "it names 1 classes, not 10; fetch it again"),
    ],
)
def test_broken_files_of_cifar(tmp_path, file, content, expected):
    folder, _ = write_cifar(tmp_path, "CIFAR10")
    (folder / file).write_bytes(content)
    with pytest.raises(UnreadableData) as caught:
        TorchvisionSet(name="CIFAR10", path=tmp_path).probe()
    assert str(caught.value) == f"cannot read '{folder / file}': {expected}"


def test_a_label_beyond_the_classes(tmp_path):
    folder, _ = write_cifar(tmp_path, "CIFAR10")
    (folder / "test_batch.bin").write_bytes(bytes([10]) + bytes(3072))
    with pytest.raises(UnreadableData, match="test image 0 has a label beyond the 10 classes"):
        TorchvisionSet(name="CIFAR10", path=tmp_path).probe()


def test_labels_and_images_of_stl10_that_do_not_match(tmp_path):
    folder = write_stl(tmp_path)
    (folder / "test_y.bin").write_bytes(bytes(9))
    with pytest.raises(UnreadableData, match="it has 9 labels for 10 images"):
        TorchvisionSet(name="STL10", path=tmp_path).probe()


@pytest.mark.parametrize("content", [b"", b"MATLAB", bytes(4000), b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"\xff" * 200])
def test_a_broken_mat_file_is_told(tmp_path, content):
    write_svhn(tmp_path)
    (tmp_path / "test_32x32.mat").write_bytes(content)
    with pytest.raises(DataError, match=r"cannot read '.*test_32x32.mat'"):
        TorchvisionSet(name="SVHN", path=tmp_path).probe()


def test_a_mat_file_of_something_else_is_told(tmp_path):
    write_svhn(tmp_path)
    io.savemat(tmp_path / "test_32x32.mat", {"X": np.zeros((32, 32, 3, 5)), "y": np.ones(5)})
    with pytest.raises(UnreadableData, match=r"it holds .*float64.*, and X is to be 32 x 32 x 3 x N of uint8"):
        TorchvisionSet(name="SVHN", path=tmp_path).probe()
    io.savemat(tmp_path / "test_32x32.mat", {"X": np.zeros((32, 32, 3, 5), np.uint8), "y": np.full(5, np.nan)})
    with pytest.raises(UnreadableData, match="its labels y are float64, not whole numbers"):
        TorchvisionSet(name="SVHN", path=tmp_path).probe()
    io.savemat(tmp_path / "test_32x32.mat", {"X": np.zeros((32, 32, 3, 5), np.uint8), "y": np.ones(4, np.uint8)})
    with pytest.raises(UnreadableData, match="it has 4 labels for 5 images"):
        TorchvisionSet(name="SVHN", path=tmp_path).probe()


@pytest.mark.parametrize("packed", [True, False])
def test_mutated_mat_files_are_read_or_refused(tmp_path, packed):
    for part in ("train", "test"):
        held = {"X": np.moveaxis(pixels(10, 32, 32, 3), 0, -1), "y": np.arange(1, 11, dtype=np.uint8)}
        io.savemat(tmp_path / f"{part}_32x32.mat", held, do_compression=packed)
    path, rng = tmp_path / "test_32x32.mat", random.Random(0)
    whole = path.read_bytes()
    TorchvisionSet(name="SVHN", path=tmp_path).load()
    for _ in range(100):
        content = bytearray(whole)
        content[rng.choice([rng.randrange(120, 300), rng.randrange(len(whole))])] = rng.randrange(256)
        path.write_bytes(content[: rng.choice([len(whole), rng.randrange(len(whole))])])
        with contextlib.suppress(DataError):
            TorchvisionSet(name="SVHN", path=tmp_path).load()


def test_no_data_set_of_arrays_imports_torch_to_be_looked_at(tmp_path):
    write_mnist(tmp_path, "MNIST")
    write_svhn(tmp_path)
    code = (
        "import sys; from pathlib import Path; "
        "import augbench_datasets.numpy_arrays, augbench_datasets.medmnist, augbench_datasets.fashion_mnist, augbench_datasets.long_tail; "
        "from augbench_datasets.torchvision_family import TorchvisionSet as Set; "
        "print({'numpy', 'torch', 'PIL', 'scipy', 'pydantic'} & set(sys.modules)); "
        f"[Set(name=name, path=Path({str(tmp_path)!r})).probe() for name in ('MNIST', 'SVHN')]; "
        "print({'torch', 'torchvision', 'PIL'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:2] == ["set()", "set()"]


@conformance(TorchvisionSet(name="CIFAR10", path=Path()))
def test_a_set_of_torchvision_keeps_the_laws(component, check, tmp_path, monkeypatch):
    write_cifar(tmp_path, "CIFAR10")
    monkeypatch.chdir(tmp_path)
    check(component)
