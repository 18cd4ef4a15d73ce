"""Someone else's images as banks: which are read, and what is wrong with others."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from augbench import Facts, Fit, OddImage, TrainingView
from augbench.plan.keys import identity
from augbench.stages.images import ResidentImages
from augbench_datasets._errors import NoBank, NoClassInPath
from augbench_datasets.bank_folder import BankFolder
from augbench_datasets.resize import Bilinear

FACTS = Facts(shape=(3, 8, 8), classes=("a", "b"), counts=(9, 3), minority=("b",), batch_size=8, bank_size={"b": 4})


def save(folder, count, size=(8, 8), mode="RGB"):
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        level = 40 * number + 7
        Image.new(mode, size, (level, 0, 0) if mode == "RGB" else level).save(folder / f"{number}.png")


def view(channels=3, scale=255.0):
    pixels = np.zeros((3, channels, 8, 8), dtype=np.uint8 if scale == 255 else np.uint16)
    return TrainingView(
        images=ResidentImages.of(pixels, scale, torch.device("cpu")), labels=torch.tensor([0, 0, 1]), classes=("a", "b"), target=1,
        settings=Fit(), device=torch.device("cpu"),
    )  # fmt: skip


def drawn(component, seen, count, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return component.sample(component.fit(seen, rng, lambda done, total: None), seen, count, rng)


def test_a_bank_holds_pictures_of_its_class_none_of_them_twice(tmp_path):
    save(tmp_path / "b", 5)
    save(tmp_path / "a", 5, size=(9, 9))
    (tmp_path / "b" / "notes.txt").write_text("not a picture")
    component = BankFolder(path=tmp_path / "{class}")
    images = drawn(component, view(), 5)
    assert (images.shape, images.dtype) == ((5, 3, 8, 8), torch.uint8)
    assert sorted(images[:, 0, 0, 0].tolist()) == [7, 47, 87, 127, 167]
    chosen = {tuple(drawn(component, view(), 2, seed)[:, 0, 0, 0].tolist()) for seed in range(20)}
    assert len(chosen) > 5


def test_grey_and_deep_pictures_become_what_the_data_set_is(tmp_path):
    save(tmp_path / "b", 2, mode="L")
    images = drawn(BankFolder(path=tmp_path / "{class}"), view(), 2)
    assert torch.equal(images[:, 0], images[:, 2])
    save(tmp_path / "b", 2, mode="I;16")
    images = drawn(BankFolder(path=tmp_path / "{class}"), view(1, 65535.0), 2)
    assert (images.dtype, images.shape) == (torch.uint16, (2, 1, 8, 8))


def test_a_picture_of_another_size_is_named_or_resized(tmp_path):
    save(tmp_path / "b", 1, size=(6, 10))
    with pytest.raises(OddImage) as caught:
        drawn(BankFolder(path=tmp_path / "{class}"), view(), 1)
    assert str(caught.value) == (
        f"the image '{tmp_path}/b/0.png' is 10 x 6 pixels, 3 channels, the others are 8 x 8 pixels, 3 channels; "
        'set generator.resize = { use = "bilinear", size = 8 }'
    )
    assert drawn(BankFolder(path=tmp_path / "{class}", resize=Bilinear(size=8)), view(), 1).shape == (1, 3, 8, 8)


@pytest.mark.parametrize(
    ("count", "changes", "said"),
    [
        (4, {}, None),
        (3, {}, "'{}/b' holds 3 pictures of class 'b', fewer than bank.size = 4: set bank.size = 3 or less, or add some"),
        (0, {}, "'{}/b' holds 0 pictures of class 'b', fewer than bank.size = 4: add some"),
        (4, {"minority": ("b", "c")}, "no folder '{}/c' with pictures of class 'c'"),
        (4, {"minority": ("../secret",)}, "class '../secret' cannot name a folder"),
        (4, {"shape": (4, 8, 8)}, "pictures have 1 or 3 channels, and the data set has 4"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_before_anything_runs(count, changes, said, tmp_path):
    save(tmp_path / "b", count)
    reason = BankFolder(path=tmp_path / "{class}").supports(replace(FACTS, **changes))
    assert reason == (None if said is None else said.format(tmp_path))


def test_a_bank_that_shrank_since_the_plan_is_told(tmp_path):
    save(tmp_path / "b", 2)
    with pytest.raises(NoBank) as caught:
        drawn(BankFolder(path=tmp_path / "{class}"), view(), 3)
    assert str(caught.value) == (
        f"'{tmp_path}/b' holds 2 pictures of class 'b', fewer than bank.size = 3: set bank.size = 2 or less, or add some; "
        "it was otherwise when the plan was made"
    )


def test_a_class_that_points_elsewhere_is_never_read(tmp_path):
    save(tmp_path / "secret", 3)
    with pytest.raises(NoBank, match=r"class '\.\./secret' cannot name a folder"):
        drawn(BankFolder(path=tmp_path / "banks" / "{class}"), replace(view(), classes=("a", "../secret")), 1)


def test_a_resize_to_another_size_than_the_data_set_s_is_told():
    reason = BankFolder(path="x/{class}", resize=Bilinear(size=16)).supports(FACTS)
    assert reason == "generator.resize makes 16 x 16 pixels, and the data set has 8 x 8"


def test_a_path_without_class_is_refused():
    with pytest.raises(NoClassInPath) as caught:
        BankFolder(path="banks")
    assert str(caught.value) == "path = 'banks' names no class; write {class} where the name of the class stands, such as banks/{class}"


def test_the_key_follows_the_pictures_and_not_where_they_lie(tmp_path):
    def key(root):
        return identity(BankFolder(path=root / "{class}"), lambda component: "code")

    save(tmp_path / "one" / "b", 2)
    save(tmp_path / "other" / "b", 2)
    first = key(tmp_path / "one")
    assert key(tmp_path / "other") == first
    save(tmp_path / "other" / "b", 3)
    assert key(tmp_path / "other") != first
    (tmp_path / "one" / "b").rename(tmp_path / "one" / "c")
    assert key(tmp_path / "one") != first


@pytest.mark.parametrize(
    ("path", "folder"),
    [("{class}", ".hidden"), ("{class}/{class}-fake", "b/b-fake"), ("run [1]/{class}/256", "run [1]/b/256")],
    ids=["a class with a dot", "the class twice", "brackets"],
)
def test_the_key_follows_the_pictures_of_any_path(path, folder, tmp_path):
    save(tmp_path / folder, 1)
    first = BankFolder(path=tmp_path / path).content()
    save(tmp_path / folder, 2)
    assert BankFolder(path=tmp_path / path).content() != first
