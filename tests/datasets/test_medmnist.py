"""MedMNIST's files are read as published; a file of another set or size is refused."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from augbench import NotFetched
from augbench.testing import conformance
from augbench_datasets._array_errors import NotSingleLabel, WrongSet
from augbench_datasets._medmnist_sets import SETS
from augbench_datasets.medmnist import MedMnist


@pytest.fixture
def tiny(monkeypatch) -> None:
    """Let every set be published with two images of each class in each split."""
    few = {
        name: replace(published, counts=dict.fromkeys(("train", "validation", "test"), 2 * len(published.classes)))
        for name, published in SETS.items()
    }
    monkeypatch.setattr("augbench_datasets.medmnist.SETS", few)


def write(folder: Path, name: str, size: int = 28, **changes) -> dict[str, np.ndarray]:
    """Write a file in MedMNIST's layout."""
    published, rng = SETS[name], np.random.default_rng(size)
    count = 2 * len(published.classes)
    shape = (count, size, size, 3) if published.channels == 3 else (count, size, size)
    held = {f"{split}_images": rng.integers(0, 256, shape, dtype=np.uint8) for split in ("train", "val", "test")}
    held |= {f"{split}_labels": (np.arange(count, dtype=np.uint8) // 2)[:, None] for split in ("train", "val", "test")}
    np.savez_compressed(folder / f"{name}{'' if size == 28 else f'_{size}'}.npz", **held | changes)
    return held


@pytest.mark.parametrize("name", SETS)
@pytest.mark.usefixtures("tiny")
def test_every_set_is_read_in_its_layout(tmp_path, name):
    held = write(tmp_path, name)
    published, data = SETS[name], MedMnist(name=name, path=tmp_path)
    probe, splits = data.probe(), data.load()
    assert probe.classes == splits.classes == published.classes
    assert probe.counts == dict.fromkeys(("train", "validation", "test"), (2,) * len(published.classes))
    assert (probe.channels, probe.size, probe.groups) == (published.channels, (28, 28), None)
    image = splits.validation.images[1]
    assert image.shape == (28, 28, published.channels)
    np.testing.assert_array_equal(image.squeeze(), held["val_images"][1])


@pytest.mark.parametrize("size", [64, 128, 224])
@pytest.mark.usefixtures("tiny")
def test_the_larger_sizes_are_files_of_their_own(tmp_path, size):
    write(tmp_path, "breastmnist", size)
    assert MedMnist(name="breastmnist", size=size, path=tmp_path).probe().size == (size, size)
    with pytest.raises(NotFetched, match="get it with 'bench datasets fetch medmnist/breastmnist'"):
        MedMnist(name="breastmnist", path=tmp_path).probe()


@pytest.mark.usefixtures("tiny")
def test_grey_sets_may_be_shown_in_colour(tmp_path):
    write(tmp_path, "breastmnist")
    write(tmp_path, "bloodmnist")
    assert MedMnist(name="breastmnist", channels="rgb", path=tmp_path).load().train.images[0].shape == (28, 28, 3)
    blood = [MedMnist(name="bloodmnist", channels=channels, path=tmp_path).probe() for channels in (None, "rgb")]
    assert blood[0] == blood[1], "it has colours already"


def test_a_file_of_another_set_is_refused(tmp_path):
    write(tmp_path, "bloodmnist")
    with pytest.raises(WrongSet) as caught:
        MedMnist(name="bloodmnist", path=tmp_path).probe()
    assert str(caught.value) == (
        f"'{tmp_path}/bloodmnist.npz' is not BloodMNIST at size 28: it holds 16/16/16 images of 28 x 28 x 3 in 8 classes, published are "
        '11,959/1,712/3,421 images of 28 x 28 x 3 in 8 classes; fetch it again, or read what you have with use = "numpy"'
    )


@pytest.mark.parametrize(
    ("other", "told"), [("tissuemnist", "28 x 28 x 1 in 8 classes"), ("dermamnist", "14/14/14 images of 28 x 28 x 3 in 7")]
)
@pytest.mark.usefixtures("tiny")
def test_so_is_one_of_other_channels_or_classes(tmp_path, other, told):
    write(tmp_path, other)
    (tmp_path / f"{other}.npz").rename(tmp_path / "bloodmnist.npz")
    with pytest.raises(WrongSet, match=told):
        MedMnist(name="bloodmnist", path=tmp_path).probe()


@pytest.mark.usefixtures("tiny")
def test_and_one_of_another_size(tmp_path):
    write(tmp_path, "bloodmnist", 64)
    (tmp_path / "bloodmnist_64.npz").rename(tmp_path / "bloodmnist.npz")
    with pytest.raises(WrongSet, match="it holds 16/16/16 images of 64 x 64 x 3 in 8 classes"):
        MedMnist(name="bloodmnist", path=tmp_path).probe()


def test_several_labels_an_image_are_refused_with_the_reason():
    with pytest.raises(NotSingleLabel) as caught:
        MedMnist(name="chestmnist")
    assert str(caught.value) == (
        "medmnist/chestmnist has 14 labels an image, any number of them true, and only one class an image can be compared here"
    )


def test_downloads_are_the_files_that_are_read(monkeypatch, tmp_path):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    (download,) = MedMnist(name="bloodmnist", size=64).downloads()
    assert download.url == "https://zenodo.org/records/10519652/files/bloodmnist_64.npz?download=1"
    assert (download.to, download.checksum) == (tmp_path / "medmnist/bloodmnist_64.npz", "md5:2b94928a2ae4916078ca51e05b6b800b")


def test_every_file_has_a_checksum_of_its_own():
    digests = [digest for published in SETS.values() for digest in published.md5]
    assert len(set(digests)) == len(digests) == 4 * len(SETS) == 44
    assert all(re.fullmatch("[0-9a-f]{32}", digest) for digest in digests)


def test_cards_tell_licence_counts_and_traps():
    blood, skin = MedMnist(name="bloodmnist").card(), MedMnist(name="dermamnist").card()
    assert (blood.licence, skin.licence) == ("CC BY 4.0", "CC BY-NC 4.0")
    assert blood.images == "11,959/1,712/3,421 colour images of 28 x 28 for train/validation/test"
    assert any("one lesion" in trap for trap in skin.traps)


@conformance(MedMnist(name="breastmnist", path=Path(), channels="rgb"))
@pytest.mark.usefixtures("tiny")
def test_a_set_of_medmnist_keeps_the_laws(component, check, tmp_path, monkeypatch):
    write(tmp_path, "breastmnist")
    monkeypatch.chdir(tmp_path)
    check(component)
