"""A hundred rows on ten data sets with ten seeds and ten folds are planned in linear time, in seconds and little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
WHOLE = (100, 10, 10, 10)


def large(what: str, folder: Path, *size: int) -> dict:
    """Plan in a process of its own, whose memory and imports are those of the plan alone."""
    tests = Path(__file__).parents[2]
    command = [sys.executable, "-m", "support.large", what, str(folder), *map(str, size)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(tests)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_hundred_thousand_trials_take_ten_seconds_and_600_megabytes(tmp_path: Path):
    assert large("fill", tmp_path, *WHOLE) == {"artefacts": 2000}
    found = large("measure", tmp_path, *WHOLE)
    print(found)
    # Seconds of CPU: other processes of the machine take no part in them.
    assert found["seconds"] < 10
    assert found["megabytes"] < 600
    # Ten data sets, eight generators each for every seed and fold, and a classifier and a test for each trial.
    assert (found["trials"], found["stages"]) == (100_000, 10 + 2 * 8 * 1000 + 2 * 100_000)
    assert found["costs"] == found["stages"]
    assert found["reasons"] > 100
    assert not found["torch"]


def test_ten_times_the_trials_take_no_more_than_ten_times_as_long(tmp_path: Path):
    none, some, all_of_them = (large("measure", tmp_path / str(rows), rows, 10, seeds, 10) for rows, seeds in ((1, 1), (10, 10), (100, 10)))
    print(none, some, all_of_them)
    assert (some["trials"], all_of_them["trials"]) == (10_000, 100_000)
    growth = (all_of_them["seconds"] - none["seconds"]) / (some["seconds"] - none["seconds"])
    assert growth < 12
    assert (all_of_them["megabytes"] - none["megabytes"]) / (some["megabytes"] - none["megabytes"]) < 12
