"""Which generators are too poor to test a method with, and what is said of all of them."""

from dataclasses import replace

import pytest

from augbench.comparison import compare
from augbench.comparison.generators import COLLAPSED, COPIES, UNTRAINED, problem
from augbench.values.results import GeneratorResult, Results

SOUND = GeneratorResult(
    name="wgan-div", class_name="rare", seed=0, fold=None, chosen=200, curves={"kid": ((0, 0.5), (100, 0.02), (200, 0.01))},
    numbers={"kid": 0.01, "diversity": 0.9, "nearest-real-ratio": 1.1, "real": 5.0, "generated": 200.0}, features="f", digest="1",
)  # fmt: skip


@pytest.fixture
def judged(make_trial, make_results):
    """Return the maker of runs of two rows, of which the first reads the generators, one a seed."""

    def make(*found: GeneratorResult) -> Results:
        trials = [make_trial("ours", fit.seed, 2, judged={"rare": f"k{fit.seed}"}) for fit in found]
        trials += [make_trial("control", fit.seed, 4) for fit in found]
        return replace(make_results(trials), generators={f"k{fit.seed}": fit for fit in found})

    return make


def changed(seed=0, **numbers: float) -> GeneratorResult:
    return replace(SOUND, seed=seed, numbers=dict(SOUND.numbers) | {name.replace("_", "-"): value for name, value in numbers.items()})


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ({}, None),
        ({"diversity": COLLAPSED + 0.001}, None),
        ({"diversity": COLLAPSED - 0.001}, "collapsed"),
        ({"kid": UNTRAINED * 0.5 - 0.001}, None),
        ({"kid": UNTRAINED * 0.5 + 0.001}, "untrained"),
        ({"nearest_real_ratio": COPIES + 0.001}, None),
        ({"nearest_real_ratio": COPIES - 0.001}, "copies"),
        ({"diversity": 0.0, "kid": 0.5, "nearest_real_ratio": 0.0}, "collapsed"),
    ],
)
def test_a_fit_is_judged_by_its_numbers(numbers, word):
    found = problem(changed(**numbers))
    assert (found.word if found else None) == word


def test_what_was_not_measured_is_not_held_against_it():
    assert problem(replace(SOUND, numbers={"real": 1.0, "generated": 200.0})) is None
    assert problem(replace(changed(kid=9.0), curves={})) is None
    assert problem(replace(changed(kid=9.0), curves={"kid": ((100, 1.0),)})) is None


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            {"diversity": 0.04},
            "the generator wgan-div of class rare, seed 1, has collapsed: its images differ by 0.040 of what real ones differ by",
        ),
        (
            {"kid": 0.49},
            "the generator wgan-div of class rare, seed 1, has learnt next to nothing: its KID is 0.490, before the first iteration 0.500",
        ),
    ],
)
def test_a_row_with_a_poor_generator_is_not_fairly_tested_and_gets_no_verdict(numbers, said, judged):
    (column,) = compare(judged(SOUND, changed(1, **numbers))).columns
    row = next(row for row in column.rows if row.name == "ours")
    assert row.unfair == f"not fairly tested: {said}"
    assert row.verdict.word == "refused"
    assert row.difference.test is None
    (flag,) = [flag for flag in column.flags if flag.code == "WEAK_GENERATOR"]
    assert flag.sentence == (
        "These generators have collapsed or learnt next to nothing, so that their rows are not fairly tested: wgan-div of rare."
    )


def test_where_the_control_s_generator_is_poor_no_row_gets_a_verdict(judged):
    run = judged(SOUND, changed(1, diversity=0.0))
    (column,) = compare(replace(run, report=replace(run.report, control="ours"))).columns
    assert {row.verdict.word for row in column.rows if row.verdict} == {"refused"}


def test_copies_are_told_and_take_no_verdict_away(judged):
    (column,) = compare(judged(changed(nearest_real_ratio=0.02), changed(1))).columns
    assert [flag.code for flag in column.flags if flag.code in ("COPIES", "WEAK_GENERATOR")] == ["COPIES"]
    assert column.generators[0].word == "copies"
    assert next(row for row in column.rows if row.name == "ours").unfair == ""


def test_fits_are_gathered_over_seeds_with_mean_and_range(judged):
    (column,) = compare(judged(SOUND, replace(changed(1, kid=0.03), chosen=150, curves={"kid": ((0, 0.3), (100, 0.04))}))).columns
    (found,) = column.generators
    assert (found.name, found.class_name, found.rows, found.fits, found.chosen) == ("wgan-div", "rare", ("ours",), 2, (150, 200))
    kid, before = found.numbers["kid"], found.numbers["kid-before"]
    assert (kid.mean, kid.low, kid.high) == (pytest.approx(0.02), 0.01, 0.03)
    assert (before.mean, before.low, before.high) == (pytest.approx(0.4), 0.3, 0.5)
    assert found.curves["kid"] == ((0, pytest.approx(0.4)), (100, pytest.approx(0.03)), (200, 0.01))
    assert found.word == "sound"


def test_rows_that_read_the_same_fits_share_a_line_and_others_have_their_own(make_trial, make_results):
    shared = [make_trial(row, 0, 2, judged={"rare": "k0"}) for row in ("one", "two")]
    own = [make_trial("three", 0, 2, judged={"rare": "k1"})]
    run = replace(make_results([*shared, *own, make_trial("control", 0, 3)]), generators={"k0": SOUND, "k1": changed(kid=0.2)})
    (column,) = compare(run).columns
    assert [found.rows for found in column.generators] == [("one", "two"), ("three",)]


def test_judgements_by_different_networks_are_flagged(judged):
    (column,) = compare(judged(SOUND, replace(changed(1), digest="2"))).columns
    assert "MIXED_FEATURES" in [flag.code for flag in column.flags]


def test_a_run_without_judgements_says_nothing_of_generators(make_trial, make_results):
    (column,) = compare(make_results([make_trial("ours", 0, 2), make_trial("control", 0, 3)])).columns
    assert column.generators == ()
    assert not {"WEAK_GENERATOR", "COPIES", "MIXED_FEATURES"} & {flag.code for flag in column.flags}
