"""A first experiment: what is chosen from counts, sizes and the machine."""

import pytest

from augbench.engine.deciding import Machine, decide
from augbench.engine.surveying import Survey
from augbench.values.data import Probe

CPU, GPU = Machine(cpus=2, gpus=0), Machine(cpus=16, gpus=1)


def decided(*train, validation=None, machine=CPU, side=64, channels=3, groups=None):
    counts = {"train": train, "test": train} | ({"validation": validation} if validation else {})
    names = tuple(f"c{number}" for number in range(len(train)))
    probe = Probe(classes=names, counts=counts, channels=channels, size=(side, side), digest="", groups=groups)
    found = Survey(folder=None, parameters={}, passed_over="", probe=probe, sizes=((side, side),), bits=8, groups=None, groups_shared=0)  # type: ignore[arg-type]
    return decide(found, machine)


def test_rare_classes_are_those_below_a_fifth_of_the_largest():
    found = decided(100, 20, 19, validation=(30, 30, 30))
    assert (found.share, found.minority, found.fitted) == (0.2, ("c2",), True)


@pytest.mark.parametrize(("smallest", "share"), [(35, 0.4), (40, 0.5), (64, 0.7)])
def test_where_none_is_so_small_the_smallest_is_rare(smallest, share):
    found = decided(100, smallest)
    assert (found.share, found.minority) == (share, ("c1",))


@pytest.mark.parametrize("smallest", [65, 100])
def test_of_balanced_classes_none_is_rare(smallest):
    found = decided(100, smallest)
    assert (found.share, found.minority, found.supplement, found.fitted) == (None, (), False, False)


@pytest.mark.parametrize(("side", "machine", "size"), [(8, CPU, 32), (64, CPU, 32), (60, GPU, 64), (64, GPU, 64), (500, GPU, 128)])
def test_images_get_a_size_that_generators_make_and_the_machine_bears(side, machine, size):
    assert decided(100, 10, side=side, machine=machine).size == size


@pytest.mark.parametrize(
    ("rare", "batch", "supplement", "fitted"),
    [(1, 32, True, True), (5, 32, True, True), (6, 64, True, False), (20, 128, True, False), (21, 32, False, False)],
)
def test_batches_have_room_for_every_rare_class_or_are_made_of_shares(rare, batch, supplement, fitted):
    found = decided(100, *[10] * rare, validation=(20,) * (rare + 1))
    assert (found.batch, found.supplement, found.fitted) == (batch, supplement, fitted)


def test_folds_are_made_where_validation_images_are_missing_or_few():
    assert decided(100, 15, validation=(50, 10)).folds is None
    assert decided(100, 15, validation=(50, 9)).folds == 3
    assert decided(100, 15).folds == 3
    assert decided(100, 80, machine=GPU).folds == 5


def test_there_are_no_more_folds_than_the_smallest_class_has_images_or_groups():
    assert decided(100, 2).folds == 2
    assert decided(100, 1).folds is None
    assert decided(100, 15, groups=(9, 2)).folds == 2


def test_folds_are_fewer_or_none_where_generators_for_each_would_take_long():
    assert decided(100, 10, machine=GPU).folds == 3
    assert decided(100, 10, 10, 10, 10, 10, validation=(9,) * 6).folds is None


def test_seeds_come_with_what_they_allow_to_claim():
    few, many = decided(100, 10), decided(100, 10, machine=GPU)
    assert (few.seeds, few.smallest_p, few.seeds_needed) == (3, 0.25, 8)
    assert many.seeds == many.seeds_needed == 8


def test_more_work_a_step_leaves_fewer_steps():
    large, small = decided(9000, 900), decided(9000, 900, channels=1)
    assert 300 <= large.steps < small.steps <= 5000
    assert decided(9000, 900, machine=Machine(cpus=8, gpus=0)).steps > large.steps


def test_a_few_images_are_not_shown_a_thousand_times():
    assert decided(40, 4, validation=(20, 20)).steps == 300
