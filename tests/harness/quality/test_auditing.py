"""What is found in splits of images, image by image and in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from augbench.quality.auditing import Part, audit
from augbench.quality.findings import counted, moved
from augbench.values.auditing import Finding
from support.cells import jpeg, phantoms

CLASSES = ("oval", "round")


def part(name: str, images: np.ndarray, labels: Sequence[int], groups: Sequence[str] | None = None) -> Part:
    pixels = np.ascontiguousarray(np.moveaxis(images, 3, 1))
    ids = [f"{name}/{index}" for index in range(len(images))]
    return Part(name=name, take=pixels.__getitem__, labels=np.array(labels, np.int64), ids=ids, groups=groups)


def halves(count: int) -> list[int]:
    return [index % 2 for index in range(count)]


def found(*parts: Part, code: str, hints: bool = False) -> list[Finding]:
    return [finding for finding in audit(parts, CLASSES, 255.0, hints=hints) if finding.code == code]


def names(finding: Finding) -> set[tuple[str, ...]]:
    return {tuple(picture.name for picture in lot) for lot in finding.pictures}


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    return phantoms(240, size=32)


@pytest.fixture
def splits(cells):
    """Return copies of the pictures of three splits, to plant something in."""
    return cells[:100].copy(), cells[100:140].copy(), cells[140:].copy()


def three(splits, labels: Sequence[Sequence[int]] | None = None) -> list[Part]:
    labels = labels or [halves(len(split)) for split in splits]
    return [part(name, *each) for name, each in zip(("train", "validation", "test"), zip(splits, labels, strict=True), strict=True)]


def test_in_clean_splits_nothing_is_found(splits):
    assert audit(three(splits), CLASSES, 255.0, hints=True) == ()


def test_doubles_are_told_by_the_splits_that_they_are_in(splits):
    train, validation, test = splits
    test[0], test[2] = train[10], validation[4]
    validation[6], train[20], test[8] = train[12], train[22], test[10]
    told = found(*three(splits), code="DUPLICATES")
    assert [(each.grave, each.count, names(each)) for each in told] == [
        (True, 2, {("train/10", "test/0"), ("validation/4", "test/2")}),
        (False, 1, {("train/12", "validation/6")}),
        (False, 1, {("train/20", "train/22")}),
        (False, 1, {("test/8", "test/10")}),
    ]
    assert [each.sentence for each in told] == [
        "2 test images are equal pixel by pixel to a training or validation image: scores flatter what has seen them.",
        "1 validation image is equal pixel by pixel to a training image: what is chosen on them is chosen on what was learnt.",
        "1 training image is equal pixel by pixel to another training image: what shows the same counts twice.",
        "1 test image is equal pixel by pixel to another test image: what shows the same counts twice.",
    ]


def test_saved_again_as_jpeg_in_another_split_is_found_with_names_and_classes(splits):
    splits[2][4] = jpeg(splits[0][30], 85)
    (told,) = found(*three(splits), code="NEAR_DUPLICATES")
    ((early, late),) = told.pictures
    assert (early.split, early.label, early.name, late.split, late.name) == ("train", "oval", "train/30", "test", "test/4")
    assert told.sentence == "1 test image is all but equal to a training or validation image: scores flatter what has seen them."


def test_what_equals_one_image_is_not_near_to_another(splits):
    train, _, test = splits
    train[40], test[6] = jpeg(train[42], 95), train[42]
    near = found(*three(splits), code="NEAR_DUPLICATES")
    assert [(each.grave, names(each)) for each in near] == [(False, {("train/40", "train/42")})]


def test_equal_and_nearly_equal_images_under_different_labels_contradict_each_other(splits):
    train, _, test = splits
    train[51], test[3] = train[50], jpeg(train[60], 90)
    (equal,), (near,) = (found(*three(splits), code=code) for code in ("LABEL_CONFLICTS", "NEAR_CONFLICTS"))
    assert (equal.grave, names(equal), equal.sentence) == (True, {("train/50", "train/51")}, "2 equal images stand under different labels.")
    assert (near.grave, names(near)) == (True, {("train/60", "test/3")})
    assert near.sentence == "2 all but equal images stand under different labels."


def test_groups_on_both_sides_are_told_once_each(cells):
    parts = (
        part("train", cells[:4], halves(4), ("a", "a", "b", "c")),
        part("validation", cells[4:6], halves(2), ("c", "d")),
        part("test", cells[6:10], halves(4), ("a", "a", "d", "e")),
    )
    told = found(*parts, code="LEAKED_GROUPS")
    assert [(each.grave, each.count, names(each)) for each in told] == [
        (True, 2, {("train/0", "test/0"), ("validation/1", "test/2")}),
        (False, 1, {("train/3", "validation/0")}),
    ]
    assert told[0].pictures[0][0].group == "a"


def test_small_and_empty_classes_are_told(cells):
    train, test = part("train", cells[:40], [0] * 25 + [1] * 15), part("test", cells[40:50], [0] * 7 + [1] * 3)
    assert [each.sentence for each in found(train, test, code="RARE_CLASS")] == [
        "Fewer than 5 test images: round (3). Their F1 is no measurement.",
        "Fewer than 10 test images: oval (7). Their F1 is hardly measured.",
    ]
    (few,) = found(train, test, code="FEW_TO_LEARN")
    assert few.sentence.startswith("Hardly any training images: round (15).")
    (empty,) = found(train, part("test", cells[40:60], [0] * 20), code="EMPTY_CLASS")
    assert (empty.grave, empty.sentence) == (True, "Without test images: round.")
    assert found(train, part("test", cells[:0], []), code="EMPTY_CLASS")[0].sentence == "Without test images: oval and round."


def test_a_class_that_was_stained_otherwise_is_told_by_its_colours(splits):
    for split in splits:
        split[1::2, 8:-8, 8:-8, 0] //= 2
    (told,) = found(*three(splits), code="COLOUR_ALONE")
    assert not told.grave
    assert "oval (balanced accuracy 1.000, at least 0.9" in told.sentence
    assert not found(*three(splits), code="BACKGROUND_ALONE")


def test_a_class_that_was_photographed_elsewhere_is_told_by_its_background(splits):
    for split in splits:
        split[1::2, :4] = split[1::2, :4] // 2 + 90
    (told,) = found(*three(splits), code="BACKGROUND_ALONE")
    assert told.sentence.startswith("Told by the colours of a frame along the edges alone: oval (")


def test_blank_images_are_named_and_make_no_other_pairs(splits):
    splits[0][9], splits[2][9] = 0, 255
    (told,) = found(*three(splits), code="BLANK")
    assert names(told) == {("train/9",), ("test/9",)}
    assert {finding.code for finding in audit(three(splits), CLASSES, 255.0)} == {"BLANK"}


def test_mirrored_and_moved_images_are_hints(splits):
    wide = phantoms(1, size=72)[0]
    large = [np.stack([np.kron(cell, np.ones((2, 2, 1), np.uint8)) for cell in split]) for split in splits]
    large[0][3], large[2][5] = wide[4:68, 4:68], wide[5:69, 5:69]
    large[2][7] = large[0][8][:, ::-1]
    moved, turned = (found(*three(large), code=code, hints=True) for code in ("MOVED", "TURNED"))
    assert [(each.grave, names(each)) for each in moved] == [(False, {("train/3", "test/5")})]
    assert [each.sentence for each in turned] == ["1 pair of images shows the same, mirrored or turned by quarters, across splits."]
    assert not found(*three(large), code="TURNED")


@pytest.mark.parametrize(("across", "words"), [(0, "all within one split"), (1, "1 of them across splits"), (2, "all across splits")])
def test_a_finding_says_how_many_pairs_are_across_splits(across, words):
    assert moved(((), ()), across).sentence == f"2 pairs of images show the same, moved by a few pixels, {words}."


def test_every_planted_pair_is_found_and_no_other(cells):
    """Ten equal ones, ten saved as JPEG 95 and ten as JPEG 85, from training into the test: precision and recall are 1."""
    train, test = cells[:150].copy(), cells[150:].copy()
    test[:10] = train[:10]
    test[10:30] = [jpeg(image, 95 if index < 10 else 85) for index, image in enumerate(train[10:30])]
    parts = (part("train", train, halves(150)), part("test", test, halves(90)))
    told = {code: found(*parts, code=code)[0] for code in ("DUPLICATES", "NEAR_DUPLICATES")}
    assert names(told["DUPLICATES"]) == {(f"train/{i}", f"test/{i}") for i in range(10)}
    assert names(told["NEAR_DUPLICATES"]) == {(f"train/{i}", f"test/{i}") for i in range(10, 30)}


def test_of_older_runs_the_counts_are_told():
    told = counted({"groups": 2, "duplicates": 0, "near-duplicates": 1, "conflicts": 3})
    assert [(each.code, each.grave, each.count) for each in told] == [
        ("LEAKED_GROUPS", True, 2),
        ("NEAR_DUPLICATES", True, 1),
        ("LABEL_CONFLICTS", True, 3),
    ]


@pytest.mark.parametrize("finding", counted({"groups": 1, "duplicates": 5}))
def test_a_finding_survives_its_record(finding):
    assert Finding.read(finding.brief()) == Finding(**{**vars(finding), "advice": "", "pictures": ()})
