"""Equal images are found, nearly equal ones, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from augbench.quality.duplicates import DISTANCE, NEAR, Fingerprints, alike, candidates, fingerprints, near, with_near


def smooth(count: int, seed: int = 0, shape: tuple[int, int, int] = (3, 20, 24), dtype: type = np.uint8) -> np.ndarray:
    """Draw images that have something to see in every part."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((count, shape[0], 4, 6))
    grid = np.kron(coarse, np.ones((1, 1, shape[1] // 4, shape[2] // 6)))
    return (grid * np.iinfo(dtype).max * 0.9).astype(dtype)


def prints(images: np.ndarray) -> Fingerprints:
    return fingerprints(images.__getitem__, len(images), float(np.iinfo(images.dtype).max))


def doubled(left: np.ndarray, right: np.ndarray) -> list[bool]:
    return with_near(prints(left), left.__getitem__, prints(right), right.__getitem__, float(np.iinfo(left.dtype).max)).tolist()


def every_pair(left: np.ndarray, right: np.ndarray) -> set[tuple[int, int]]:
    """Find the pairs that are nearly the same by looking at every one."""
    ours, theirs = prints(left).hashes, prints(right).hashes
    close = np.array([[bin(int(a) ^ int(b)).count("1") <= DISTANCE for b in theirs] for a in ours])
    apart = np.abs(left[:, None].astype(float) - right[None]).mean((2, 3, 4))
    return {(int(i), int(j)) for i, j in np.argwhere(close & (apart < NEAR * 255))}


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


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_little_noise_leaves_an_image_nearly_the_same(dtype):
    images, rng = smooth(40, dtype=dtype), np.random.default_rng(1)
    step = np.iinfo(dtype).max // 255
    noisy = (images.astype(np.int64) + rng.integers(0, 2, images.shape) * step).astype(dtype)
    assert doubled(noisy, images) == [True] * 40
    assert doubled(noisy, smooth(40, seed=9, dtype=dtype)) == [False] * 40


def test_brighter_by_more_than_the_limit_is_another_image():
    images = smooth(10)
    assert doubled(images + np.uint8(1), images) == [True] * 10
    assert doubled(images + np.uint8(2), images) == [False] * 10


def test_equal_thumbnails_do_not_make_equal_images():
    # Fields of 2 x 2 pixels with the same mean: only the pixels tell these apart.
    board = np.tile(np.array([[0, 200], [200, 0]], np.uint8), (8, 9))[None, None]
    other = 200 - board
    ours, theirs = prints(board), prints(other)
    assert [pairs.tolist() for pairs in candidates(ours, theirs) if len(pairs)] == [[[0, 0]]]
    assert doubled(board, other) == [False]


def test_what_is_found_is_what_a_look_at_every_pair_finds():
    rng = np.random.default_rng(2)
    images = np.repeat(smooth(30), 4, axis=0).astype(np.int64)
    images = np.clip(images + rng.integers(-2, 3, images.shape), 0, 255).astype(np.uint8)
    left, right = images[::2], images[1::2]
    pairs = np.concatenate(list(candidates(prints(left), prints(right))))
    assert len({tuple(pair) for pair in pairs.tolist()}) == len(pairs), "each pair is found once"
    sure = pairs[near(left.__getitem__, right.__getitem__, pairs, 255.0)]
    assert {tuple(pair) for pair in sure.tolist()} == every_pair(left, right) != set()


def hashed(hashes: list[int]) -> Fingerprints:
    """Make fingerprints of images that differ in nothing but their hashes."""
    count = len(hashes)
    return Fingerprints(
        digests=np.zeros((count, 2), np.uint64),
        hashes=np.array(hashes, np.uint64),
        thumbnails=np.zeros((count, 72), np.float32),
        contrasts=np.ones(count, np.float32),
    )


def test_hashes_that_differ_in_any_two_bits_are_candidates_and_no_others():
    every = hashed([0, *(1 << a | 1 << b for a in range(64) for b in range(a, 64))])
    assert sum(len(pairs) for pairs in candidates(hashed([0]), every)) == len(every.hashes)
    assert sum(len(pairs) for pairs in candidates(hashed([0]), hashed([7, 1 | 1 << 20 | 1 << 63]))) == 0


def test_nearly_black_pictures_of_other_things_are_not_the_same():
    dark, rng = np.zeros((60, 1, 32, 32), np.uint8), np.random.default_rng(0)
    for image in dark:
        image.reshape(-1)[rng.choice(1024, 3, replace=False)] = 200
    assert doubled(dark[:30], dark[30:]) == [False] * 30
    assert doubled(dark + np.uint8(0), dark) == [True] * 60


def test_pairs_are_judged_by_all_their_pixels():
    images = smooth(3).astype(np.uint8)
    pairs = np.array([[0, 0], [0, 1], [2, 2]])
    assert near(images.__getitem__, images.__getitem__, pairs, 255.0).tolist() == [True, False, True]


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 4, 4), (3, 7, 200), (2, 9, 8)])
def test_images_of_any_size_have_fingerprints(shape):
    images = np.random.default_rng(0).integers(0, 256, (5, *shape), dtype=np.uint8)
    found = prints(images)
    np.testing.assert_allclose(found.thumbnails.mean(1), images.reshape(5, -1).mean(1) / 255, atol=1e-6)
    assert doubled(images, images) == [True] * 5


def test_many_images_that_are_all_alike_take_no_time():
    flat = np.zeros((3000, 1, 8, 8), np.uint8) + np.arange(3000, dtype=np.uint8)[:, None, None, None] % 3
    assert all(doubled(flat[:300], flat[300:]))


def test_nothing_is_found_among_no_images():
    images = smooth(3)
    assert doubled(images[:0], images) == []
    assert doubled(images, images[:0]) == [False] * 3
