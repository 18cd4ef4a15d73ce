"""``bench retry`` runs failed trials again, of all classes or of some, and nothing else."""

import json

import pytest

from augbench.store.run_folder import RunFolder
from augbench.store.standing import standing
from support import toys
from support.runs import MATRIX, run

TEXT = (
    MATRIX
    + """
broken = { generator = { use = "support.toys:MeanNoise", diverges = true } }
large = { generator = { use = "support.toys:MeanNoise", noise = 0.2 } }
"""
)


def out_of_memory(fit):
    def fails(self, *arguments, **named):
        if self.noise == 0.2:
            raise MemoryError("no memory left")
        return fit(self, *arguments, **named)

    return fails


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A run of which two trials diverged and two had too little memory, and one was never begun."""
    with monkeypatch.context() as patched:
        patched.setattr(toys.MeanNoise, "fit", out_of_memory(toys.MeanNoise.fit))
        run(tmp_path, TEXT, only=("broken", "large", "plain"))
    folder = RunFolder(path=tmp_path / "run")
    planned = next(trial for trial in folder.about()["trials"] if trial["trial"] == "dots/plain/s1")
    folder.predictions(planned["trial"], planned["key"]).unlink()
    (tmp_path / "dots.toml").unlink()
    return folder


def test_failures_of_a_class_are_run_again_and_nothing_else(bench, folder):
    assert standing(folder).by_class() == {"diverged": 2, "memory": 2}
    done = bench("retry", str(folder.path), "--failure", "memory")
    assert done.exit_code == 0, done.stderr
    assert "dots/large/s0 done" in done.stderr
    assert "dots/large/s1 done" in done.stderr
    assert "dots/broken" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("3 trials done, 3 pending; ")
    assert standing(folder).trials == {"done": 3, "failed": 2, "pending": 1}


def test_without_a_class_all_failures_are_tried_again(bench, folder):
    done = bench("retry", str(folder.path), "--json")
    assert done.exit_code == 1
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert (outcome["event"], outcome["done"], outcome["failed"], outcome["pending"]) == ("run-finished", 3, 2, 1)


def test_nothing_to_retry_is_said(bench, folder, tmp_path):
    done = bench("retry", str(folder.path), "--failure", "killed", "--failure", "timeout")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.endswith("nothing to retry: no trial failed by killed and timeout; there are 2 diverged, 2 memory\n")
    run(tmp_path, only=("plain",), out="well")
    assert bench("retry", str(tmp_path / "well")).stderr.endswith("nothing to retry: no trial has failed\n")
    events = bench("retry", str(tmp_path / "well"), "--json").stdout
    assert json.loads(events) == {"event": "nothing-to-retry", "failures-by-class": {}}


def test_results_of_older_code_are_told_to_be_no_longer_done(bench, folder, monkeypatch):
    for module in ("session", "work"):
        monkeypatch.setattr(f"augbench.engine.{module}.code_digest", lambda component: "mended")
    done = bench("retry", str(folder.path), "--failure", "memory")
    words = "1 trial that was done (dots/plain/s0): code or data are others now, so they count as pending; 'bench run' makes them anew"
    assert words in done.stderr
    assert standing(folder).trials == {"done": 2, "pending": 4}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--failure", "memry"), "'memry' is no class of failure"),
        (("--set", "training.lr=0.1"), "changes the run; here only data sets may move"),
        (("--device", "tpu"), "'tpu' is no device"),
        (("--engine", "nowhere"), "no executor called 'nowhere'"),
    ],
)
def test_what_makes_no_sense_is_refused(bench, folder, arguments, message):
    done = bench("retry", str(folder.path), *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert standing(folder).trials == {"done": 1, "failed": 4, "pending": 1}


def test_what_is_no_run_is_told(bench, tmp_path):
    assert "no run folder at" in bench("retry", str(tmp_path)).stderr
