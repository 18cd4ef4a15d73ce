"""What trials took: means of what was measured, and nothing else."""

from collections.abc import Callable, Mapping

import pytest

from augbench.comparison import compare
from augbench.values.comparing import Budget
from augbench.values.results import Results, TrialResult

Make = Callable[..., TrialResult]


@pytest.fixture
def cost(make_trial: Make, make_results: Callable[..., Results]) -> Callable[..., Budget]:
    """Return the budget of a row whose trials took so much, seed by seed."""

    def budget(*costs: Mapping[str, float], **more: object) -> Budget:
        trials = [make_trial("control", seed, 3, cost=cost, **more) for seed, cost in enumerate(costs)]
        (column,) = compare(make_results(trials)).columns
        return column.rows[0].budget

    return budget


def test_each_number_is_the_mean_over_the_trials_that_tell_it(cost: Callable[..., Budget]) -> None:
    found = cost({"seconds": 2.0, "cpu-seconds": 8.0}, {"seconds": 4.0}, {"seconds": 9.0, "cpu-seconds": 10.0})
    assert found.cost == {"seconds": 5.0, "cpu-seconds": 9.0}


def test_what_nobody_measured_is_not_there(cost: Callable[..., Budget]) -> None:
    assert cost({}, {}).cost == {}
    assert cost({"energy-joules": float("nan")}, {"energy-joules": float("inf")}).cost == {}


def test_a_record_without_costs_tells_its_seconds(cost: Callable[..., Budget]) -> None:
    assert cost({}, {"seconds": 5.0}, seconds=3.0).cost == {"seconds": 4.0}


def test_failed_trials_do_not_count(make_trial: Make, make_results: Callable[..., Results]) -> None:
    trials = [
        make_trial("control", 0, 3, cost={"seconds": 2.0}),
        make_trial("control", 1, 3, cost={"seconds": 90.0}, status="failed", test=None),
    ]
    assert compare(make_results(trials)).columns[0].rows[0].budget.cost == {"seconds": 2.0}
