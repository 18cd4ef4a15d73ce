"""Images behind ``take``: resident and mapped ones agree."""

import numpy as np
import pytest
import torch

from augbench.stages.images import MappedImages, ResidentImages

CPU = torch.device("cpu")


def pixels_of(dtype: type) -> np.ndarray:
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (7, 3, 4, 5), dtype=dtype, endpoint=True)


def mapped(pixels: np.ndarray, folder) -> np.ndarray:
    np.save(folder / "pixels.npy", pixels)
    return np.load(folder / "pixels.npy", mmap_mode="r")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("chosen", [[3, 0, 3, 6], []])
def test_resident_and_mapped_images_are_the_rows_asked_for(dtype, chosen, tmp_path):
    pixels = pixels_of(dtype)
    indices = torch.tensor(chosen, dtype=torch.int64)
    for images in (ResidentImages.of(pixels, 255.0, CPU), MappedImages(mapped(pixels, tmp_path), 255.0, CPU)):
        found = images.take(indices)
        assert found.shape == (len(chosen), 3, 4, 5)
        np.testing.assert_array_equal(found.numpy(), pixels[chosen].astype(found.numpy().dtype))


@pytest.mark.parametrize(("dtype", "expected"), [(np.uint8, torch.uint8), (np.uint16, torch.int32)])
def test_the_largest_value_survives(dtype, expected, tmp_path):
    pixels = np.full((1, 1, 2, 2), np.iinfo(dtype).max, dtype=dtype)
    for images in (ResidentImages.of(pixels, 1.0, CPU), MappedImages(mapped(pixels, tmp_path), 1.0, CPU)):
        found = images.take(torch.tensor([0]))
        assert found.dtype == expected
        assert found.max().item() == np.iinfo(dtype).max


def test_shape_scale_and_length_are_those_of_the_pixels(tmp_path):
    pixels = pixels_of(np.uint16)
    for images in (ResidentImages.of(pixels, 65535.0, CPU), MappedImages(mapped(pixels, tmp_path), 65535.0, CPU)):
        assert (images.shape, images.scale, len(images)) == ((3, 4, 5), 65535.0, 7)


def test_a_mapped_file_is_read_without_a_warning(tmp_path, recwarn):
    ResidentImages.of(mapped(pixels_of(np.uint8), tmp_path), 255.0, CPU).take(torch.tensor([1]))
    assert not recwarn.list


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_images_arrive_on_the_gpu(tmp_path):
    pixels, device = pixels_of(np.uint16), torch.device("cuda")
    for images in (ResidentImages.of(pixels, 65535.0, device), MappedImages(mapped(pixels, tmp_path), 65535.0, device)):
        found = images.take(torch.tensor([5, 2], device=device))
        assert found.device.type == "cuda"
        np.testing.assert_array_equal(found.cpu().numpy(), pixels[[5, 2]])
