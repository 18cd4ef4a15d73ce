"""``bench export`` says where it went and what is missing."""

import json
import shutil

import pytest

from support.runs import run


@pytest.fixture
def folder(tmp_path):
    run(tmp_path, only=("plain",), sets=("axes.seed=[0]",))
    return tmp_path / "run"


def test_without_a_place_it_goes_beside_the_run(bench, folder, tmp_path):
    done = bench("export", str(folder), "--what", "weights,matrix", "--what", "predictions")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'run-export'}\n")
    assert done.stderr == "8 files, 0 banks and 1 classifier among them\n"


def test_what_is_missing_is_told(bench, folder, tmp_path):
    shutil.rmtree(tmp_path / "store")
    done = bench("export", str(folder), "--to", str(tmp_path / "x.zip"))
    assert done.exit_code == 0, done.stderr
    assert done.stderr.endswith("no longer in the store: train dots/plain/s0; README.txt lists all\n")
    document = json.loads(bench("export", str(folder), "--to", str(tmp_path / "y.zip"), "--json").stdout)
    assert (document["weights"], document["missing"]) == (0, ["train dots/plain/s0"])
    assert (tmp_path / "x.zip").read_bytes() == (tmp_path / "y.zip").read_bytes()


def test_what_there_is_not_is_refused(bench, folder):
    done = bench("export", str(folder), "--what", "banks,wights")
    assert done.exit_code == 2
    assert "'wights' is nothing to export; did you mean 'weights'?" in " ".join(done.stderr.replace("│", " ").split())
