"""``bench merge`` writes a run folder and says what came from where."""

import json

import pytest

from support.runs import MATRIX, run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    here = tmp_path_factory.mktemp("runs")
    for seed in (0, 1):
        run(here, out=f"s{seed}", sets=(f"axes.seed=[{seed}]",), only=("plain",))
    run(here, MATRIX.replace("lr = 0.05", "lr = 0.5"), out="other", only=("plain",))
    return here


def test_runs_are_joined(bench, runs, tmp_path):
    done = bench("merge", str(runs / "s0"), str(runs / "s1"), "--out", str(tmp_path / "all"))
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'all'}\n")
    assert done.stderr == f"2 trials: 2 done; 1 of {runs / 's0'}, 1 of {runs / 's1'}\n"
    assert "Dots: " in bench("status", str(tmp_path / "all")).stdout
    assert bench("report", str(tmp_path / "all")).exit_code == 0
    retried = bench("retry", str(tmp_path / "all"))
    assert "no trial has failed" in retried.stderr


def test_json_tells_shares(bench, runs, tmp_path):
    arguments = [str(runs / "other"), str(runs / "s0"), "--prefer", str(runs / "other")]
    done = bench("merge", *arguments, "--out", str(tmp_path / "all"), "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document == {
        "path": str(tmp_path / "all"),
        "trials": {"done": 2},
        "shares": {str(runs / "other"): 2, str(runs / "s0"): 0},
        "left_out": 1,
    }


def test_a_contradiction_is_a_matter_of_its_user(bench, runs, tmp_path):
    done = bench("merge", str(runs / "s0"), str(runs / "other"), "--out", str(tmp_path / "all"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"  dots/plain: training.lr is 0.05 in {runs / 's0'} and 0.5 in {runs / 'other'}\n" in done.stderr


def test_one_run_is_not_merged(bench, runs, tmp_path):
    done = bench("merge", str(runs / "s0"), "--out", str(tmp_path / "all"))
    assert done.exit_code == 2
    assert "name two runs or more" in done.stderr
