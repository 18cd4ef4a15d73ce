"""A run from a matrix file to a report: stages run once, failures stay apart, a second run has nothing to do."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from augbench.engine.rendering import write_reports
from augbench.store.run_folder import RunFolder
from augbench.values.errors import DiskFull, MissingFile
from augbench.values.run_errors import BrokenRun, ForeignFolder
from support.runs import MATRIX, Watcher, run, session

BROKEN = '\nbroken = { generator = { use = "support.toys:MeanNoise", diverges = true } }\n'


def numbers(run: Path) -> dict[str, list]:
    """Return every prediction of a run, exactly."""
    return {
        trial.trial: [trial.test.probabilities.tolist(), trial.validation.probabilities.tolist(), trial.test.ids]
        for trial in RunFolder(path=run).results().trials
        if trial.status == "done"
    }


def test_a_run_trains_every_trial_and_shares_the_generators(tmp_path):
    outcome, watcher = run(tmp_path, MATRIX.replace('formats = ["json"]', 'formats = ["markdown", "html"]'))
    assert (outcome.done, outcome.failed, outcome.stages_reused) == (6, 0, 0)
    kinds = [label.split()[0] for label in watcher.stages]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"prepare": 1, "fit": 2, "draw": 2, "train": 6, "test": 6}
    assert watcher.trials[-1].endswith("done 6/6")
    assert (tmp_path / "run" / "report.md").read_text().startswith("# ")
    assert (tmp_path / "run" / "report.html").is_file()


def test_the_same_command_again_runs_nothing(tmp_path):
    run(tmp_path)
    before = (tmp_path / "run" / "records.jsonl").read_bytes()
    outcome, watcher = run(tmp_path)
    assert (outcome.done, outcome.stages_run, watcher.stages, watcher.trials) == (6, 0, [], [])
    assert (tmp_path / "run" / "records.jsonl").read_bytes() == before


@pytest.mark.slow
def test_another_run_folder_takes_everything_from_the_store(tmp_path):
    run(tmp_path)
    outcome, watcher = run(tmp_path, out="second")
    assert (outcome.done, watcher.stages) == (6, [])
    assert numbers(tmp_path / "second") == numbers(tmp_path / "run")


@pytest.mark.slow
def test_a_finished_run_needs_no_store(tmp_path):
    run(tmp_path)
    outcome, watcher = run(tmp_path, store="empty")
    assert (outcome.done, watcher.stages) == (6, [])


@pytest.mark.slow
def test_two_runs_of_a_trial_give_the_same_bits_alone_or_beside_others(tmp_path):
    run(tmp_path)
    alone, _ = run(tmp_path, out="alone", store="other", only=("dots/no-mix",))
    assert alone.done == 2
    everything = numbers(tmp_path / "run")
    for name, found in numbers(tmp_path / "alone").items():
        assert found == everything[name]


def test_the_global_random_streams_are_left_alone(tmp_path):
    def states():
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()

    before = states()
    run(tmp_path)
    assert states() == before


@pytest.mark.slow
def test_a_diverged_generator_fails_its_trials_and_no_others(tmp_path):
    outcome, _ = run(tmp_path, MATRIX + BROKEN)
    assert (outcome.done, outcome.failed) == (6, 2)
    results = {trial.trial: trial for trial in RunFolder(path=tmp_path / "run").results().trials}
    reason = results["dots/broken/s0"].reason
    what = "generator mean-noise diverged: its loss is not a number by step 7; lower fit.lr"
    assert reason == f"fit support.toys:MeanNoise to c, seed 0: {what}"
    records = [json.loads(line) for line in (tmp_path / "run" / "records.jsonl").read_text().splitlines()]
    failed = [record for record in records if record["type"] == "trial" and record["status"] == "failed"]
    assert [record["trial"] for record in failed] == ["dots/broken/s0", "dots/broken/s1"]
    assert all("Traceback" in record["traceback"] and record["error-class"] == "Diverged" for record in failed)
    assert "diverged" in (tmp_path / "run" / "report.json").read_text()


@pytest.mark.slow
def test_failed_trials_are_tried_again_and_nothing_else(tmp_path):
    run(tmp_path, MATRIX + BROKEN)
    outcome, watcher = run(tmp_path, MATRIX + BROKEN)
    assert (outcome.failed, watcher.stages) == (2, [])
    assert [name.split()[1] for name in watcher.trials] == ["failed", "failed"]


def test_adding_a_row_runs_that_row_only(tmp_path):
    run(tmp_path)
    outcome, watcher = run(tmp_path, MATRIX + "\nslow = { training.lr = 0.01 }\n")
    assert outcome.done == 8
    assert sorted(watcher.stages) == ["test dots/slow/s0", "test dots/slow/s1", "train dots/slow/s0", "train dots/slow/s1"]


@pytest.mark.slow
def test_a_setting_taken_back_finds_its_own_predictions_again(tmp_path):
    run(tmp_path)
    before = numbers(tmp_path / "run")
    run(tmp_path, MATRIX.replace("lr = 0.05", "lr = 0.5"))
    assert numbers(tmp_path / "run") != before
    _, watcher = run(tmp_path)
    assert watcher.stages == []
    assert numbers(tmp_path / "run") == before


@pytest.mark.slow
def test_a_damaged_artefact_is_made_again(tmp_path):
    run(tmp_path)
    weights = next((tmp_path / "store" / "train").glob("*/weights.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    outcome, watcher = run(tmp_path, out="second")
    assert (outcome.done, len(watcher.stages), len(watcher.messages)) == (6, 1, 1)
    assert "is damaged (weights.safetensors has changed)" in watcher.messages[0]
    assert numbers(tmp_path / "second") == numbers(tmp_path / "run")


@pytest.mark.slow
def test_folds_train_on_the_rest_and_validate_on_what_is_held_out(tmp_path):
    outcome, _ = run(tmp_path, MATRIX.replace('minority = ["c"]', 'minority = ["c"]\nfolds = 3'))
    assert outcome.done == 18
    trials = [trial for trial in RunFolder(path=tmp_path / "run").results().trials if (trial.row, trial.seed) == ("ours", 0)]
    held_out = [name for trial in trials for name in trial.validation.ids]
    assert len(held_out) == len(set(held_out)) == 12 + 8 + 4 + 6 + 4 + 3
    assert len({trial.test.ids for trial in trials}) == 1


@pytest.mark.slow
def test_the_best_check_is_tested_where_it_is_asked_for(tmp_path):
    text = MATRIX.replace("lr = 0.05", 'lr = 0.05\nselect = "best"\nchecks = 7')
    run(tmp_path, text)
    records = [json.loads(line) for line in (tmp_path / "run" / "records.jsonl").read_text().splitlines()]
    for record in (record for record in records if record["type"] == "trial"):
        curve = dict(record["curves"]["validation macro-f1"])
        assert curve[record["chosen"]] == max(curve.values())


def test_a_report_can_be_written_of_a_half_done_run(tmp_path):
    planned = session(tmp_path)

    class Impatient(Watcher):
        def trial_finished(self, result, done, total) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        planned.run(Impatient())
    written = write_reports(tmp_path / "run", ("markdown",))
    assert tmp_path / "run" / "report.md" in written
    assert "it has not run yet" in (tmp_path / "run" / "report.md").read_text()
    outcome, _ = run(tmp_path)
    assert outcome.done == 6


def test_what_an_audit_finds_is_known_once_the_images_are_prepared(tmp_path):
    assert session(tmp_path)._results("cpu").columns[0].audit == ()
    run(tmp_path, only=("plain",))
    (column,) = RunFolder(path=tmp_path / "run").results().columns
    assert {finding.code for finding in column.audit} == {"RARE_CLASS", "FEW_TO_LEARN"}
    assert column.images == "8 x 8 pixels, 3 channels, 8 bit"
    run(tmp_path)
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    assert [record["dataset"] for record in RunFolder(path=tmp_path / "run").journal if record["type"] == "data"] == ["dots"]
    assert RunFolder(path=tmp_path / "run").results().columns == (column,)


def test_a_run_folder_of_an_older_version_tells_what_leaked(tmp_path):
    run(tmp_path, only=("plain",))
    (about, journal) = (tmp_path / "run" / name for name in ("run.json", "records.jsonl"))
    older = json.loads(about.read_text())
    for column in older["columns"]:
        del column["audit"], column["notes"]
        column["leaks"] = {}
    about.write_text(json.dumps(older))
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    for record in records:
        if record.pop("audit", None) is not None:
            record["leaks"] = {"groups": 2, "duplicates": 0}
    journal.write_text("".join(json.dumps(record) + "\n" for record in records))
    (column,) = RunFolder(path=tmp_path / "run").results().columns
    assert [(finding.code, finding.count, finding.grave) for finding in column.audit] == [("LEAKED_GROUPS", 2, True)]


def test_an_analysis_that_changes_once_results_are_known_is_noted(tmp_path):
    folder = RunFolder(path=tmp_path / "run")
    run(tmp_path, only=("plain",), sets=("axes.seed=[0]",))
    (declared,) = folder.results().analysis
    assert (declared.what, declared.done, declared.of) == ("", 0, 1)
    run(tmp_path, MATRIX.replace('control = "ours"', 'control = "plain"'), only=("plain",), sets=("axes.seed=[0]",))
    assert [(one.what, one.done, one.of) for one in folder.results().analysis[1:]] == [("control ours -> plain", 1, 1)]


def test_a_run_killed_while_it_wrote_its_first_file_goes_on(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.lock").touch()
    (tmp_path / "run" / ".run.json.4711.tmp").write_text('{"half')
    outcome, _ = run(tmp_path, MATRIX.replace("seed = [0, 1]", "seed = [0]"))
    assert outcome.failed == 0
    assert outcome.done == 3


def test_a_folder_of_something_else_is_not_written_into(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "report.md").write_text("mine")
    with pytest.raises(
        ForeignFolder, match=r"run' is not empty and is no run folder \(it has no run\.json\); choose another folder with --out"
    ):
        run(tmp_path)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["report.md"]
    assert (tmp_path / "run" / "report.md").read_text() == "mine"


def test_a_store_that_cannot_be_written_is_told_before_any_work(tmp_path):
    (tmp_path / "store").write_text("a file")
    with pytest.raises(OSError, match="store"):
        run(tmp_path)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["run.json", "predictions"])
@pytest.mark.slow
def test_a_damaged_run_folder_names_the_file(tmp_path, name):
    run(tmp_path)
    path = next((tmp_path / "run").rglob("*.parquet")) if name == "predictions" else tmp_path / "run" / name
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BrokenRun, match=f"cannot read '{path}'.*; run the matrix again"):
        write_reports(tmp_path / "run")


@pytest.mark.slow
def test_a_torn_record_is_told(tmp_path):
    run(tmp_path)
    with (tmp_path / "run" / "records.jsonl").open("a") as file:
        file.write('{"type":"trial","tri')
    _, watcher = run(tmp_path)
    assert watcher.messages == [f"skipped 1 torn line of {tmp_path}/run/records.jsonl: a run was killed while it wrote"]


@pytest.mark.slow
def test_a_generator_that_draws_no_images_is_told(tmp_path):
    text = MATRIX + '\nodd = { generator = "support.toys:OddShapes" }\n'
    outcome, _ = run(tmp_path, text)
    assert outcome.failed == 2
    failed = [trial.reason for trial in RunFolder(path=tmp_path / "run").results().trials if trial.status == "failed"]
    assert (
        "generator OddShapes drew float32 [6, 3, 8, 8], not images like the data set's, uint8 [6, 3, 8, 8]; mend its sample()" in failed[0]
    )


def test_no_run_folder_is_one_clear_message(tmp_path):
    with pytest.raises(MissingFile, match=r"no run folder at '.*nowhere'; a run folder holds run\.json"):
        write_reports(tmp_path / "nowhere")


@pytest.mark.slow
def test_a_full_disk_stops_the_run_and_leaves_what_is_finished(tmp_path, monkeypatch):
    from augbench.store import files

    calls = iter(range(1000))
    whole = files.sync

    def sync(path):
        if next(calls) == 40:
            raise OSError(28, "No space left on device")
        whole(path)

    monkeypatch.setattr("augbench.store.manifest.sync", sync)
    with pytest.raises(DiskFull, match="free some space and run the same command again"):
        run(tmp_path)
    monkeypatch.undo()
    assert not list((tmp_path / "store" / "tmp").iterdir())
    outcome, _ = run(tmp_path)
    assert outcome.done == 6
    run(tmp_path, out="fresh", store="fresh-store")
    assert numbers(tmp_path / "run") == numbers(tmp_path / "fresh")


@pytest.mark.slow
@pytest.mark.parametrize("trials", [1, 3])
def test_a_killed_run_continues_to_the_same_numbers(tmp_path, trials):
    session(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen([sys.executable, "-m", "support.runs", str(tmp_path)], env=environment)
    records = tmp_path / "run" / "records.jsonl"
    deadline = time.monotonic() + 60
    while (not records.is_file() or records.read_text().count('"type":"trial"') < trials) and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert records.read_text().count('"type":"trial"') < 6, "killed too late to show anything"
    outcome, _ = run(tmp_path)
    run(tmp_path, out="whole", store="whole-store")
    assert outcome.done == 6
    assert numbers(tmp_path / "run") == numbers(tmp_path / "whole")
