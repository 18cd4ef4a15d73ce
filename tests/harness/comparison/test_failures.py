"""What failed, by kind, and what failures have in common."""

from collections.abc import Callable, Collection
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from augbench.comparison import compare
from augbench.comparison.failures import CHANCE, MEANINGS, failures, in_common
from augbench.values.comparing import Failures, InCommon
from augbench.values.failing import FAILURE_CLASSES
from augbench.values.results import Results, Setting, TrialResult

Make = Callable[..., TrialResult]
MakeResults = Callable[..., Results]
Settings = dict[str, dict[str, Setting]]

MIXERS: Settings = {row: {"augment.linear": "cutmix" if row in ("a", "b") else "mixup", "training.lr": 0.05} for row in "abcde"}


def fail(trial: TrialResult, failure_class: str = "memory", error: str = "OutOfMemoryError", **more: object) -> TrialResult:
    return replace(trial, status="failed", test=None, failure_class=failure_class, failure=error, reason="no room", **more)


@pytest.fixture
def run(make_trial: Make, make_results: MakeResults) -> Callable[..., Results]:
    """Make a run of five rows and four seeds; the named (row, seed) failed."""

    def made(failed: Collection[tuple[str, int]], settings: Settings = MIXERS, **more: object) -> Results:
        trials = [make_trial(row, seed, 3) for row in "abcde" for seed in range(4)]
        shown = [fail(trial) if (trial.row, trial.seed) in failed else trial for trial in trials]
        return make_results(shown, control="e", settings={"data": settings}, **more)

    return made


def found(results: Results) -> Failures:
    said = failures(results)
    assert said is not None
    return said


def sentences(common: tuple[InCommon, ...]) -> list[str]:
    return [each.sentence for each in common]


def test_a_run_without_failures_has_none(run: Callable[..., Results]) -> None:
    assert failures(run([])) is None
    assert compare(run([])).failures is None


def test_seven_of_eight_failures_have_one_setting(run: Callable[..., Results]) -> None:
    failed = [("a", 0), ("a", 1), ("a", 2), ("a", 3), ("b", 0), ("b", 1), ("b", 3), ("d", 2)]
    said = found(run(failed))
    assert (said.total, said.ran) == (8, 20)
    assert sentences(said.common) == ["7 of 8 failures have augment.linear = cutmix; of the 12 other trials, 1 has it."]
    (common,) = said.common
    assert (common.failures, common.of_failures, common.others, common.of_others) == (7, 8, 1, 12)
    assert compare(run(failed)).failures == said


def test_settings_that_part_the_trials_alike_are_one_finding(run: Callable[..., Results]) -> None:
    settings = MIXERS | {"c": {"generator": "gan", "generator.beta": 0.5, "augment.linear": "mixup", "batch.size": 64}}
    said = found(run([("c", seed) for seed in range(4)], settings))
    assert said.common[0].settings == ("row = c", "generator = gan", "batch.size = 64", "generator.beta = 0.5")
    assert sentences(said.common)[0].endswith("; of the 16 other trials, none has them.")


def test_a_seed_may_be_what_failures_have_in_common(run: Callable[..., Results]) -> None:
    assert found(run([(row, 2) for row in "abcde"])).common[0].settings == ("seed = 2",)


def test_a_fold_and_a_data_set_may_be_too(make_trial: Make, make_results: MakeResults) -> None:
    folds = [make_trial(row, 0, 3, fold=fold) for row in "abcde" for fold in range(5)]
    said = found(make_results([fail(trial) if trial.fold == 3 else trial for trial in folds]))
    assert [each.settings for each in said.common] == [("fold = 3",)]
    columns = [replace(trial, column=name, trial=f"{name}/{trial.trial}") for name in ("data", "more") for trial in folds]
    said = found(make_results([fail(trial) if trial.column == "more" else trial for trial in columns]))
    assert [each.settings for each in said.common] == [("column = more",)]
    said = found(make_results([fail(trial) if (trial.column, trial.row) == ("more", "b") else trial for trial in columns]))
    assert [each.settings for each in said.common] == [("cell = more/b",)]


def test_two_causes_are_two_findings(make_trial: Make, make_results: MakeResults) -> None:
    trials = [make_trial(f"r{row}", seed, 3) for row in range(6) for seed in range(6)]
    said = found(make_results([fail(trial) if trial.row == "r0" or trial.seed == 0 else trial for trial in trials]))
    assert sentences(said.common) == [
        "6 of 11 failures have row = r0; of the 25 other trials, none has it.",
        "6 of 11 failures have seed = 0; of the 25 other trials, none has it.",
    ]


def test_what_follows_from_a_finding_is_not_said_again(run: Callable[..., Results]) -> None:
    failed = [(row, seed) for row in "ab" for seed in range(4)]
    settings = {row: {"augment.linear": MIXERS[row]["augment.linear"], "sampler": "wide" if row in "abc" else "narrow"} for row in "abcde"}
    assert [each.settings for each in found(run(failed, settings)).common] == [("augment.linear = cutmix",)]


@pytest.mark.parametrize(
    "failed",
    [
        pytest.param([("a", 0)], id="one failure"),
        pytest.param([(row, seed) for row in "abcde" for seed in range(4)], id="everything failed"),
        pytest.param([("a", 0), ("b", 1), ("c", 2), ("d", 3)], id="all over the run"),
    ],
)
def test_nothing_is_said_where_nothing_is_to_be_seen(failed: list[tuple[str, int]], run: Callable[..., Results]) -> None:
    assert found(run(failed)).common == ()


def test_trials_that_did_not_run_count_on_neither_side(run: Callable[..., Results]) -> None:
    results = run([("a", seed) for seed in range(4)])
    waiting = [replace(trial, status="pending" if trial.row == "d" else "skipped", test=None) for trial in results.trials[12:]]
    said = found(replace(results, trials=(*results.trials[:12], *waiting)))
    assert said.ran == 12
    assert said.common[0].of_others == 8


def test_groups_are_by_class_and_error_the_largest_first(run: Callable[..., Results]) -> None:
    results = run([("a", seed) for seed in range(4)])
    others = {"data/b/s0": fail(results.trials[4], "error", "KeyError", failed_stage="train")}
    others |= {"data/c/s0": fail(results.trials[8], "error", "ValueError", failed_stage="evaluate")}
    others |= {"data/c/s1": replace(fail(results.trials[9], "error", "ValueError", failed_stage="train"), reason="seldom")}
    said = found(replace(results, trials=tuple(others.get(trial.trial, trial) for trial in results.trials)))
    kinds = [(group.failure_class, group.error, len(group.trials), group.machine, group.retry) for group in said.groups]
    assert kinds == [
        ("memory", "OutOfMemoryError", 4, True, "bench retry RUN --failure memory"),
        ("error", "ValueError", 2, False, "bench retry RUN --failure error"),
        ("error", "KeyError", 1, False, "bench retry RUN --failure error"),
    ]
    assert (said.groups[1].stages, said.groups[1].reason, said.groups[1].reasons) == ({"evaluate": 1, "train": 1}, "no room", 2)
    assert said.groups[0].common[0].settings == ("row = a",)
    assert "of the 16 other trials" in said.groups[0].common[0].sentence


def test_the_only_group_repeats_nothing(run: Callable[..., Results]) -> None:
    said = found(run([("a", seed) for seed in range(4)]))
    assert said.common
    assert [group.common for group in said.groups] == [()]


def test_a_record_without_class_is_an_error_and_an_unknown_class_is_kept(run: Callable[..., Results]) -> None:
    results = run([])
    trials = (fail(results.trials[0], ""), fail(results.trials[1], "of tomorrow"), *results.trials[2:])
    assert [(group.failure_class, group.meaning) for group in found(replace(results, trials=trials)).groups] == [
        ("error", MEANINGS["error"]),
        ("of tomorrow", ""),
    ]
    assert [each.failure_class for each in compare(replace(results, trials=trials)).columns[0].absent] == ["error", "of tomorrow"]


def test_every_class_of_failure_has_a_meaning() -> None:
    assert tuple(MEANINGS) == FAILURE_CLASSES


@pytest.mark.parametrize(("value", "written"), [(None, "none"), (True, "true"), (0.05, "0.05"), (64, "64"), ("a = b", "a = b")])
def test_values_are_written_as_in_the_matrix(value: Setting, written: str, run: Callable[..., Results]) -> None:
    settings: Settings = {row: {"x": value if row == "a" else "other"} for row in "abcde"}
    assert f"x = {written}" in found(run([("a", seed) for seed in range(4)], settings)).common[0].settings


def test_a_long_value_does_not_hide_the_counts(run: Callable[..., Results]) -> None:
    settings: Settings = {row: {"x": "y" * 500 if row in "ab" else "other"} for row in "abcde"}
    (common,) = found(run([(row, seed) for row in "ab" for seed in range(4)], settings)).common
    assert len(common.sentence) < 200
    assert common.sentence.endswith("of the 12 other trials, none has it.")
    assert common.settings == ("x = " + "y" * 500,)


def test_failures_that_fall_at_random_are_seldom_given_a_cause(run: Callable[..., Results]) -> None:
    everything = [(row, seed) for row in "abcde" for seed in range(4)]
    said = sum(bool(found(run(Random(draw).sample(everything, 2 + draw % 6))).common) for draw in range(300))
    assert said <= 300 * CHANCE


@given(st.data(), st.integers(2, 24))
def test_what_is_said_is_true_common_rare_elsewhere_and_hardly_chance(data: st.DataObject, ran: int) -> None:
    everything = (1 << ran) - 1
    failed = data.draw(st.integers(0, everything))
    masks = data.draw(st.sets(st.integers(1, everything), min_size=1, max_size=8))
    said = in_common(failed, ran, {mask: ((f"path{mask}", "x"),) for mask in masks})
    for each in said:
        (mask,) = [mask for mask in masks if each.settings == (f"path{mask} = x",)]
        holders = {place for place in range(ran) if mask >> place & 1}
        wrong = {place for place in range(ran) if failed >> place & 1}
        assert (each.failures, each.of_failures) == (len(holders & wrong), len(wrong))
        assert (each.others, each.of_others) == (len(holders - wrong), ran - len(wrong))
        assert 2 * each.failures >= each.of_failures > 1
        assert each.failures * each.of_others >= 2 * each.others * each.of_failures
        table = [[each.failures, each.others], [each.of_failures - each.failures, each.of_others - each.others]]
        assert fisher_exact(table, alternative="greater").pvalue <= CHANCE + 1e-12
