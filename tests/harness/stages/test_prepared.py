"""Prepared data sets: what is written is what is read, and what does not fit is named."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from augbench import DataError, EmptyClass, OddImage, Resize, Split, Splits
from augbench.stages.prepared import read_prepared, write_prepared
from augbench.values.errors import OddPixels, RefusedImage


@dataclass(frozen=True, kw_only=True)
class TopLeft(Resize):
    size: int

    def shape(self):
        return self.size, self.size

    def apply(self, image):
        if image.shape[0] < self.size:
            raise DataError("is too low")
        return image[: self.size, : self.size]


def quiet(done: int, total: int, **numbers: float) -> None:
    pass


def split(name: str, images: list[np.ndarray], labels: list[int], groups: tuple[str, ...] | None = None) -> Split:
    return Split(images=images, labels=np.array(labels), ids=tuple(f"{name}/{i}.png" for i in range(len(images))), groups=groups)


def noise(count: int, dtype: type = np.uint8, shape: tuple[int, int, int] = (4, 5, 3), seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True) for _ in range(count)]


def data(dtype: type = np.uint8, train: list[np.ndarray] | None = None, labels: tuple[int, ...] = (0, 1, 1)) -> Splits:
    return Splits(
        classes=("a", "ü"),
        train=split("train", train or noise(3, dtype), list(labels), ("s1", "s1", "s2")),
        test=split("test", noise(2, dtype, seed=1), [1, 0]),
    )


@pytest.mark.parametrize(("dtype", "scale"), [(np.uint8, 255.0), (np.uint16, 65535.0)])
def test_what_is_written_is_what_is_read(dtype, scale, tmp_path):
    splits = data(dtype)
    write_prepared(splits, None, tmp_path, "cells", quiet)
    prepared = read_prepared(tmp_path)
    assert (prepared.classes, prepared.shape, prepared.scale) == (splits.classes, (3, 4, 5), scale)
    for written, read in ((splits.train, prepared.train), (splits.test, prepared.test)):
        assert (read.ids, read.groups, read.labels.tolist()) == (written.ids, written.groups, written.labels.tolist())
        assert read.pixels.dtype == dtype
        np.testing.assert_array_equal(read.pixels, np.stack(written.images).transpose(0, 3, 1, 2))
    assert prepared.validation is None


def test_pixels_stay_in_their_file_until_asked_for(tmp_path):
    write_prepared(data(), None, tmp_path, "cells", quiet)
    assert isinstance(read_prepared(tmp_path).train.pixels, np.memmap)


@pytest.mark.parametrize(("dtype", "scale"), [(np.uint8, 255), (np.uint16, 65535)])
def test_mean_and_sd_are_those_of_the_training_pixels_by_channel(dtype, scale, tmp_path):
    splits = data(dtype)
    write_prepared(splits, None, tmp_path, "cells", quiet)
    pixels = np.stack(splits.train.images).reshape(-1, 3) / scale
    np.testing.assert_allclose(read_prepared(tmp_path).mean, pixels.mean(0), rtol=1e-12)
    np.testing.assert_allclose(read_prepared(tmp_path).sd, pixels.std(0), rtol=1e-12)


def test_the_sd_of_equal_pixels_is_nothing(tmp_path):
    write_prepared(data(np.uint16, train=[np.full((4, 5, 3), 60001, np.uint16)] * 3), None, tmp_path, "cells", quiet)
    assert read_prepared(tmp_path).sd == (0.0, 0.0, 0.0)


def test_equal_images_give_equal_bytes(tmp_path):
    digests = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write_prepared(data(), None, folder, name, quiet)
        digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()})
    assert digests[0] == digests[1]
    assert set(digests[0]) == {"meta.json", *(f"{part}{end}" for part in ("train", "test") for end in (".npy", ".labels.npy", ".json"))}


def test_counts_are_kept_by_split(tmp_path):
    write_prepared(data(), None, tmp_path, "cells", quiet)
    assert json.loads((tmp_path / "meta.json").read_text(encoding="utf-8"))["counts"] == {"train": [1, 2], "test": [1, 1]}


def test_progress_tells_of_every_image(tmp_path):
    told = []
    write_prepared(data(), None, tmp_path, "cells", lambda done, total, **numbers: told.append((done, total)))
    assert told == [(number, 5) for number in range(1, 6)]


def test_a_resize_brings_images_to_one_size(tmp_path):
    images = [*noise(2), *noise(1, shape=(6, 3, 3))]
    write_prepared(data(train=images), TopLeft(size=3), tmp_path, "cells", quiet)
    np.testing.assert_array_equal(read_prepared(tmp_path).train.pixels[2], images[2][:3, :3].transpose(2, 0, 1))


def test_an_image_that_a_resize_refuses_is_named(tmp_path):
    with pytest.raises(RefusedImage, match=r"^the image 'train/0.png' is too low$"):
        write_prepared(data(), TopLeft(size=5), tmp_path, "cells", quiet)


def test_an_image_of_another_size_is_named_with_the_way_out(tmp_path):
    with pytest.raises(OddImage) as caught:
        write_prepared(data(train=[*noise(2), *noise(1, shape=(6, 5, 3))]), None, tmp_path, "cells", quiet)
    assert str(caught.value) == (
        "the image 'train/2.png' is 6 x 5 pixels, 3 channels, 8 bit, the others are 4 x 5 pixels, 3 channels, 8 bit; "
        'set resize, such as { use = "bilinear", size = 64 }'
    )


def test_an_image_of_another_depth_is_named(tmp_path):
    with pytest.raises(OddImage, match=r"'train/2.png' is .* 16 bit, the others are .* 8 bit; convert it$"):
        write_prepared(data(train=[*noise(2), *noise(1, np.uint16)]), None, tmp_path, "cells", quiet)


def test_an_image_of_floats_is_refused(tmp_path):
    with pytest.raises(OddPixels) as caught:
        write_prepared(data(train=[image.astype(np.float32) for image in noise(3)]), None, tmp_path, "cells", quiet)
    assert str(caught.value) == "the image 'train/0.png' holds float32 numbers; data sets hold uint8 or uint16: convert it"


def test_a_class_without_training_images_is_named(tmp_path):
    with pytest.raises(EmptyClass, match=r"^class 'ü' has no images in the train split of 'cells'; "):
        write_prepared(data(labels=(0, 0, 0)), None, tmp_path, "cells", quiet)


def test_a_full_disk_is_an_error_that_can_be_caught(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (tmp_path / "train.npy").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write_prepared(data(), None, tmp_path, "cells", quiet)
