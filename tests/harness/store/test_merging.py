"""Runs of several machines become one run folder, or nothing where they contradict each other."""

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from augbench.engine.asking import asked_again_for
from augbench.engine.rendering import write_reports
from augbench.store import merging
from augbench.store.logs import trial_log
from augbench.store.merging import merge
from augbench.store.run_folder import RunFolder
from augbench.store.standing import standing
from augbench.values.errors import DiskFull, MissingFile
from augbench.values.run_errors import BrokenRun, Conflicts, SmokeRun, TakenFolder, UnknownRun
from support.runs import MATRIX, run

TEXT = MATRIX.replace("quality.features = false", 'quality = { features = "support.toys:Means", images = 6, checks = 0 }')
OTHERS = {
    "other-lr": (TEXT.replace("lr = 0.05", "lr = 0.5"), ("axes.seed=[2]",)),
    "other-data": (TEXT.replace('"support.toys:Dots"', '"support.toys:Dots"\nseed = 1'), ("axes.seed=[2]",)),
    "other-minority": (TEXT.replace('minority = ["c"]', 'minority = ["b", "c"]'), ("axes.seed=[2]",)),
    "other-control": (TEXT.replace('control = "ours"', 'control = "plain"'), ("axes.seed=[2]",)),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Runs of one matrix: all rows on one seed, two of them on two more, and some that contradict these."""
    here = tmp_path_factory.mktemp("runs")
    run(here, TEXT, out="left", sets=("axes.seed=[0]",))
    run(here, TEXT, out="right", sets=("axes.seed=[1, 2]",), only=("plain", "ours"))
    for name, (text, sets) in OTHERS.items():
        run(here, text, out=name, sets=sets, only=("plain",))
    return here


def changed(folder, change):
    document = json.loads((folder / "run.json").read_text())
    change(document)
    (folder / "run.json").write_text(json.dumps(document))
    return folder


def test_rows_seeds_and_trials_are_united_in_the_order_of_a_matrix(runs, tmp_path):
    merged = merge([runs / "right", runs / "left"], tmp_path / "all")
    assert (merged.trials, merged.left_out) == ({"done": 7}, 0)
    assert merged.shares == {str(runs / "right"): 4, str(runs / "left"): 3}
    results = RunFolder(path=tmp_path / "all").results()
    assert (results.seeds, [row.name for row in results.rows]) == ((0, 1, 2), ["ours", "no-mix", "plain"])
    assert [f"{trial.row}/s{trial.seed}" for trial in results.trials] == [
        "ours/s0", "no-mix/s0", "plain/s0", "ours/s1", "plain/s1", "ours/s2", "plain/s2"
    ]  # fmt: skip


def test_the_numbers_of_each_trial_are_those_of_its_run(runs, tmp_path):
    merge([runs / "left", runs / "right"], tmp_path / "all")
    parts = {trial.trial: trial for name in ("left", "right") for trial in RunFolder(path=runs / name).results().trials}
    results = RunFolder(path=tmp_path / "all").results()
    for trial in results.trials:
        assert np.array_equal(trial.test.probabilities, parts[trial.trial].test.probabilities)
        assert (trial.cost, trial.curves) == (parts[trial.trial].cost, parts[trial.trial].curves)
    assert len(results.generators) == 3
    assert all(one.sheet.is_file() for one in results.generators.values())


def test_a_merged_run_is_an_ordinary_run(runs, tmp_path):
    merge([runs / "left", runs / "right"], tmp_path / "all")
    (report,) = write_reports(tmp_path / "all", ("markdown",))[:1]
    assert "no-mix" in report.read_text()
    found = standing(RunFolder(path=tmp_path / "all"))
    assert (found.trials, found.running, found.title) == ({"done": 7}, (), "Dots")
    merge([tmp_path / "all", runs / "left"], tmp_path / "again")
    assert RunFolder(path=tmp_path / "again").about()["trials"] == RunFolder(path=tmp_path / "all").about()["trials"]
    assert asked_again_for(RunFolder(path=tmp_path / "again"), "dots/ours/s1").snapshot.sets[0].text == "axes.seed=[1, 2]"


def test_merging_a_run_with_its_own_copy_gives_the_run(runs, tmp_path):
    copy = shutil.copytree(runs / "left", tmp_path / "copy")
    merge([runs / "left", copy], tmp_path / "all")
    before, after = RunFolder(path=runs / "left"), RunFolder(path=tmp_path / "all")
    assert after.journal.read()[0][:-1] == before.journal.read()[0]
    assert (after.path / "matrix.toml").read_text() == (before.path / "matrix.toml").read_text()


def test_of_two_that_have_a_trial_the_one_that_finished_it_counts(runs, tmp_path):
    halted = shutil.copytree(runs / "left", tmp_path / "halted")
    records = [json.loads(line) for line in (halted / "records.jsonl").read_text().splitlines()]
    kept = [record for record in records if record.get("trial") != "dots/ours/s0"]
    (halted / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in kept))
    assert standing(RunFolder(path=halted)).trials == {"done": 2, "pending": 1}
    for number, order in enumerate(([halted, runs / "left"], [runs / "left", halted])):
        assert merge(order, tmp_path / f"all-{number}").trials == {"done": 3}


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ("other-lr", "dots/plain: training.lr is 0.05 in {right} and 0.5 in {other}"),
        ("other-data", "dots: the data in {right} are others than those in {other}"),
        ("other-minority", "dots: minority is [c] in {right} and [b, c] in {other}"),
        ("other-control", "what the report compares: control is ours in {right} and plain in {other}"),
    ],
)
def test_what_contradicts_itself_is_told_and_nothing_written(runs, tmp_path, other, line):
    with pytest.raises(Conflicts) as refused:
        merge([runs / "right", runs / other], tmp_path / "all")
    assert refused.value.conflicts == (line.format(right=runs / "right", other=runs / other),)
    assert "run one of them again, or say with --prefer RUN which of them is right" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_equal_settings_and_data_of_other_code_are_told(runs, tmp_path):
    other = changed(
        shutil.copytree(runs / "left", tmp_path / "other"), lambda document: [trial.update(key="0") for trial in document["trials"][:2]]
    )
    with pytest.raises(Conflicts) as refused:
        merge([runs / "left", other], tmp_path / "all")
    assert refused.value.conflicts == tuple(
        f"dots/{row}/s0: the code of a plugin, or of augbench, was another in {runs / 'left'} than in {other}: settings and data are equal"
        for row in ("ours", "no-mix")
    )


def test_the_run_that_is_preferred_is_right(runs, tmp_path):
    paths = [runs / "left", runs / "right", runs / "other-lr"]
    merged = merge(paths, tmp_path / "all", prefer=runs / "other-lr")
    assert (merged.trials, merged.left_out) == ({"done": 4 + 1}, 3)
    folder = RunFolder(path=tmp_path / "all")
    assert {row: settings["training.lr"] for row, settings in folder.about()["settings"]["dots"].items()} == {
        "ours": 0.05, "no-mix": 0.05, "plain": 0.5
    }  # fmt: skip
    assert [trial.trial for trial in folder.results().trials if trial.row == "plain"] == ["dots/plain/s2"]
    assert merge(paths, tmp_path / "other", prefer=runs / "left").shares[str(runs / "other-lr")] == 0


def test_a_preferred_run_decides_nothing_that_it_does_not_know(runs, tmp_path):
    paths = [runs / "right", runs / "other-lr", runs / "left"]
    no_mix = changed(
        shutil.copytree(runs / "left", tmp_path / "no-mix"),
        lambda document: document.update(trials=[trial for trial in document["trials"] if trial["row"] == "no-mix"]),
    )
    with pytest.raises(Conflicts, match="dots/plain: training"):
        merge([*paths[:2], no_mix], tmp_path / "all", prefer=no_mix)
    with pytest.raises(UnknownRun, match="nowhere' is none of the runs; "):
        merge(paths, tmp_path / "all", prefer=tmp_path / "nowhere")


def test_smoke_runs_and_real_ones_never_meet(runs, tmp_path):
    smoke = changed(shutil.copytree(runs / "left", tmp_path / "smoke"), lambda document: document.update(smoke=True))
    with pytest.raises(SmokeRun, match="smoke' is a smoke run"):
        merge([runs / "left", smoke], tmp_path / "all")


def test_logs_of_both_are_kept(runs, tmp_path):
    stage = RunFolder(path=runs / "left").about()["trials"][0]["stages"][0]
    copies = [RunFolder(path=shutil.copytree(runs / "left", tmp_path / name)) for name in ("one", "two")]
    for number, folder in enumerate(copies):
        folder.log("prepare", stage["key"]).parent.mkdir()
        folder.log("prepare", stage["key"]).write_text(f"printed {number}\n")
    merge([folder.path for folder in copies], tmp_path / "all")
    assert trial_log(RunFolder(path=tmp_path / "all"), "dots/ours/s0").stages[0].text == "printed 0\nprinted 1\n"


def test_what_cannot_be_read_is_told_before_anything_is_written(runs, tmp_path):
    damaged = shutil.copytree(runs / "left", tmp_path / "damaged")
    predictions = next(damaged.rglob("*.parquet"))
    predictions.write_bytes(predictions.read_bytes()[:40])
    with pytest.raises(BrokenRun, match=str(predictions)):
        merge([damaged, runs / "right"], tmp_path / "all")
    with pytest.raises(BrokenRun, match=r"KeyError: 'rows'"):
        merge([changed(damaged, lambda document: document.pop("rows")), runs / "right"], tmp_path / "all")
    with pytest.raises(MissingFile, match="no run folder at"):
        merge([runs / "left", tmp_path], tmp_path / "all")
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]


def test_a_folder_with_something_in_it_is_left_alone(runs, tmp_path, monkeypatch):
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "mine").touch()
    for place in (tmp_path / "all", tmp_path / "all" / "mine"):
        with pytest.raises(TakenFolder, match=r"there is something at '.*' already"):
            merge([runs / "left", runs / "right"], place)
    (tmp_path / "all" / "mine").unlink()
    monkeypatch.chdir(tmp_path / "all")
    assert merge([runs / "left", runs / "right"], Path()).trials == {"done": 7}
    assert (tmp_path / "all" / "run.json").is_file()


def test_a_full_disk_leaves_nothing_behind(runs, tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(merging.shutil, "copyfile", full)
    with pytest.raises(DiskFull, match="no space left for"):
        merge([runs / "left", runs / "right"], tmp_path / "all")
    assert list(tmp_path.iterdir()) == []
