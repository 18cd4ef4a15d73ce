"""``bench report`` writes a report whole or not at all, follows a run to its end, and opens the page."""

from __future__ import annotations

import json
import re
import webbrowser
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from augbench.engine import following
from augbench.store.processes import this_process
from augbench.store.run_folder import RunFolder
from support.written import TIME, finish, results, trial, write


@pytest.fixture
def half(tmp_path: Path) -> RunFolder:
    """Return a run of which one trial of two is done."""
    return write(tmp_path / "run", results({"plain": 0, "ours": None}, replicates=999))


@pytest.fixture
def at_work(half: RunFolder, monkeypatch: pytest.MonkeyPatch):
    """Return a function that watches a run which this process works on; ``steps`` happen between two looks, the last one ends it."""

    def watch(bench, *steps, options=("--watch",)):
        waited, lock = [], half.locked()
        lock.__enter__()
        half.journal.append({"type": "run", **asdict(this_process()), "command": "bench run", "time": TIME})

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            steps[len(waited) - 1]() if len(waited) <= len(steps) else lock.__exit__(None, None, None)

        monkeypatch.setattr(following.time, "sleep", sleep)
        return bench("report", str(half.path), *options), waited

    return watch


def scores(folder: RunFolder) -> int:
    """Count the rows that the report has a score of."""
    (column,) = json.loads((folder.path / "report.json").read_text())["columns"]
    return sum(row["scores"]["accuracy"]["mean"] is not None for row in column["rows"])


def end(folder: RunFolder):
    return lambda: finish(folder, trial("ours", 0, 1))


def test_the_report_is_written_again_when_a_trial_has_ended_and_only_then(bench, half, at_work):
    done, waited = at_work(bench, lambda: None, end(half), lambda: None)
    page = re.escape(str(half.path / "report.json"))
    first, second = done.stdout.splitlines()
    assert re.fullmatch(rf"\d\d:\d\d:\d\d  1 of 2 trials done  {page}", first)
    assert re.fullmatch(rf"\d\d:\d\d:\d\d  2 of 2 trials done  {page}", second)
    assert (done.exit_code, waited, scores(half)) == (0, [5.0] * 4, 2)


def test_stages_that_begin_and_end_are_no_news(bench, half, at_work):
    done, _ = at_work(bench, lambda: half.journal.append({"type": "stage", "key": "k", "status": "done", "time": TIME}), end(half))
    assert len(done.stdout.splitlines()) == 2


def test_a_matrix_that_has_changed_is_news(bench, half, at_work):
    more = results({"plain": 0, "ours": None, "wide": None}, replicates=999)
    pending = replace(more, trials=tuple(replace(one, status="pending", test=None) for one in more.trials))
    keys = {one.trial: one.trial for one in pending.trials}
    done, _ = at_work(bench, lambda: half.begin(pending, keys, {}), end(half), lambda: finish(half, trial("wide", 0, 1)))
    assert [line[10:16] for line in done.stdout.splitlines()] == ["1 of 2", "1 of 3", "2 of 3", "3 of 3"]


def test_a_run_that_stops_halfway_is_told_once(bench, half, monkeypatch):
    lock = half.locked()
    lock.__enter__()
    half.journal.append({"type": "run", **asdict(this_process()), "command": "bench run", "time": TIME})
    steps = iter([lambda: lock.__exit__(None, None, None), lambda: None, end(half)])
    monkeypatch.setattr(following.time, "sleep", lambda seconds: next(steps)())
    lines = bench("report", str(half.path), "--watch").stdout.splitlines()
    assert ["nobody is at work on the rest" in line for line in lines] == [False, True, False]


def test_how_often_it_looks_can_be_said(bench, half, at_work):
    done, waited = at_work(bench, end(half), options=("--every", "1m"))
    assert (len(done.stdout.splitlines()), waited) == (2, [60.0, 60.0])


def test_a_finished_run_is_reported_once(bench, tmp_path):
    folder = write(tmp_path / "run", results({"plain": 0, "ours": 1}, replicates=999))
    assert len(bench("report", str(folder.path), "--watch").stdout.splitlines()) == 1


def test_a_run_that_nobody_works_on_is_waited_for_until_ctrl_c(bench, half, monkeypatch):
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following.time, "sleep", interrupted)
    done = bench("report", str(half.path), "--watch")
    assert done.exit_code == 130
    assert "1 of 2 trials done, nobody is at work on the rest  " in done.stdout
    assert scores(half) == 1


def test_a_run_without_any_record_can_be_watched(bench, tmp_path, monkeypatch):
    folder = write(tmp_path / "run", results({"plain": None, "ours": None}, replicates=999))
    assert not folder.journal.path.exists()
    monkeypatch.setattr(following.time, "sleep", lambda seconds: [finish(folder, trial(row, 0, 0)) for row in ("plain", "ours")])
    assert [line[10:16] for line in bench("report", str(folder.path), "--watch").stdout.splitlines()] == ["0 of 2", "2 of 2"]


def test_watching_what_is_no_run_is_one_message(bench, tmp_path):
    done = bench("report", str(tmp_path), "--watch")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("no run folder at")


def test_the_page_is_opened_whatever_the_formats(bench, half, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    done = bench("report", str(half.path), "--open")
    page = half.path / "report.html"
    assert (opened, done.stderr) == ([page.as_uri()], "")
    assert done.stdout.splitlines() == [str(half.path / "report.json"), str(page)]


def test_where_no_browser_opens_the_path_is_told(bench, half, monkeypatch):
    def broken(address: str) -> bool:
        raise webbrowser.Error("no display")

    for failing in (lambda address: False, broken):
        monkeypatch.setattr(webbrowser, "open", failing)
        done = bench("report", str(half.path), "--open")
        assert (done.exit_code, done.stderr) == (0, f"no browser could be opened; the page is {half.path / 'report.html'}\n")
