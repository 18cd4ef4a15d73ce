"""Pictures of every format: pixels as they were saved, and broken bytes cost one message."""

import io
import random
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench import DataError, OddImage, UnreadableImage
from augbench_datasets._kinds import Kind
from augbench_datasets._pictures import decode, inspect

COLOUR = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
GREY, DEEP = COLOUR[:, :, 0], np.random.default_rng(1).integers(0, 65536, (9, 7), dtype=np.uint16)


def saved(values: np.ndarray, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if form == "npy":
        np.save(buffer, values)
    else:
        Image.fromarray(values).save(buffer, form, **options)
    return buffer.getvalue()


def written(folder: Path, content: bytes) -> Path:
    # A file that is cut to nothing first may wait for the disk.
    (folder / "x").unlink(missing_ok=True)
    (folder / "x").write_bytes(content)
    return folder / "x"


def read(path: Path, channels=None, pages=None) -> np.ndarray:
    header = inspect(path, "x", pages)
    pixels = decode(path, "x", header.kind, channels, pages)
    assert pixels.shape[:2] == (header.height, header.width)
    assert pixels.shape[2] == header.kind.becomes(channels)
    assert pixels.dtype == (np.uint8 if header.kind.bits == 8 else np.uint16)
    return pixels


def message(path: Path, **how: object) -> str:
    with pytest.raises(DataError) as caught:
        read(path, **how)
    return str(caught.value)


@pytest.mark.parametrize(
    ("form", "values"),
    [
        *((form, COLOUR) for form in ("PNG", "BMP", "TIFF", "PPM", "npy")),
        *((form, GREY) for form in ("PNG", "BMP", "TIFF", "PPM", "npy")),
        *((form, DEEP) for form in ("PNG", "TIFF", "PPM", "npy")),
        ("npy", np.dstack([COLOUR, COLOUR])),
        ("npy", np.dstack([DEEP, DEEP])),
        ("npy", np.asfortranarray(DEEP)),
        ("npy", DEEP.astype(">u2")),
    ],
)
def test_pixels_are_what_was_saved(tmp_path, form, values):
    expected = values if values.ndim == 3 else values[:, :, None]
    np.testing.assert_array_equal(read(written(tmp_path, saved(values, form))), expected)


@pytest.mark.parametrize(("values", "channels"), [(COLOUR, "grey"), (GREY, "rgb"), (DEEP, "rgb"), (DEEP, "grey")])
def test_an_array_is_converted_as_a_png_is(tmp_path, values, channels):
    array = read(written(tmp_path, saved(values, "npy")), channels)
    np.testing.assert_array_equal(array, read(written(tmp_path, saved(values, "PNG")), channels))


@pytest.mark.parametrize("channels", ["rgb", "grey"])
def test_more_channels_are_not_converted(tmp_path, channels):
    assert message(written(tmp_path, saved(np.dstack([COLOUR, COLOUR]), "npy")), channels=channels) == (
        f"the image 'x' is 6-channel, which channels = \"{channels}\" cannot convert; leave channels out, or convert it"
    )


def test_deep_colour_is_not_made_grey(tmp_path):
    assert "is 16-bit rgb, which" in message(written(tmp_path, saved(np.dstack([DEEP] * 3), "npy")), channels="grey")


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "WEBP", "TIFF"])
def test_a_camera_s_pictures_stand_upright(tmp_path, form, turn):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[274] = turn
    path = written(tmp_path, saved(np.repeat(np.repeat(COLOUR, 8, 0), 8, 1), form, exif=exif))
    with Image.open(path) as image:
        expected = ImageOps.exif_transpose(image)
    header = inspect(path, "x")
    assert header.turned is (turn > 1 and form != "TIFF"), "Pillow turns a TIFF, and always has"
    assert (header.height, header.width) == ((72, 56) if turn < 5 else (56, 72))
    np.testing.assert_array_equal(read(path), np.asarray(expected))


def test_broken_notes_of_a_camera_do_no_harm(tmp_path):
    path = written(tmp_path, saved(COLOUR, "JPEG", exif=b"Exif\0\0" + b"\xff" * 30))
    assert not inspect(path, "x").turned
    assert read(path).shape == (9, 7, 3)


def test_pages_are_channels_where_that_is_said(tmp_path):
    pages = [np.roll(GREY, shift) for shift in range(5)]
    more = {"save_all": True, "append_images": [Image.fromarray(page) for page in pages[1:]]}
    for first, kind in ((pages[0], Kind(5)), (DEEP, None)):
        path = written(tmp_path, saved(first, "TIFF", **more))
        if kind:
            assert inspect(path, "x", "channels").kind == kind
            np.testing.assert_array_equal(read(path, pages="channels"), np.dstack(pages))
        else:
            assert "its page 2 is grey and not like the first" in message(path, pages="channels")
    assert 'it holds 5 pictures; save them apart, or set pages = "channels" where each is a channel' in message(path)


def test_a_picture_of_one_page_is_itself_where_pages_are_channels(tmp_path):
    np.testing.assert_array_equal(read(written(tmp_path, saved(COLOUR, "TIFF")), pages="channels"), COLOUR)


def test_more_pages_than_pixels_are_harmless_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    path = written(tmp_path, saved(GREY, "TIFF", save_all=True, append_images=[Image.fromarray(GREY)]))
    assert "more than the 100 pixels" in message(path, pages="channels")


@pytest.mark.parametrize("maximum", [300, 65535])
def test_16_bits_a_colour_of_a_ppm_are_refused_rather_than_halved(tmp_path, maximum):
    content = b"P6 7 9 %d\n" % maximum + bytes(7 * 9 * 6)
    assert "it has 16 bits a colour, of which Pillow reads 8" in message(written(tmp_path, content))


def test_further_samples_of_a_tiff_are_refused_rather_than_dropped(tmp_path):
    content = bytearray(saved(np.dstack([COLOUR, GREY]), "TIFF"))
    # The alpha channel is declared to be something else, as microscopes do with a fourth channel.
    place = content.index(b"\x52\x01\x03\x00\x01\x00\x00\x00\x02\x00")
    content[place + 8] = 0
    assert "it has 4 samples a pixel, of which Pillow reads 3; save it as a NumPy array" in message(written(tmp_path, bytes(content)))


def test_a_grey_picture_that_is_transparent_in_one_shade_is_refused_and_kept_where_no_pixel_has_it(tmp_path):
    content = saved(DEEP, "PNG", transparency=int(DEEP[0, 0]))
    assert "is partly transparent" in message(written(tmp_path, content))
    unused = next(value for value in range(65536) if value not in DEEP)
    np.testing.assert_array_equal(read(written(tmp_path, saved(DEEP, "PNG", transparency=unused)))[:, :, 0], DEEP)


def npy(header: str, body: bytes = b"", version: int = 1) -> bytes:
    text = header.encode()
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2 if version == 1 else 4, "little") + text + body


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000000, 3), }"), "its shape 1000000 x 1000000 x 3 takes 3,0"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (999999999999999999, 999999999999999999), }"), "its shape 99"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", b"1234567"), "its shape 2 x 2 takes 4 bytes, and there are 7"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2), }"), "its shape is 0 x 2; save it as [H, W] or [H, W, C]"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", b"1234"), "its shape is 4; save it as [H, W] or [H, W, C]"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", b"1"), "its header is not that of a plain NumPy array"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-2, -2), }", b"1234"), "its header is not that of a plain NumPy array"),
        (npy("{'descr': [('a', 'u1')], 'fortran_order': False, 'shape': (2, 2), }", b"1234"), "its header is not that of a plain"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 8, 8), }", bytes(192)), "its shape 3 x 8 x 8 looks like [C, H, W]"),
        (npy("__import__('os').abort()"), "its header is not that of a plain NumPy array"),
        (npy("{'descr': '|u1'" + "(" * 3000), "its header is not that of a plain NumPy array"),
        (b"\x93NUMPY", "its header is not that of a plain NumPy array"),
    ],
)
def test_an_array_that_is_no_picture_says_why(tmp_path, content, why):
    assert message(written(tmp_path, content)).startswith(f"cannot read the image 'x': {why}")


def test_a_header_of_another_version_is_read(tmp_path):
    content = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", b"1234", version=2)
    assert read(written(tmp_path, content)).tolist() == [[[49], [50]], [[51], [52]]]


@pytest.mark.parametrize(("values", "type"), [(np.array([[print]]), "|O"), (np.eye(3), "<f8"), (np.eye(3) > 0, "|b1")])
def test_an_array_of_other_things_is_refused_and_never_unpickled(tmp_path, values, type):
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=True)
    assert message(written(tmp_path, buffer.getvalue())) == (
        f"cannot read the image 'x': its numbers are of type '{type}'; save it as uint8 or uint16; mend or remove the file"
    )


def test_a_pipe_is_not_waited_for(tmp_path):
    import os

    os.mkfifo(tmp_path / "x")
    assert message(tmp_path / "x") == "cannot read the image 'x': it is no regular file; mend or remove the file"


def test_a_file_beyond_measure_is_not_read(tmp_path):
    with (tmp_path / "x").open("wb") as file:
        file.truncate(1 << 40)
    assert "it has 1,099,511,627,776 bytes, more than the 2,147,483,648 that are read of one picture" in message(tmp_path / "x")


def test_threads_leave_the_filters_of_warnings_as_they_were(tmp_path):
    path = written(tmp_path, saved(COLOUR, "PNG"))
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda _: read(path), range(200)))) == 200
    assert warnings.filters == before


def test_a_bomb_is_refused_by_every_thread(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    path = written(tmp_path, saved(COLOUR, "PNG"))

    def refused(_: int) -> bool:
        with pytest.raises(UnreadableImage, match="more than the 50 pixels"):
            decode(path, "x", Kind(3), None)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(refused, range(50)))


def fuzzed(count: int) -> list[bytes]:
    """Return broken copies of valid pictures: their headers changed, cut, doubled or stirred."""
    whole = [
        *(saved(COLOUR, form) for form in ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "PPM", "npy")),
        *(saved(DEEP, form) for form in ("PNG", "TIFF", "PPM", "npy")),
        saved(COLOUR, "TIFF", compression="tiff_lzw"),
        saved(GREY, "TIFF", save_all=True, append_images=[Image.fromarray(GREY)]),
        saved(COLOUR, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"),
    ]
    rng = random.Random(0)
    return [_broken(bytearray(whole[number % len(whole)]), rng) for number in range(count)]


def _broken(content: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        place = rng.randrange(min(len(content), rng.choice((16, 64, 512))))
        content[place] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    if rng.random() < 0.2:
        del content[rng.randrange(len(content)) :]
    elif rng.random() < 0.2:
        start = rng.randrange(len(content))
        content[start:start] = content[: rng.randrange(64)]
    return bytes(content)


def survive(folder: Path, pictures: list[bytes]) -> tuple[int, int]:
    """Read each picture; return how many could be, and how many were refused with one message."""
    messages = [_survived(written(folder, content), "channels" if len(content) % 2 else None) for content in pictures]
    refusals = [text for text in messages if text is not None]
    assert all(text.startswith(("cannot read the image 'x': ", "the image 'x' is ")) for text in refusals)
    assert not any("\n" in text for text in refusals)
    return len(messages) - len(refusals), len(refusals)


def _survived(path: Path, pages: str | None) -> str | None:
    try:
        read(path, pages=pages)
    except (UnreadableImage, OddImage) as error:
        return str(error)
    return None


@pytest.fixture
def quick(monkeypatch) -> None:
    """Call large what takes long to decode."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100_000)


@pytest.mark.usefixtures("quick")
@pytest.mark.filterwarnings("error")
def test_broken_headers_are_read_or_refused(tmp_path, capsys):
    good, refused = survive(tmp_path, fuzzed(420))
    assert min(good, refused) > 50
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.filterwarnings("error")
def test_ten_thousand_broken_headers_are_read_or_refused(tmp_path, capsys):
    good, refused = survive(tmp_path, fuzzed(10_000))
    assert min(good, refused) > 1000
    assert capsys.readouterr() == ("", "")
