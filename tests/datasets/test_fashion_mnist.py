"""Fashion-MNIST is found where it may lie, and its idx files are read to the letter."""

import contextlib
import gzip
import random
import struct
from pathlib import Path

import numpy as np
import pytest

from augbench import DataError, NotFetched, UnreadableData
from augbench.testing import conformance
from augbench_datasets import _numbers, fashion_mnist
from augbench_datasets.fashion_mnist import CLASSES, FashionMnist

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()


def contents(prefix: str, count: int = 20) -> dict[str, bytes]:
    rng = np.random.default_rng(list(prefix.encode()))
    pictures = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    return {f"{prefix}-images-idx3-ubyte": idx(pictures), f"{prefix}-labels-idx1-ubyte": idx(np.arange(count) % 10)}


def write(folder: Path, *, packed: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (contents("train") | contents("t10k")).items():
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content) if packed else content)
    return folder


def message(folder: Path) -> str:
    with pytest.raises(UnreadableData) as caught:
        FashionMnist(path=folder).probe()
    return str(caught.value).replace(str(folder), "FOLDER")


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Path:
    """Let neither fetched files nor Debian's be found, unless a test puts them there."""
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(fashion_mnist, "_DEBIAN", tmp_path / "debian")
    return tmp_path


def test_images_labels_and_classes_are_those_of_the_files(tmp_path):
    splits = FashionMnist(path=write(tmp_path)).load()
    assert splits.classes == CLASSES
    assert splits.train.labels.tolist() == list(range(10)) * 2
    assert splits.test.ids[3] == "test/3"
    assert splits.validation is None
    expected = np.frombuffer(contents("t10k")["t10k-images-idx3-ubyte"][16:], np.uint8).reshape(20, 28, 28, 1)
    np.testing.assert_array_equal(np.stack(list(splits.test.images)), expected)


def test_plain_files_gzipped_ones_and_torchvision_s_folders_are_the_same(tmp_path):
    write(tmp_path / "packed")
    write(tmp_path / "plain", packed=False)
    write(tmp_path / "root/FashionMNIST/raw")
    assert len({FashionMnist(path=tmp_path / place).probe().digest for place in ("packed", "plain", "root")}) == 1


def test_colour_repeats_the_one_channel(tmp_path):
    grey, colour = FashionMnist(path=write(tmp_path)), FashionMnist(path=tmp_path, channels="rgb")
    assert (grey.probe().channels, colour.probe().channels) == (1, 3)
    assert grey.probe().digest != colour.probe().digest
    image = colour.load().train.images[7]
    assert image.shape == (28, 28, 3)
    np.testing.assert_array_equal(image, np.repeat(grey.load().train.images[7], 3, axis=2))


def test_where_nothing_is_the_way_to_it_is_told(nowhere):
    with pytest.raises(NotFetched) as caught:
        FashionMnist().probe()
    assert str(caught.value) == (
        f"'{nowhere}/data/fashion-mnist/{IMAGES}' is not there; get it with 'bench datasets fetch fashion-mnist', or say where its files "
        'lie: path = "FOLDER"'
    )


def test_debian_s_package_is_found_and_fetched_files_go_before_it(nowhere):
    write(nowhere / "debian")
    debian = FashionMnist().probe()
    fetched = write(nowhere / "data/fashion-mnist")
    (fetched / f"{LABELS}.gz").write_bytes(gzip.compress(idx(np.arange(20) // 2)))
    assert FashionMnist().probe().digest != debian.digest
    (fetched / f"{LABELS}.gz").unlink()
    assert FashionMnist().probe().digest == debian.digest, "a folder that lacks a file is no data set"


def test_downloads_land_where_they_are_read(nowhere):
    downloads = FashionMnist().downloads()
    write(nowhere / "data/fashion-mnist")
    assert [download.to.is_file() for download in downloads] == [True] * 4
    assert downloads[0].checksum == "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"
    assert FashionMnist(path=nowhere / "mine").downloads()[0].to == nowhere / "mine" / f"{IMAGES}.gz"


def test_nothing_is_to_be_fetched_where_debian_s_package_is(nowhere):
    write(nowhere / "debian")
    assert FashionMnist().downloads() == ()
    write(nowhere / "data/fashion-mnist")
    assert len(FashionMnist().downloads()) == 4


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_debian_s_files_are_the_published_70000_images():
    probe = FashionMnist(path=DEBIAN).probe()
    assert {split: dict(zip(probe.classes, counts, strict=True)) for split, counts in probe.counts.items()} == FashionMnist().card().counts
    # The whole of it, so that fetched files are known to be the same.
    assert probe.digest.startswith("4ddfc6669de46a06")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (IMAGES, b"", "it begins with nothing, an idx file of 3 dimensions with 00 00 08 03; fetch it again"),
        (IMAGES, idx(np.zeros(4)), "it begins with 00 00 08 01, an idx file of 3 dimensions with 00 00 08 03; fetch it again"),
        (IMAGES, b"\0\0\x0d\3" + bytes(12), "it begins with 00 00 0d 03, an idx file of 3 dimensions with 00 00 08 03; fetch it again"),
        (IMAGES, contents("train")[IMAGES][:9], "it ends within its header; fetch it again"),
        (LABELS, contents("train")[LABELS][:-1], "it has 27 bytes, and its header says 28; fetch it again"),
        (LABELS, contents("train")[LABELS] + b"0", "it has 29 bytes, and its header says 28; fetch it again"),
        (
            IMAGES,
            b"\0\0\x08\3" + b"\xff" * 12,
            "it has 16 bytes, and its header says 79,228,162,458,924,105,385,300,197,391; fetch it again",
        ),
    ],
)
def test_a_plain_file_holds_one_header_and_exactly_what_it_announces(tmp_path, name, content, expected):
    (write(tmp_path, packed=False) / name).write_bytes(content)
    assert message(tmp_path) == f"cannot read 'FOLDER/{name}': {expected}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (gzip.compress(contents("train")[LABELS][:-1]), "1 bytes are missing; fetch it again"),
        (gzip.compress(contents("train")[LABELS] + b"0"), "more than 20 bytes of numbers; fetch it again"),
        (
            gzip.compress(contents("train")[LABELS])[:-9],
            "Compressed file ended before the end-of-stream marker was reached; fetch it again",
        ),
        (gzip.compress(contents("train")[LABELS])[:-8] + bytes(8), "CRC check failed 0xa2d4ee74 != 0x0; fetch it again"),
        (contents("train")[LABELS], "Not a gzipped file (b'\\x00\\x00'); fetch it again"),
    ],
)
def test_a_gzipped_file_does_so_too(tmp_path, content, expected):
    (write(tmp_path) / f"{LABELS}.gz").write_bytes(content)
    found = message(tmp_path)
    assert found.startswith(f"cannot read 'FOLDER/{LABELS}.gz': ")
    assert found.endswith("; fetch it again")
    if "CRC" not in expected:
        assert found == f"cannot read 'FOLDER/{LABELS}.gz': {expected}"


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(_numbers, "_HARMLESS", 1000)
    (write(tmp_path) / f"{IMAGES}.gz").write_bytes(gzip.compress(idx(np.zeros((2000, 28, 28)))))
    assert "would unpack to 1,568,000, which no images do" in message(tmp_path)


def test_a_label_beyond_the_classes_and_labels_of_other_images(tmp_path):
    write(tmp_path, packed=False)
    (tmp_path / LABELS).write_bytes(idx(np.arange(20)))
    with pytest.raises(DataError, match=f"the array '{LABELS}' of '.*' holds 19 at place 19, and 10 classes are numbered 0 to 9"):
        FashionMnist(path=tmp_path).probe()
    (tmp_path / LABELS).write_bytes(idx(np.arange(19) % 10))
    with pytest.raises(DataError, match="there are 20 images, and each needs one label"):
        FashionMnist(path=tmp_path).probe()


@pytest.mark.parametrize("packed", [False, True])
def test_whatever_is_wrong_is_a_message(tmp_path, packed):
    path = write(tmp_path, packed=packed) / (f"{IMAGES}.gz" if packed else IMAGES)
    whole, rng = path.read_bytes(), random.Random(0)
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            content[rng.randrange(40 if rng.random() < 0.5 else len(content))] = rng.randrange(256)
        path.write_bytes(content[: rng.randint(0, len(content))] if rng.random() < 0.2 else content)
        with contextlib.suppress(DataError):
            FashionMnist(path=tmp_path).probe()


@conformance(FashionMnist(path=Path()))
def test_fashion_mnist_keeps_the_laws(component, check, tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path))
    check(component)
