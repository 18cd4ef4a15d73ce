"""Channels of any data set: which are kept, and what else stays as it was."""

import numpy as np
import pytest

from augbench import DataError
from augbench_datasets.channels import Channels
from support.toys import Dots


@pytest.mark.parametrize("keep", [(0,), (2, 0), (1, 1, 1, 1)])
def test_images_have_the_channels_that_are_kept_in_their_order(keep):
    whole, some = Dots().load(), Channels(of=Dots(), keep=keep).load()
    for split in ("train", "validation", "test"):
        before, after = getattr(whole, split), getattr(some, split)
        np.testing.assert_array_equal(np.stack(list(after.images)), np.stack(list(before.images))[..., list(keep)])
        assert (after.ids, after.labels.tolist()) == (before.ids, before.labels.tolist())


def test_a_probe_counts_channels_and_tells_choices_apart():
    whole, some, turned = (each.probe() for each in (Dots(), Channels(of=Dots(), keep=(0, 2)), Channels(of=Dots(), keep=(2, 0))))
    assert (some.channels, some.counts, some.classes) == (2, whole.counts, whole.classes)
    assert len({whole.digest, some.digest, turned.digest}) == 3
    assert some.notes == ("of the channels (counted from 0), these are kept: 0, 2",)


@pytest.mark.parametrize("look", [lambda some: some.probe(), lambda some: some.load().train.images[0]])
def test_a_channel_that_there_is_not_is_named(look):
    with pytest.raises(DataError) as caught:
        look(Channels(of=Dots(), keep=(0, 3)))
    assert str(caught.value) == "keep names channel 3, but the images have channels 0 to 2; correct the number"
