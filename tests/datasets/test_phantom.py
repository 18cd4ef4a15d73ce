"""Phantom cells: deterministic, of any count and size, and told apart by what they are named after."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from augbench_datasets.phantom import CLASSES, Phantom

PAPER = (14333, 8616, 8601, 606, 68, 27, 15)


def few(**settings) -> Phantom:
    return Phantom(**{"train": (3, 2, 2, 2, 2, 2, 1), "test": (2, 1, 1, 1, 1, 1, 1)} | settings)


def all_images(phantom: Phantom) -> np.ndarray:
    return np.stack(list(phantom.load().train.images))


def sheet(count: int, size: int = 32) -> tuple[np.ndarray, np.ndarray]:
    train = Phantom(train=(count,) * 7, size=size).load().train
    return np.stack(list(train.images)).astype(float) / 255, train.labels


def test_a_third_as_many_images_are_for_validation_but_three_at_least():
    assert Phantom().probe().counts["validation"] == (200, 120, 120, 20, 8, 4, 3)
    assert Phantom(validation=(1, 2, 3, 4, 5, 6, 7)).probe().counts["validation"] == (1, 2, 3, 4, 5, 6, 7)


def test_a_cell_is_the_same_alone_as_in_a_block_and_in_any_order():
    images = few(size=64).load().train.images
    backwards = [images[index] for index in reversed(range(len(images)))][::-1]
    np.testing.assert_array_equal(np.stack(backwards), all_images(few(size=64)))
    np.testing.assert_array_equal(images[-1], backwards[-1])
    with pytest.raises(IndexError):
        images[len(images)]


def test_more_images_of_one_class_leave_the_others_as_they_are():
    more = few(train=(3, 2, 5, 2, 2, 2, 1)).load().train
    before = all_images(few())
    kept = [index for index, identity in enumerate(more.ids) if identity not in {f"train/granular/{i:05d}" for i in (2, 3, 4)}]
    np.testing.assert_array_equal(np.stack([more.images[index] for index in kept]), before)


def test_no_image_is_in_two_splits_and_none_is_drawn_twice():
    splits = few().load()
    seen = [hashlib.sha256(image).hexdigest() for split in (splits.train, splits.validation, splits.test) for image in split.images]
    assert len(set(seen)) == len(seen)


def test_another_seed_draws_other_cells():
    assert (all_images(few()) != all_images(few(seed=1))).any(axis=(1, 2, 3)).all()


def test_another_size_shows_the_same_cells():
    # Up to noise and sharpness: averages of 2 x 2 pixels agree with the smaller picture.
    small, large = all_images(few(size=32)).astype(float), all_images(few(size=64)).astype(float)
    shrunk = large.reshape(-1, 32, 2, 32, 2, 3).mean((2, 4))
    assert np.abs(shrunk - small).mean() < 4
    assert np.abs(shrunk[1:] - small[:-1]).mean() > 12


def test_the_digest_follows_whatever_changes_a_pixel_or_a_count():
    settings = [{}, {"seed": 1}, {"size": 33}, {"train": (4, 2, 2, 2, 2, 2, 1)}, {"validation": (3, 3, 3, 3, 3, 3, 4)}]
    assert len({few(**change).probe().digest for change in settings}) == len(settings)
    assert few().probe().digest == few(validation=(3,) * 7).probe().digest


def test_pixels_are_those_of_this_revision():
    # Whoever changes the drawing counts up _cells.REVISION, and only then this number.
    pixels = all_images(few(size=16))
    assert hashlib.sha256(pixels).hexdigest()[:16] == "7b4dd1a83c34510b"


def test_the_counts_of_a_large_data_set_cost_nothing_until_images_are_asked_for():
    train = Phantom(train=PAPER).load().train
    assert tuple(np.bincount(train.labels)) == PAPER
    assert train.images[len(train.ids) - 1].shape == (32, 32, 3)


@pytest.mark.parametrize("size", [8, 33, 64])
def test_any_size_is_drawn(size):
    assert all_images(few(size=size)).shape == (14, size, size, 3)


def test_every_picture_shows_a_dark_nucleus_on_a_pale_background():
    pixels, _ = sheet(12)
    brightness = pixels.mean(3)
    assert (brightness[:, 12:20, 12:20].mean((1, 2)) < 0.72).all()
    assert (np.quantile(brightness, 0.9, axis=(1, 2)) > 0.8).all()


def elongation(pixels: np.ndarray) -> np.ndarray:
    """Return how much longer than wide what is bluer than the background is, by second moments."""
    stained = np.clip(pixels[..., 2] - pixels[..., 1] - 0.05, 0, None)
    axis = np.arange(pixels.shape[1]) - pixels.shape[1] / 2
    total = stained.sum((1, 2))
    x, y = (stained.sum(1) * axis).sum(1) / total, (stained.sum(2) * axis).sum(1) / total
    xx = (stained.sum(1) * axis**2).sum(1) / total - x**2
    yy = (stained.sum(2) * axis**2).sum(1) / total - y**2
    xy = np.einsum("nij,i,j->n", stained, axis, axis) / total - x * y
    gap = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
    return np.sqrt((xx + yy + gap) / (xx + yy - gap))


def test_oval_cells_are_longer_than_smooth_ones_but_the_two_overlap():
    pixels, labels = sheet(60, 64)
    found = elongation(pixels)
    smooth, oval = found[labels == CLASSES.index("smooth")], found[labels == CLASSES.index("oval")]
    assert np.median(oval) > np.quantile(smooth, 0.9)
    assert smooth.max() > oval.min()


def test_the_module_is_light():
    code = (
        "import sys, augbench_datasets.phantom, augbench_datasets.image_folder, augbench_datasets.resize as r; "
        "print({'numpy', 'torch', 'PIL', 'pydantic'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_probing_draws_nothing_slow():
    assert Phantom(train=PAPER, size=1024).probe().size == (1024, 1024)
