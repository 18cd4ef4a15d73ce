"""Schedules, against torch's own."""

import warnings
from collections.abc import Callable

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, LRScheduler, MultiStepLR, SequentialLR, StepLR

from augbench import Schedule
from augbench_plugins.schedules import Constant, Cosine, Milestones, Step
from support.lawful import broken


@pytest.mark.parametrize("schedule", [Constant(), Step(step=2.0), Milestones(at=(1.0, 2.0)), Cosine(), Cosine(warmup=0.99)], ids=repr)
def test_it_keeps_the_laws(schedule: Schedule) -> None:
    assert broken(schedule) == []


def torchs(build: Callable[[torch.optim.Optimizer], LRScheduler], count: int) -> list[float]:
    """Return the rates of a torch schedule that starts at 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule, rates = build(optimizer), []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        with warnings.catch_warnings():
            # SequentialLR itself passes the deprecated epoch.
            warnings.simplefilter("ignore", UserWarning)
            schedule.step()
    return rates


def test_a_constant_rate_does_not_change() -> None:
    assert {Constant().factor(step, 10, 3.0) for step in range(10)} == {1.0}


@pytest.mark.parametrize("steps_per_epoch", [1, 7])
def test_steps_are_those_of_torchs_step_schedule(steps_per_epoch: int) -> None:
    by_epoch = torchs(lambda optimizer: StepLR(optimizer, step_size=4, gamma=0.1), 12)
    steps = 12 * steps_per_epoch
    found = [Step(step=4, gamma=0.1).factor(step, steps, steps_per_epoch) for step in range(steps)]
    assert found == pytest.approx([rate for rate in by_epoch for _ in range(steps_per_epoch)])


@pytest.mark.parametrize("steps_per_epoch", [0.1, 7.3, 2903.9])
def test_epochs_of_no_whole_number_of_steps_fall_at_the_first_step_past_their_border(steps_per_epoch: float) -> None:
    schedule = Step(step=30, gamma=0.5)
    for falls in range(1, 6):
        border = next(step for step in range(10**6) if step >= falls * 30 * steps_per_epoch - 1e-6)
        assert schedule.factor(border - 1, 10**6, steps_per_epoch) == 0.5 ** (falls - 1)
        assert schedule.factor(border, 10**6, steps_per_epoch) == 0.5**falls


@pytest.mark.parametrize("steps_per_epoch", [1, 7])
def test_milestones_are_those_of_torchs_schedule(steps_per_epoch: int) -> None:
    by_epoch = torchs(lambda optimizer: MultiStepLR(optimizer, milestones=[3, 8], gamma=0.1), 12)
    steps = 12 * steps_per_epoch
    found = [Milestones(at=(3, 8)).factor(step, steps, steps_per_epoch) for step in range(steps)]
    assert found == pytest.approx([rate for rate in by_epoch for _ in range(steps_per_epoch)])


@pytest.mark.parametrize("floor", [0.0, 0.2])
def test_the_cosine_is_torchs(floor: float) -> None:
    expected = torchs(lambda optimizer: CosineAnnealingLR(optimizer, T_max=50, eta_min=floor), 50)
    assert [Cosine(warmup=0, floor=floor).factor(step, 50, 5.0) for step in range(50)] == pytest.approx(expected)


def test_the_warm_up_is_torchs_linear_one() -> None:
    def build(optimizer: torch.optim.Optimizer) -> LRScheduler:
        rise = LinearLR(optimizer, start_factor=1 / 11, total_iters=10)
        return SequentialLR(optimizer, [rise, CosineAnnealingLR(optimizer, T_max=90)], milestones=[10])

    expected = torchs(build, 100)
    assert [Cosine(warmup=0.1).factor(step, 100, 5.0) for step in range(100)] == pytest.approx(expected, abs=1e-12)


def test_every_factor_is_above_nothing_and_at_most_one() -> None:
    for schedule in (Constant(), Step(), Milestones(at=(1, 2)), Cosine(), Cosine(warmup=0.99)):
        for steps in (1, 2, 3, 40):
            assert all(0 < schedule.factor(step, steps, 1.5) <= 1 for step in range(steps))
