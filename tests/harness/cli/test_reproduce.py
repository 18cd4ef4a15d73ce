"""``bench reproduce`` answers by its exit code, too."""

import json
import tempfile
from pathlib import Path

import pytest

from support.runs import MATRIX, run

BROKEN = '\nbroken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    here = tmp_path_factory.mktemp("run")
    run(here, MATRIX + BROKEN, only=("plain", "broken"), sets=("axes.seed=[0]",))
    return here / "run"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "tmp"


def test_the_same_again_is_0_and_leaves_nothing(bench, folder, temporary):
    done = bench("reproduce", str(folder), "dots/plain/s0")
    assert done.exit_code == 0, done.stderr
    first, *splits = done.stdout.splitlines()
    assert first.startswith("dots/plain/s0: bit-identical, in ")
    assert splits == [f"  {name}: equal to the last bit; 0 of 13 predicted labels differ" for name in ("test", "validation")]
    assert list(temporary.iterdir()) == []


def test_a_difference_is_1(bench, folder, monkeypatch):
    from support import toys

    monkeypatch.setattr(toys.Flat, "factor", lambda self, step, steps, per_epoch: 0.5)
    done = bench("reproduce", str(folder), "dots/plain/s0", "--tolerance", "1e-3")
    assert done.exit_code == 1
    assert done.stdout.startswith("dots/plain/s0: differs, in ")
    assert "  test: largest difference of two probabilities 0." in done.stdout


def test_what_cannot_be_compared_is_2(bench, folder):
    done = bench("reproduce", str(folder), "dots/broken/s0")
    assert (done.exit_code, done.stdout) == (2, "dots/broken/s0: cannot be compared\n  the run has no result of it: it is failed\n")
    assert bench("reproduce", str(folder), "dots/plane/s0").exit_code == 2


def test_json_has_everything_and_keep_keeps(bench, folder):
    document = json.loads(bench("reproduce", str(folder), "dots/plain/s0", "--json", "--keep").stdout)
    assert (document["verdict"], document["splits"]["test"]["identical"]) == ("bit-identical", True)
    assert (Path(document["kept"]) / "run" / "run.json").is_file()
    assert bench("status", str(Path(document["kept"]) / "run")).exit_code == 0
