"""A folder of images: layout and manifest agree, and every bad input has one clear message."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench import AugbenchError, DataError, EmptyClass, OddImage, UnreadableImage
from augbench.testing import conformance
from augbench.values.errors import ConfigError
from augbench_datasets._division import Division
from augbench_datasets.image_folder import ImageFolder

CELLS = Path(os.environ.get("AUGBENCH_BCCD6") or Path(__file__).parents[3] / "shared/data/bccd6")
needs_cells = pytest.mark.skipif(not CELLS.is_dir(), reason="bccd6 is not here; set AUGBENCH_BCCD6")

NAMES = [f"{split}/{label}/{number}.png" for split in ("train", "val", "test") for label in ("b", "a") for number in (1, 0)]


def pixels(name: str, mode: str = "RGB", size: tuple[int, int] = (6, 5)) -> Image.Image:
    rng = np.random.default_rng(list(name.encode()))
    channels = {"RGB": (3,), "RGBA": (4,), "LA": (2,)}.get(mode, ())
    return Image.fromarray(rng.integers(0, 256, (size[1], size[0], *channels), dtype=np.uint8))


def save(root: Path, name: str, picture: Image.Image | None = None) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (picture or pixels(name)).save(root / name)


@pytest.fixture
def root(tmp_path) -> Path:
    for name in NAMES:
        save(tmp_path, name)
    return tmp_path


def write_manifest(root: Path, lines: list[str], name: str = "manifest.csv") -> str:
    (root / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


def message(folder: ImageFolder, how: str = "probe") -> str:
    with pytest.raises(DataError) as caught:
        folder.probe() if how == "probe" else [image for split in (folder.load().train, folder.load().test) for image in split.images]
    return str(caught.value)


def test_the_layout_gives_splits_classes_and_pictures_in_order(root):
    splits = ImageFolder(path=root).load()
    assert splits.classes == ("a", "b")
    assert splits.train.ids == ("train/a/0.png", "train/a/1.png", "train/b/0.png", "train/b/1.png")
    assert splits.validation.labels.tolist() == splits.test.labels.tolist() == [0, 0, 1, 1]
    for split in (splits.train, splits.validation, splits.test):
        for identity, image in zip(split.ids, split.images, strict=True):
            np.testing.assert_array_equal(image, np.asarray(pixels(identity)))


def test_probe_reads_headers_only(root):
    probe = ImageFolder(path=root).probe()
    assert probe.counts == {"train": (2, 2), "validation": (2, 2), "test": (2, 2)}
    assert (probe.classes, probe.channels, probe.size, probe.groups) == (("a", "b"), 3, (5, 6), None)


def test_the_validation_split_may_be_missing(root):
    (root / "val").rename(root / "notes")
    assert set(ImageFolder(path=root).probe().counts) == {"train", "test"}
    assert ImageFolder(path=root).load().validation is None


def test_validation_is_another_name_of_val(root):
    (root / "val").rename(root / "validation")
    assert ImageFolder(path=root).load().validation.ids[0] == "validation/a/0.png"


def test_files_that_are_no_pictures_and_hidden_ones_are_passed_over(root):
    for name in ("train/a/notes.txt", "train/a/.hidden.png", "train/.cache/x/1.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("no picture")
    assert ImageFolder(path=root).probe().counts["train"] == (2, 2)


def test_folders_within_a_class_count_and_a_loop_of_links_ends(root):
    save(root, "train/a/slide 1/9.png")
    (root / "train/a/slide 1/loop").symlink_to(root / "train/a")
    assert ImageFolder(path=root).load().train.ids[2] == "train/a/slide 1/9.png"
    assert ImageFolder(path=root).probe().counts["train"] == (3, 2)


def test_a_picture_counts_once_however_many_links_lead_to_it(root):
    for number in range(9):
        save(root, f"train/a/slide {number}/0.png")
    for number in range(9):
        for other in {*range(9)} - {number}:
            (root / f"train/a/slide {number}" / f"to {other}").symlink_to(root / f"train/a/slide {other}")
    (root / "train/a/current").symlink_to(root / "train/a/slide 8")
    splits = ImageFolder(path=root).load()
    assert [name for name in splits.train.ids if "/0.png" in name and "slide" in name] == [f"train/a/slide {n}/0.png" for n in range(9)]
    assert not any("to " in name or "current" in name for name in splits.train.ids)


def test_folders_may_lie_deeper_than_python_calls_itself(root):
    folders = [f"train/a/{'x/' * depth}" for depth in range(1, 1100)]
    for folder in folders:
        (root / folder).mkdir()
    save(root, f"{folders[-1]}0.png")
    assert ImageFolder(path=root).load().train.ids[-3] == f"{folders[-1]}0.png"
    # Nor does what clears up behind tests reach so deep.
    (root / f"{folders[-1]}0.png").unlink()
    for folder in reversed(folders):
        (root / folder).rmdir()


def test_a_link_to_a_folder_above_the_classes_is_not_followed(root):
    (root / "train/a/up").symlink_to(root / "train")
    (root / "train/b/top").symlink_to(root)
    assert ImageFolder(path=root).probe().counts["train"] == (2, 2)


def test_a_manifest_lists_the_same_as_the_layout(root):
    listed = write_manifest(root, ["path,split,class", *(f"{name},{name.split('/')[0]},{name.split('/')[1]}" for name in NAMES)])
    tree, table = ImageFolder(path=root).load(), ImageFolder(path=root, manifest=listed).load()
    assert tree.classes == table.classes
    for name in ("train", "validation", "test"):
        assert getattr(tree, name).ids == getattr(table, name).ids
        assert getattr(tree, name).labels.tolist() == getattr(table, name).labels.tolist()
    assert ImageFolder(path=root, manifest=listed).probe().digest == ImageFolder(path=root).probe().digest


def test_groups_come_from_the_manifest(root):
    lines = [f"{name},{name.split('/')[0]},{name.split('/')[1]},patient {name[0]}" for name in NAMES]
    folder = ImageFolder(path=root, manifest=write_manifest(root, ["path,split,class,group", *lines]))
    assert folder.probe().groups == (2, 2), "one of the training images, one of the validation images"
    assert folder.load().test.groups == ("patient t",) * 4
    assert folder.probe().digest != ImageFolder(path=root).probe().digest


def test_a_byte_order_mark_and_further_columns_do_no_harm(root):
    lines = ["\ufeffpath,stain,split,class", *(f"./{name},giemsa,{name.split('/')[0]},{name.split('/')[1]}" for name in NAMES)]
    assert ImageFolder(path=root, manifest=write_manifest(root, lines)).load().train.ids[0] == "train/a/0.png"


@pytest.mark.parametrize("change", ["pixel", "label", "split", "channels"])
def test_the_digest_follows_bytes_labels_splits_and_channels(root, change):
    before = ImageFolder(path=root).probe().digest
    if change == "pixel":
        save(root, NAMES[0], pixels("another"))
    elif change == "label":
        (root / "train/a/1.png").rename(root / "train/b/2.png")
    elif change == "split":
        (root / "train/a/1.png").rename(root / "test/a/2.png")
    assert ImageFolder(path=root, channels="rgb" if change == "channels" else None).probe().digest != before


def test_the_digest_ignores_where_the_folder_lies(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "cells"
    before = ImageFolder(path=root).probe().digest
    root.rename(other)
    assert ImageFolder(path=other).probe().digest == before


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "webp", "ppm"])
def test_the_format_does_not_matter(root, suffix):
    for name in NAMES:
        options = {"lossless": True} if suffix == "webp" else {}
        pixels(name).save((root / name).with_suffix(f".{suffix}"), **options)
        if suffix != "png":
            (root / name).unlink()
    np.testing.assert_array_equal(ImageFolder(path=root).load().train.images[0], np.asarray(pixels("train/a/0.png")))


def test_a_jpeg_is_read_whatever_it_is_called(root):
    pixels("x").save(root / "train/a/0.png", format="JPEG", quality=95)
    image = ImageFolder(path=root).load().train.images[0]
    assert np.abs(image.astype(int) - np.asarray(pixels("x"))).mean() < 60


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bit_grey_keeps_its_bits(tmp_path, suffix):
    deep = np.arange(30, dtype=np.uint16).reshape(5, 6) * 2000
    for name in NAMES:
        save(tmp_path, name.replace("png", suffix), Image.fromarray(deep))
    image = ImageFolder(path=tmp_path).load().train.images[0]
    assert image.dtype == np.uint16
    np.testing.assert_array_equal(image[:, :, 0], deep)
    assert ImageFolder(path=tmp_path).probe().channels == 1


def test_grey_pictures_have_one_channel_and_three_when_told(tmp_path):
    for name in NAMES:
        save(tmp_path, name, pixels(name, "L"))
    for channels, count in ((None, 1), ("grey", 1), ("rgb", 3)):
        folder = ImageFolder(path=tmp_path, channels=channels)
        assert folder.load().train.images[0].shape == (5, 6, count)
        assert folder.probe().channels == count


@pytest.mark.parametrize("how", ["probe", "load"])
def test_a_grey_picture_among_coloured_ones_is_named_with_the_way_out(root, how):
    save(root, "train/b/1.png", pixels("x", "L"))
    assert message(ImageFolder(path=root), how) == (
        'the image \'train/b/1.png\' is grey, the others are rgb; set channels = "rgb" (or "grey") to convert all'
    )


@pytest.mark.parametrize("channels", ["rgb", "grey"])
def test_channels_brings_grey_coloured_and_palette_pictures_together(root, channels):
    save(root, "train/b/1.png", pixels("x", "L"))
    save(root, "train/b/0.png", pixels("x").quantize(16))
    images = list(ImageFolder(path=root, channels=channels).load().train.images)
    assert {image.shape for image in images} == {(5, 6, 3 if channels == "rgb" else 1)}
    np.testing.assert_array_equal(images[3][:, :, 0], np.asarray(pixels("x", "L")))


def test_a_palette_picture_is_a_coloured_one(root):
    palette = pixels("x").quantize(16)
    save(root, "train/a/0.png", palette)
    np.testing.assert_array_equal(ImageFolder(path=root).load().train.images[0], np.asarray(palette.convert("RGB")))


def test_an_opaque_alpha_channel_is_dropped_and_a_transparent_one_refused(root):
    picture = pixels("x")
    picture.putalpha(255)
    save(root, "train/a/0.png", picture)
    np.testing.assert_array_equal(ImageFolder(path=root).load().train.images[0], np.asarray(pixels("x")))
    picture.putalpha(128)
    save(root, "train/a/0.png", picture)
    assert message(ImageFolder(path=root), "load") == (
        "the image 'train/a/0.png' is partly transparent, the others are opaque; flatten it onto a background"
    )


def test_a_16_bit_picture_among_8_bit_ones_is_named(tmp_path):
    for name in NAMES:
        save(tmp_path, name, pixels(name, "L"))
    save(tmp_path, "test/a/1.png", Image.fromarray(np.zeros((5, 6), np.uint16)))
    assert message(ImageFolder(path=tmp_path, channels="grey")) == (
        "the image 'test/a/1.png' is 16-bit grey, the others are grey; bring all to 8 bits"
    )


def test_pictures_of_several_sizes_are_told_by_the_probe(root):
    save(root, "train/b/1.png", pixels("x", size=(9, 9)))
    assert ImageFolder(path=root).probe().size is None


@pytest.mark.parametrize("how", ["probe", "load"])
def test_a_file_that_is_no_picture_is_named(root, how):
    (root / "train/b/1.png").write_text("no picture")
    with pytest.raises(UnreadableImage):
        ImageFolder(path=root).probe()
    assert message(ImageFolder(path=root), how) == (
        "cannot read the image 'train/b/1.png': it is no picture in a known format (BMP, JPEG, PNG, PPM, TIFF, WebP, NumPy's npy); "
        "mend or remove the file"
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_a_truncated_picture_is_named_when_it_is_decoded(root, suffix):
    name = f"train/b/1.{suffix}"
    (root / "train/b/1.png").unlink()
    save(root, name, pixels("x", size=(64, 64)))
    content = (root / name).read_bytes()
    (root / name).write_bytes(content[: len(content) * 3 // 5])
    assert message(ImageFolder(path=root), "load").startswith(f"cannot read the image '{name}': ")


def test_a_link_to_nothing_is_named(root):
    (root / "train/b/1.png").unlink()
    (root / "train/b/1.png").symlink_to(root / "nothing.png")
    assert message(ImageFolder(path=root)) == ("cannot read the image 'train/b/1.png': No such file or directory; mend or remove the file")


def test_an_empty_file_is_named(root):
    (root / "train/b/1.png").write_bytes(b"")
    assert message(ImageFolder(path=root)).startswith("cannot read the image 'train/b/1.png': ")


def test_a_decompression_bomb_is_refused_before_it_is_decoded(root, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 29)
    assert message(ImageFolder(path=root)) == (
        "cannot read the image 'test/a/0.png': it has more than the 29 pixels that Pillow takes for harmless; mend or remove the file"
    )


def test_a_stack_of_pictures_is_refused(root):
    (root / "test/a/0.png").unlink()
    pixels("x").save(root / "test/a/0.tif", save_all=True, append_images=[pixels("y")])
    assert (
        message(ImageFolder(path=root)) == "cannot read the image 'test/a/0.tif': it holds 2 pictures; save them apart, "
        'or set pages = "channels" where each is a channel; mend or remove the file'
    )


def test_a_mode_without_meaning_here_is_refused(root):
    (root / "test/a/0.png").unlink()
    pixels("x").convert("CMYK").save(root / "test/a/0.tif")
    assert "its colour mode 'CMYK' is neither RGB nor grey; convert it" in message(ImageFolder(path=root))


def test_16_bits_a_colour_are_refused_rather_than_halved(root):
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = zlib.compress(b"".join(b"\0" + bytes(6 * 6) for _ in range(5)))
    deep = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 5, 16, 2, 0, 0, 0)) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )
    (root / "test/a/0.png").write_bytes(deep)
    assert "it has 16 bits a colour, of which Pillow reads 8" in message(ImageFolder(path=root))


def test_a_missing_folder_is_named(tmp_path):
    assert message(ImageFolder(path=tmp_path / "none")) == f"no folder at '{tmp_path}/none'; correct the data set's path"


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_folder_with_some_splits_is_told_both_ways_out(root, split):
    (root / split).rename(root / "other")
    assert message(ImageFolder(path=root)) == (
        f"no folder '{split}' in '{root}', which has other splits; lay pictures out as FOLDER/train/CLASS/PICTURE, "
        "FOLDER/test/CLASS/PICTURE and, if there is one, FOLDER/val/CLASS/PICTURE, or as FOLDER/CLASS/PICTURE to have them divided, "
        'or name a CSV file: manifest = "manifest.csv"'
    )


def test_a_layout_without_pictures_is_told(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        save(tmp_path, f"{split}/loose.png")
    assert message(ImageFolder(path=tmp_path)).startswith(
        f"no pictures in folders of classes in '{tmp_path}'; expected FOLDER/train/CLASS/PICTURE, "
    )


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_class_without_pictures_is_named(root, split):
    (root / split / "c").mkdir()
    with pytest.raises(EmptyClass) as caught:
        ImageFolder(path=root).probe()
    assert str(caught.value) == (f"class 'c' has no images in the train split of '{root}'; add some or remove the class everywhere")


def test_a_class_missing_from_the_test_split_is_named(root):
    save(root, "train/c/1.png")
    assert message(ImageFolder(path=root)).startswith("class 'c' has no images in the test split of ")


@pytest.mark.parametrize(
    ("lines", "place", "why"),
    [
        (
            ["path,split", "x,train"],
            1,
            "no column 'class'; the first line names the columns path, class and, if there are any, split and group",
        ),
        ([""], 1, "no column 'path', 'class'; "),
        (["path;class", "train/a/0.png;a"], 1, "columns are set apart by semicolons; save it with commas"),
        (["path\tclass", "train/a/0.png\ta"], 1, "columns are set apart by tabs; save it with commas"),
        (["path,class"], 1, "no pictures are listed; write one a line, below the names of the columns"),
        (["path,class", "train\\a\\0.png,a"], 2, "no picture 'train\\a\\0.png' in '"),
        (["path,split,class", "train/a/0.png,training,a"], 2, "unknown split 'training'; known: test, train, val, validation"),
        (["path,split,class", "train/a/0.png,train,"], 2, "no class; fill it in, or remove the line"),
        (["path,split,class", "train/a/0.png"], 2, "no split; "),
        (["path,split,class,group", "train/a/0.png,train,a,7", "train/a/1.png,train,a,"], 3, "no group; "),
        (["path,split,class", "train/a/7.png,train,a"], 2, "no picture 'train/a/7.png' in "),
        (["path,split,class", "train/../../x.png,train,a"], 2, "'train/../../x.png' leaves the folder "),
        (["path,split,class", "/etc/passwd,train,a"], 2, "'/etc/passwd' leaves the folder "),
        (["path,path,class", "x,y,z"], 1, "2 columns are called 'path'; keep one of them"),
        (["path,class", "a,b.png,a"], 2, "3 cells, and there are 2 columns; put cells that hold commas in double quotes"),
        (["path,class", "train/a/0\0.png,a"], 2, "the path holds a NUL byte; save the file anew"),
        (["path,class", "x" * 200_000 + ",a"], 1, "not a CSV file in UTF-8 (field larger than field limit (131072)); save it as one"),
        (["path,class", "train/a,a"], 2, "no picture 'train/a' in "),
        (["path,class", "train/a/" + "x" * 5000 + ",a"], 2, "no picture 'train/a/xxx"),
        (["path,split,class", "train/a/0.png,train,a", "train/./a/0.png,test,a"], 3, "'train/a/0.png' is listed more than once; keep one"),
    ],
)
def test_a_bad_line_of_a_manifest_is_named_with_its_number(root, lines, place, why):
    listed = write_manifest(root, lines)
    assert message(ImageFolder(path=root, manifest=listed)).startswith(f"{root / listed}:{place}: {why}")


def test_a_manifest_that_is_no_text_is_told(root):
    (root / "manifest.csv").write_bytes(b"path,split,class\n\xff\xfe,train,a\n")
    assert message(ImageFolder(path=root, manifest="manifest.csv")).startswith(f"{root}/manifest.csv:1: not a CSV file in UTF-8 (")


def test_a_missing_manifest_is_named(root):
    expected = f"no manifest at '{root}/list.csv'; a relative name starts in the data set's folder"
    assert message(ImageFolder(path=root, manifest="list.csv")) == expected


def test_odd_images_are_data_errors_of_the_public_kind(root):
    save(root, "train/b/1.png", pixels("x", "L"))
    with pytest.raises(OddImage):
        ImageFolder(path=root).probe()


PLAIN = [f"{label}/{patient} {number}.png" for label in ("b", "a") for patient in ("x", "y", "z", "w", "v") for number in range(2)]


@pytest.fixture
def plain(tmp_path) -> Path:
    """Lay out pictures by class alone; file names begin with a patient."""
    for name in PLAIN:
        save(tmp_path, name)
    return tmp_path


def test_a_folder_without_splits_is_divided_and_told_how(plain):
    probe = ImageFolder(path=plain).probe()
    assert probe.counts == {"train": (6, 6), "validation": (2, 2), "test": (2, 2)}
    assert probe.notes == (
        "no splits are given: of each class a share of 0.2 is kept for testing and 0.2 for validation (seed 0)",
        "images for train/validation/test: a 6/2/2, b 6/2/2",
    )
    splits = ImageFolder(path=plain).load()
    ids = [identity for split in (splits.train, splits.validation, splits.test) for identity in split.ids]
    assert sorted(ids) == sorted(PLAIN)
    for split in (splits.train, splits.validation, splits.test):
        assert list(split.ids) == sorted(split.ids)
        assert split.labels.tolist() == [int(identity[0] == "b") for identity in split.ids]


def test_another_division_is_another_data_set(plain):
    digests = {
        ImageFolder(path=plain, split=division).probe().digest
        for division in (None, Division(seed=1), Division(test=0.3), Division(val=0.1))
    }
    assert len(digests) == 4
    assert ImageFolder(path=plain, split=Division()).probe().digest == ImageFolder(path=plain).probe().digest
    assert ImageFolder(path=plain, split=Division(val=0)).load().validation is None


def test_groups_are_found_in_paths_and_kept_whole(plain):
    folder = ImageFolder(path=plain, groups=r"/(\w) \d")
    splits = folder.load()
    held = [set(split.groups) for split in (splits.train, splits.validation, splits.test)]
    assert list(map(len, held)) == [3, 1, 1]
    assert set().union(*held) == set("vwxyz")
    assert folder.probe().groups == (4, 4), "test groups are none to learn from"
    assert folder.probe().notes[1] == "images (groups) for train/validation/test: a 6/2/2 (3/1/1), b 6/2/2 (3/1/1)"


def test_a_parenthesis_called_group_comes_before_the_first(root):
    assert ImageFolder(path=root, groups=r"(\w)/(?P<group>\d)").load().train.groups == ("0", "1", "0", "1")


def test_groups_serve_pictures_with_splits_too(root):
    assert ImageFolder(path=root, groups=r"/(\d)").load().test.groups == ("0", "1", "0", "1")
    assert ImageFolder(path=root, groups=r"/(\d)").probe().groups == (2, 2)


def test_a_manifest_without_splits_is_divided(plain):
    listed = write_manifest(plain, ["path,class", *(f"{name},{name[0]}" for name in PLAIN)])
    tree, table = ImageFolder(path=plain).probe(), ImageFolder(path=plain, manifest=listed).probe()
    assert (tree.digest, tree.counts, tree.notes) == (table.digest, table.counts, table.notes)
    grouped = write_manifest(plain, ["path,class,group", *(f"{name},{name[0]},{name[2]}" for name in PLAIN)])
    found = ImageFolder(path=plain, groups=r"/(\w)").probe()
    assert ImageFolder(path=plain, manifest=grouped).probe().digest == found.digest


def test_a_class_too_small_to_be_divided_is_named(plain):
    save(plain, "c/1.png")
    assert message(ImageFolder(path=plain)) == (
        f"class 'c' of '{plain}' has 1 image, of which none would be for testing, where 2 are needed; add images of it, or remove the class"
    )


def test_a_folder_without_pictures_among_the_classes_is_named(plain):
    (plain / "notes").mkdir()
    assert message(ImageFolder(path=plain)) == f"class 'notes' has no pictures in '{plain}'; add some, or move its folder away"


def test_a_folder_too_high_is_not_taken_for_one_class(plain, tmp_path_factory):
    above = tmp_path_factory.mktemp("above")
    plain.rename(above / "cells")
    assert message(ImageFolder(path=above)).startswith(
        f"'cells' is the only class in '{above}', and a classifier needs two; "
        "is the folder one too high? Expected FOLDER/CLASS/PICTURE, or "
    )


@pytest.mark.parametrize("name", ["Train", "testing", "valid"])
def test_splits_by_another_name_are_not_taken_for_classes(plain, name):
    (plain / "a").rename(plain / name)
    assert message(ImageFolder(path=plain)) == (
        f"the folder '{name}' in '{plain}' looks like a split, not like a class; rename it: test, train, val, validation"
    )


def test_a_split_by_another_name_is_not_left_out_beside_others(root):
    (root / "val").rename(root / "valid")
    assert message(ImageFolder(path=root)).startswith(f"the folder 'valid' in '{root}' looks like a split")


def test_windows_paths_and_blanks_after_commas_are_told_or_borne(root):
    windows = write_manifest(root, ["path,class", "train\\a\\0.png,a"])
    assert message(ImageFolder(path=root, manifest=windows)).endswith("; write / for \\")
    blanks = write_manifest(root, ["path, split, class", *(f"{name}, {name.split('/')[0]}, {name.split('/')[1]}" for name in NAMES)])
    assert ImageFolder(path=root, manifest=blanks).probe() == ImageFolder(path=root).probe()


def test_pictures_with_splits_are_not_divided_again(root):
    assert message(ImageFolder(path=root, split=Division())) == (
        f"the pictures of '{root}' have splits already; leave split out, or take their splits away"
    )


def test_a_picture_without_a_group_in_its_path_is_named(plain):
    save(plain, "a/unnamed.png")
    assert message(ImageFolder(path=plain, groups=r"/(\w) \d")) == (
        "groups = '/(\\w) \\d' finds no group in 'a/unnamed.png'; correct the pattern, or rename the picture"
    )


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "is no regular expression (missing ), unterminated subpattern at position 0)"),
        ("x", "has no parenthesis"),
        ("(" * 5000, None),
    ],
)
def test_a_pattern_that_cannot_find_groups_is_refused(pattern, why):
    with pytest.raises(AugbenchError) as caught:
        ImageFolder(path=Path(), groups=pattern)
    if why:
        assert str(caught.value) == f"groups = '{pattern}' {why}; as in groups = 'patient(\\d+)', whose parenthesis is the group"


def test_groups_come_from_one_place(root):
    lines = [f"{name},{name.split('/')[0]},{name.split('/')[1]},7" for name in NAMES]
    listed = write_manifest(root, ["path,split,class,group", *lines])
    assert message(ImageFolder(path=root, manifest=listed, groups="(.)")) == (
        f"the manifest of '{root}' has a column group; leave groups out, or remove the column"
    )


def test_arrays_and_pictures_go_together(root):
    np.save(root / "train/a/0.npy", np.asarray(pixels("train/a/0.png")))
    (root / "train/a/0.png").unlink()
    np.testing.assert_array_equal(ImageFolder(path=root).load().train.images[0], np.asarray(pixels("train/a/0.png")))
    assert ImageFolder(path=root).probe().channels == 3


def test_a_picture_that_a_camera_turned_is_another_than_before(root):
    exif = Image.Exif()
    pixels("x").save(root / "train/a/0.png", format="JPEG", exif=exif)
    before = ImageFolder(path=root).probe()
    exif[274] = 6
    pixels("x").save(root / "train/a/0.png", format="JPEG", exif=exif)
    after = ImageFolder(path=root).probe()
    assert after.digest != before.digest
    assert (before.size, after.size) == ((5, 6), None)
    assert ImageFolder(path=root).load().train.images[0].shape == (6, 5, 3)


def test_a_folder_called_like_a_picture_is_a_folder(root):
    save(root, "train/a/x.png/2.png")
    assert ImageFolder(path=root).probe().counts["train"] == (3, 2)


def test_a_link_out_of_the_folder_is_followed(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    save(elsewhere, "9.png", pixels("x"))
    (root / "train/a/slides").symlink_to(elsewhere)
    assert ImageFolder(path=root).load().train.ids[2] == "train/a/slides/9.png"


@pytest.mark.parametrize("place", ["train/a/\udcff.png", "train/\udcff/0.png"])
def test_a_name_that_is_no_utf_8_is_shown_and_refused(root, place):
    save(root, "train/a/extra.png")
    (root / place).parent.mkdir(exist_ok=True)
    (root / "train/a/extra.png").rename(root / place)
    shown = place.removesuffix("/0.png").replace("\udcff", "\\xff")
    assert message(ImageFolder(path=root)) == f"the name '{root}/{shown}' is not in UTF-8; rename it"


def test_a_folder_that_may_not_be_listed_is_named(root):
    (root / "train/a").chmod(0)
    if os.access(root / "train/a", os.R_OK):
        pytest.skip("the administrator may list every folder")
    try:
        assert message(ImageFolder(path=root)) == (
            f"cannot list the folder '{root}/train/a': Permission denied; let it be read, or move it away"
        )
    finally:
        (root / "train/a").chmod(0o700)


def test_the_digest_is_free_of_the_order_in_which_the_system_lists(root, monkeypatch):
    import augbench_datasets._tree as tree

    before, listed = ImageFolder(path=root).probe().digest, tree._listed
    monkeypatch.setattr(tree, "_listed", lambda path: reversed(list(listed(path))))
    assert ImageFolder(path=root).probe().digest == before


def test_a_division_is_a_table_of_the_matrix_with_positions_and_suggestions(plain):
    from augbench.config.single import component_from
    from augbench.registry.discovery import discover

    registry = discover()
    text = f'{{ use = "image-folder", path = "{plain}", split = {{ %s }} }}'
    folder = component_from(text % 'test = 0.3, val = 0, by = "class", seed = 3', "dataset", "dataset", registry)
    assert folder.split == Division(test=0.3, val=0, by="class", seed=3)
    assert component_from(text % "seed = 3", "dataset", "dataset", registry).split == Division(seed=3)
    column = len(text.partition("%s")[0]) + 1
    for wrong, told in (
        ("tset = 0.2", f"--dataset:1:{column}: no setting called 'tset' in 'split'"),
        ("tset = 0.2", "did you mean 'test'?"),
        ("test = 1.0", "split.test must be less than 1, not 1.0"),
        ("seed = -1", "split.seed must be at least 0, not -1"),
        ('by = "patient"', "split.by must be one of 'group', 'class', not 'patient'"),
        ("test = 0.6, val = 0.4", "leave nothing to train on"),
    ):
        with pytest.raises(ConfigError) as caught:
            component_from(text % wrong, "dataset", "dataset", registry)
        assert told in str(caught.value)


@needs_cells
def test_the_blood_cells_have_the_counts_of_their_read_me():
    probe = ImageFolder(path=CELLS).probe()
    assert dict(zip(probe.classes, zip(*probe.counts.values(), strict=True), strict=True)) == {
        "eosinophil": (49, 17, 16),
        "lymphocyte": (20, 7, 6),
        "monocyte": (12, 4, 4),
        "neutrophil": (114, 38, 38),
        "platelet": (191, 64, 64),
        "rbc": (1794, 598, 598),
    }
    assert (probe.channels, probe.size, probe.groups) == (3, (64, 64), None)


@needs_cells
def test_the_blood_cells_manifest_without_its_groups_is_the_same_data_set(tmp_path):
    with (CELLS / "manifest.csv").open(newline="") as file:
        lines = [f"{line['path']},{line['split']},{line['class']}" for line in csv.DictReader(file)]
    listed = tmp_path / write_manifest(tmp_path, ["path,split,class", *lines[::-1]])
    assert ImageFolder(path=CELLS, manifest=str(listed)).probe() == ImageFolder(path=CELLS).probe()


@needs_cells
def test_the_blood_cells_manifest_agrees_with_their_layout_and_adds_groups():
    tree, table = ImageFolder(path=CELLS).load(), ImageFolder(path=CELLS, manifest="manifest.csv").load()
    with (CELLS / "manifest.csv").open(newline="") as file:
        groups = {line["path"]: line["group"] for line in csv.DictReader(file)}
    for name, count in (("train", 201), ("validation", 70), ("test", 72)):
        ours, theirs = getattr(tree, name), getattr(table, name)
        assert ours.ids == theirs.ids
        assert ours.labels.tolist() == theirs.labels.tolist()
        assert theirs.groups == tuple(groups[identity] for identity in theirs.ids)
        assert len(set(theirs.groups)) <= count
        np.testing.assert_array_equal(ours.images[0], np.asarray(Image.open(CELLS / ours.ids[0])))


@pytest.fixture
def laid_out(tmp_path, monkeypatch) -> None:
    """Go where one folder has splits, and another patients."""
    for name in NAMES:
        save(tmp_path / "divided", name)
    for label in "ab":
        for number in range(18):
            save(tmp_path / "patients", f"{label}/{label}{number // 3}-{number}.png")
    monkeypatch.chdir(tmp_path)


@conformance(
    ImageFolder(path=Path("divided")),
    ImageFolder(path=Path("divided"), channels="grey"),
    ImageFolder(path=Path("patients"), split=Division(test=0.3, val=0.3), groups=r"([ab]\d)-"),
)
@pytest.mark.usefixtures("laid_out")
def test_a_folder_of_images_keeps_the_laws(component, check):
    check(component)
