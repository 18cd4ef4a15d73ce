"""Pairs of images that show the same are found by their pixels: compressed, noisy, moved, mirrored; others are not."""

from __future__ import annotations

import numpy as np
import pytest

from augbench.quality.duplicates import fingerprints
from augbench.quality.pairs import Looked, Pairs, find_pairs
from augbench.quality.pixels import moved, same
from support.cells import jpeg, phantoms

COUNT = 20


def found(*lots: np.ndarray, hints: bool = True) -> Pairs:
    splits = [np.ascontiguousarray(np.moveaxis(lot, 3, 1)) for lot in lots]
    looked = [Looked(take=split.__getitem__, prints=fingerprints(split.__getitem__, len(split), 255.0)) for split in splits]
    return find_pairs(looked, 255.0, hints=hints)


def places(pairs: np.ndarray) -> set[tuple[int, int]]:
    return {(early, late) for early, late in pairs.tolist()}


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    return phantoms(200, size=32)


def partners(cells: np.ndarray) -> set[tuple[int, int]]:
    return {(index, len(cells) + index) for index in range(COUNT)}


def test_different_cells_make_no_pairs(cells):
    pairs = found(cells[:150], cells[150:])
    assert [len(each) for each in (pairs.equal, pairs.near, pairs.moved, pairs.turned)] == [0, 0, 0, 0]


def test_equal_images_are_paired_with_the_first_of_their_kind(cells):
    pairs = found(cells, cells[[3, 3, 7]], hints=False)
    assert places(pairs.equal) == {(3, 200), (3, 201), (7, 202)}
    assert len(pairs.near) == 0


@pytest.mark.parametrize(("quality", "at_least"), [(95, 20), (85, 20), (75, 19)])
def test_what_was_saved_as_jpeg_is_found_and_nothing_else(cells, quality, at_least):
    again = np.stack([jpeg(cell, quality) for cell in cells[:COUNT]])
    near = places(found(cells, again, hints=False).near)
    assert near <= partners(cells)
    assert len(near) >= at_least


@pytest.mark.parametrize("light", [0.98, 1.02])
def test_a_little_light_leaves_an_image_nearly_the_same(light, cells):
    lit = np.minimum(cells[:COUNT] * light, 255).round().astype(np.uint8)
    assert places(found(cells, lit, hints=False).near) == partners(cells)


def test_a_little_noise_leaves_an_image_nearly_the_same_and_more_light_does_not(cells):
    noisy = np.clip(cells[:COUNT] + np.random.default_rng(0).normal(0, 2, cells[:COUNT].shape), 0, 255).astype(np.uint8)
    assert places(found(cells, noisy, hints=False).near) == partners(cells)
    lighter = np.minimum(cells[:COUNT].astype(np.int64) + 12, 255).astype(np.uint8)
    assert len(found(cells, lighter, hints=False).near) == 0


def test_a_changed_spot_makes_another_image():
    cell = phantoms(1, size=64)[0].transpose(2, 0, 1)
    spotted = cell.copy()
    spotted[:, 24:32, 24:32] //= 2
    assert same(cell, cell, 255.0)
    assert not same(cell, spotted, 255.0)


def test_an_image_scaled_down_still_shows_the_same():
    cell = phantoms(1, size=64)[0].transpose(2, 0, 1)
    half = cell.reshape(3, 32, 2, 32, 2).mean((2, 4)).round().astype(np.uint8)
    assert same(cell, half, 255.0)
    assert not moved(cell, half)


@pytest.mark.parametrize(("down", "across"), [(2, 0), (-1, 2), (3, -3)])
def test_what_was_cut_out_a_few_pixels_apart_is_moved(down, across):
    wide = phantoms(2, size=72)
    images = [cell.transpose(2, 0, 1) for cell in wide]
    here, there = images[0][:, 4:68, 4:68], images[0][:, 4 + down : 68 + down, 4 + across : 68 + across]
    assert moved(here, there)
    assert not moved(here, images[1][:, 4:68, 4:68])
    assert not moved(here, here)


def test_mirrored_and_turned_images_are_found(cells):
    ways = [
        cells[0][:, ::-1],
        cells[1][::-1],
        np.rot90(cells[2]),
        cells[3].transpose(1, 0, 2),
        jpeg(np.ascontiguousarray(cells[4][:, ::-1]), 90),
    ]
    pairs = found(cells, np.stack(ways))
    assert places(pairs.turned) == {(index, 200 + index) for index in range(5)}
    assert len(found(cells, np.stack(ways), hints=False).turned) == 0


def test_many_images_of_one_kind_take_no_time_and_are_all_found():
    flat = np.zeros((3000, 8, 8, 1), np.uint8) + np.arange(3000, dtype=np.uint8)[:, None, None, None] % 3
    pairs = found(flat[:300], flat[300:])
    assert len(pairs.equal) == 2997
    assert len(pairs.near) == 0


def test_nearly_black_pictures_of_other_things_are_not_the_same():
    dark, rng = np.zeros((60, 32, 32, 1), np.uint8), np.random.default_rng(0)
    for image in dark:
        image.reshape(-1)[rng.choice(1024, 3, replace=False)] = 200
    pairs = found(dark)
    assert [len(each) for each in (pairs.equal, pairs.near, pairs.moved, pairs.turned)] == [0, 0, 0, 0]


def test_deep_images_are_judged_by_their_own_range():
    deep = phantoms(100, size=32).astype(np.uint16) * 16
    noisy = deep + np.random.default_rng(0).integers(0, 16, deep.shape).astype(np.uint16)
    lots = [np.ascontiguousarray(np.moveaxis(lot, 3, 1)) for lot in (deep, noisy[:10])]
    looked = [Looked(take=lot.__getitem__, prints=fingerprints(lot.__getitem__, len(lot), 65535.0)) for lot in lots]
    assert places(find_pairs(looked, 65535.0, hints=False).near) == {(index, 100 + index) for index in range(10)}
