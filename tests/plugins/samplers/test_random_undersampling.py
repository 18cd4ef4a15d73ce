"""Random undersampling against its definition and imbalanced-learn's counts."""

import torch

from augbench_plugins.samplers.random_undersampling import RandomUndersampling


def test_a_pass_holds_as_many_images_of_each_class_as_the_smallest_has_and_none_twice(context) -> None:
    # 4 classes of 4: a pass is 16 images.
    here = context(mix={"originals": 1.0}, steps=50, size=16)
    (group,) = RandomUndersampling().compose(here)
    assert RandomUndersampling().pool(here) == 16
    for shown in group.sources[..., 0]:
        assert torch.bincount(here.labels[shown], minlength=4).tolist() == [4] * 4
        assert len(shown.unique()) == 16


def test_passes_cross_the_borders_of_batches_and_blocks(context) -> None:
    here = {"mix": {"originals": 1.0}, "size": 10}
    whole = RandomUndersampling().compose(context(**here, steps=40))[0].sources
    passes = whole.view(-1, 16)
    assert all(len(shown.unique()) == 16 for shown in passes)
    later = RandomUndersampling().compose(context(**here, first=23, steps=17))[0].sources
    assert torch.equal(whole[23:], later)


def test_each_pass_chooses_anew_so_that_every_image_is_seen_alike_often(context) -> None:
    here = context(mix={"originals": 1.0}, steps=3000, size=16)
    shown = torch.bincount(RandomUndersampling().compose(here)[0].sources.flatten(), minlength=60).double()
    assert (shown[here.labels == 3] == 3000).all()
    # Of 30 images 4 are chosen: 3,000 * 4 / 30 = 400, with a deviation of 18.6.
    assert (shown[here.labels == 0] - 400).abs().max() < 90


def test_a_pass_is_in_random_order(context) -> None:
    here = context(mix={"originals": 1.0}, steps=3000, size=16)
    first = here.labels[RandomUndersampling().compose(here)[0].sources[:, 0, 0]]
    assert (torch.bincount(first, minlength=4) - 750).abs().max() < 120


def test_a_class_without_images_is_left_out(context) -> None:
    here = context((5, 0, 2), bank={}, mix={"originals": 1.0}, minority=(2,), size=4)
    assert RandomUndersampling().pool(here) == 4
    assert RandomUndersampling().prior(here, 0).tolist() == [0.5, 0, 0.5]
