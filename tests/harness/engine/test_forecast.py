"""Time left is work by slots, no less than what runs, corrected by what stages took."""

import pytest

from augbench.engine.forecast import Forecast
from augbench.plan.cost import Cost
from augbench.plan.tasks import PrepareTask, Stage
from support.toys import Dots


def stage(key: str, kind="train") -> Stage:
    task = PrepareTask(name="dots", dataset=Dots(), resize=None)
    return Stage(kind=kind, key=key, label=key, settings="{}", template=task, resample=None, inputs={})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def forecast(clock) -> Forecast:
    return Forecast(costs={key: Cost(seconds=10.0, bytes=0, basis="guess") for key in "abcd"}, clock=clock)


PENDING = {key: stage(key) for key in "abcd"}


def test_work_is_shared_by_the_slots(forecast):
    assert forecast.left(PENDING, 1) == 40
    assert forecast.left(PENDING, 2) == 20


def test_stages_that_took_longer_than_thought_stretch_the_rest(forecast):
    forecast.begin("a")
    forecast.end(PENDING["a"], 30.0)
    assert forecast.left({key: PENDING[key] for key in "bcd"}, 1) == 90


def test_a_kind_that_has_not_ended_is_off_by_as_much_as_the_others(forecast):
    forecast.end(stage("a", "fit-generator"), 5.0)
    assert forecast.left({"b": PENDING["b"]}, 1) == 5
    forecast.end(PENDING["c"], 40.0)
    assert forecast.left({"b": PENDING["b"]}, 1) == 40


def test_a_failure_says_nothing_about_others(forecast):
    forecast.end(PENDING["a"], None)
    assert forecast.left({"b": PENDING["b"]}, 1) == 10


def test_a_stage_that_runs_is_judged_by_its_own_pace(forecast, clock):
    forecast.begin("a")
    clock.now = 4.0
    assert forecast.left({"a": PENDING["a"]}, 2) == 6
    forecast.progress("a", 0.1)
    assert forecast.left({"a": PENDING["a"]}, 2) == pytest.approx(36)
