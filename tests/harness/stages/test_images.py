"""Images behind ``take``: resident and mapped ones agree."""

import numpy as np
import pytest
import torch

from augbench.stages import images as module
from augbench.stages.images import MappedImages, ResidentImages, images_of

CPU = torch.device("cpu")


def pixels_of(dtype: type) -> np.ndarray:
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (7, 3, 4, 5), dtype=dtype, endpoint=True)


def mapped(pixels: np.ndarray, folder) -> np.ndarray:
    np.save(folder / "pixels.npy", pixels)
    return np.load(folder / "pixels.npy", mmap_mode="r")


def in_two(pixels: np.ndarray) -> list:
    """Give the images in two parts, as folds and banks come."""
    half = len(pixels) // 2
    return [(pixels, np.arange(half)), (pixels[half:], np.arange(len(pixels) - half))]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("chosen", [[3, 0, 3, 6], []])
def test_resident_and_mapped_images_are_the_rows_asked_for(dtype, chosen, tmp_path):
    pixels = pixels_of(dtype)
    indices = torch.tensor(chosen, dtype=torch.int64)
    for images in (ResidentImages.of(pixels, 255.0, CPU), MappedImages(in_two(mapped(pixels, tmp_path)), 255.0, CPU)):
        found = images.take(indices)
        assert found.shape == (len(chosen), 3, 4, 5)
        np.testing.assert_array_equal(found.numpy(), pixels[chosen].astype(found.numpy().dtype))


@pytest.mark.parametrize(("dtype", "expected"), [(np.uint8, torch.uint8), (np.uint16, torch.int32)])
def test_the_largest_value_survives(dtype, expected, tmp_path):
    pixels = np.full((1, 1, 2, 2), np.iinfo(dtype).max, dtype=dtype)
    for images in (ResidentImages.of(pixels, 1.0, CPU), MappedImages(in_two(mapped(pixels, tmp_path)), 1.0, CPU)):
        found = images.take(torch.tensor([0]))
        assert found.dtype == expected
        assert found.max().item() == np.iinfo(dtype).max


def test_shape_scale_and_length_are_those_of_the_pixels(tmp_path):
    pixels = pixels_of(np.uint16)
    for images in (ResidentImages.of(pixels, 65535.0, CPU), MappedImages(in_two(mapped(pixels, tmp_path)), 65535.0, CPU)):
        assert (images.shape, images.scale, len(images)) == ((3, 4, 5), 65535.0, 7)


def test_a_mapped_file_is_read_without_a_warning(tmp_path, recwarn):
    ResidentImages.of(mapped(pixels_of(np.uint8), tmp_path), 255.0, CPU).take(torch.tensor([1]))
    assert not recwarn.list


@pytest.mark.parametrize(("free", "kind"), [(1e12, ResidentImages), (100.0, MappedImages)])
def test_images_stay_in_their_files_where_memory_is_short_and_are_the_same(monkeypatch, free, kind):
    monkeypatch.setattr(module, "_free_memory", lambda device: free)
    pixels, other = pixels_of(np.uint8), pixels_of(np.uint8)[::-1]
    images = images_of([(pixels, np.array([5, 1])), (other, np.array([0, 3, 2]))], 255.0, CPU)
    assert isinstance(images, kind)
    np.testing.assert_array_equal(images.take(torch.tensor([4, 0, 2, 4])).numpy(), np.stack([other[2], pixels[5], other[0], other[2]]))


def test_free_memory_is_told_in_bytes():
    assert 2**26 < module._free_memory(CPU) < 2**50


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_images_arrive_on_the_gpu(tmp_path):
    pixels, device = pixels_of(np.uint16), torch.device("cuda")
    for images in (ResidentImages.of(pixels, 65535.0, device), MappedImages(in_two(mapped(pixels, tmp_path)), 65535.0, device)):
        found = images.take(torch.tensor([5, 2], device=device))
        assert found.device.type == "cuda"
        np.testing.assert_array_equal(found.cpu().numpy(), pixels[[5, 2]])
