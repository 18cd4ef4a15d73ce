"""Equal images are found, and those whose thumbnails are alike, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from augbench.quality.duplicates import CLOSE, Fingerprints, alike, candidates, common, fingerprints, turn, turned


def smooth(count: int, seed: int = 0, shape: tuple[int, int, int] = (3, 20, 24), dtype: type = np.uint8) -> np.ndarray:
    """Draw images that have something to see in every part."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((count, shape[0], 4, 6))
    grid = np.kron(coarse, np.ones((1, 1, shape[1] // 4, shape[2] // 6)))
    return (grid * np.iinfo(dtype).max * 0.9).astype(dtype)


def prints(images: np.ndarray) -> Fingerprints:
    return fingerprints(images.__getitem__, len(images), float(np.iinfo(images.dtype).max))


def pairs(left: np.ndarray, right: np.ndarray, limit: float = CLOSE) -> set[tuple[int, int]]:
    ours, theirs = prints(left), prints(right)
    return {(int(i), int(j)) for found, _ in candidates(ours, theirs, common((ours, theirs)), limit) for i, j in found}


def test_images_of_equal_pixels_have_equal_numbers_across_lots():
    images = smooth(5)
    first, second = alike(prints(images[[0, 1, 0]]), prints(images[[1, 2]]))
    assert first[0] == first[2] != first[1] == second[0] != second[1]
    assert len({*first.tolist(), *second.tolist()}) == 3


def test_one_changed_pixel_makes_another_image():
    images = smooth(2)
    images[1] = images[0]
    images[1, 2, 19, 23] += 1
    (numbers,) = alike(prints(images))
    assert numbers[0] != numbers[1]


def test_equal_bytes_in_another_size_are_another_image():
    tall, wide = np.zeros((1, 1, 4, 8), np.uint8), np.zeros((1, 1, 8, 4), np.uint8)
    first, second = alike(prints(tall), prints(wide))
    assert first[0] != second[0]


def test_the_slowest_waves_lose_none_of_the_pairs_that_a_look_at_all_thumbnails_finds():
    rng = np.random.default_rng(2)
    images = np.repeat(smooth(40), 3, axis=0).astype(np.int64)
    images = np.clip(images + rng.integers(-9, 10, images.shape), 0, 255).astype(np.uint8)
    every = prints(images).thumbnails.astype(np.float64)
    every -= every.mean(1, keepdims=True)
    every -= every.mean(0)
    every /= np.linalg.norm(every, axis=1, keepdims=True)
    wanted = {(int(i), int(j)) for i, j in np.argwhere(1 - every @ every.T < CLOSE)}
    assert len(wanted) > 120
    assert pairs(images, images) == wanted


def test_what_all_images_have_in_common_makes_no_pairs():
    scene = smooth(1, seed=5).astype(np.int64)
    others = np.clip(scene + smooth(200, seed=6) // 24, 0, 255).astype(np.uint8)
    assert pairs(others[:100], others[100:]) == set()
    few = prints(others[:5])
    assert not common((few,)).any(), "of a few images, the common part is most of each"


def test_images_that_show_nothing_are_near_to_none():
    flat = np.full((30, 3, 12, 12), 7, np.uint8)
    board = np.tile(np.array([[0, 200], [200, 0]], np.uint8), (8, 8))[None, None]
    assert pairs(flat, flat) == set()
    assert pairs(board, 200 - board) == set()


@pytest.mark.parametrize("ways", [(False, False, True), (True, False, False), (True, True, True)])
def test_turned_fingerprints_are_those_of_turned_images(ways):
    images = smooth(6)
    expected = prints(np.ascontiguousarray(turn(images, *ways)))
    np.testing.assert_allclose(turned(prints(images), *ways).thumbnails, expected.thumbnails, atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 4, 4), (3, 7, 200), (2, 9, 8)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_images_of_any_size_have_fingerprints(shape, dtype):
    top = np.iinfo(dtype).max
    images = np.random.default_rng(0).integers(0, top, (5, *shape), dtype=dtype, endpoint=True)
    found = prints(images)
    values = images.reshape(5, shape[0], -1) / top
    np.testing.assert_allclose(found.thumbnails.mean(1), values.mean((1, 2)), atol=1e-6)
    np.testing.assert_allclose(found.colours, np.concatenate([values.mean(2), values.std(2)], axis=1), atol=1e-6)


def test_the_border_is_a_frame_of_an_eighth():
    image = np.full((1, 1, 16, 24), 9, np.uint8)
    image[:, :, 2:14, 2:22] = 200
    np.testing.assert_allclose(prints(image).borders, [[9 / 255, 0]], atol=1e-6)


def test_images_of_several_sizes_have_fingerprints_like_those_of_one():
    first, second = smooth(2), smooth(2, shape=(3, 8, 12))
    mixed = [first[0], second[0], second[1], first[1]]
    found = fingerprints(lambda indices: [mixed[index] for index in indices], 4, 255.0)
    np.testing.assert_array_equal(found.chosen(np.array([1, 2])).colours, prints(second).colours)
    np.testing.assert_array_equal(found.digests[[0, 3]], prints(first).digests)


def test_nothing_is_found_among_no_images():
    images = smooth(3)
    assert pairs(images[:0], images) == pairs(images, images[:0]) == set()
