"""Progress is a line for each trial, bars on a terminal, and never the end of a run."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from augbench.cli.progress import Bars, Lines, ahead, skipped, trial_line, watching
from augbench.engine.events import Careful
from augbench.engine.executing import StageOutcome
from augbench.plan.tasks import PrepareTask, Stage
from augbench.values.results import Predictions, TrialResult
from support.toys import Dots


def plan(*statuses: str, cached: tuple[bool, ...] = (True, False), stored: frozenset[str] = frozenset()):
    return SimpleNamespace(
        stored=stored,
        trials=[SimpleNamespace(status=status) for status in statuses],
        stages=[SimpleNamespace(cached=stored) for stored in cached],
        notes=("rows differ in steps",),
    )


STAGE = Stage(
    kind="train",
    key="k" * 64,
    label="train [ours]",
    settings="{}",
    template=PrepareTask(name="dots", dataset=Dots(), resize=None),
    resample=None,
    inputs={},
)
FAILED = StageOutcome(key=STAGE.key, status="failed", seconds=1.0, error="it diverged", failure="diverged")


def result(status: str = "done", reason: str = "", seconds: float | None = 14.2) -> TrialResult:
    # Three of four right; F1 of class 0 is 2/3 (one hit, one miss), of class 1 it is 4/5: the mean is 11/15 = 0.733.
    test = Predictions(ids=("a", "b", "c", "d"), labels=np.array([0, 0, 1, 1]), probabilities=np.eye(2)[[0, 1, 1, 1]])
    done = status == "done"
    return TrialResult(
        trial="phantom/ours/s0",
        row="ours",
        column="phantom",
        seed=0,
        fold=None,
        status=status,  # type: ignore[arg-type]
        reason=reason,
        test=test if done else None,
        seconds=seconds,
    )


def test_a_finished_trial_tells_its_time_and_scores():
    assert trial_line(result(), 12, 20) == "[12/20] phantom/ours/s0 done in 14.2 s  accuracy 0.750  macro-F1 0.733"


def test_a_failed_trial_tells_its_reason():
    line = trial_line(result("failed", "generator wgan diverged [at 3]", None), 2, 3)
    assert line == "[2/3] phantom/ours/s0 failed: generator wgan diverged [at 3]"


def test_a_long_reason_of_many_trials_is_told_once():
    screen = io.StringIO()
    lines = Lines(Console(file=screen))
    reason = "prepare Cells: cannot read the image 'a.png': it ends too early; mend or remove the file"
    for seed in range(3):
        lines.trial_finished(replace(result("failed", reason, None), trial=f"cells/ours/s{seed}"), seed + 1, 3)
    assert screen.getvalue().splitlines() == [
        f"[1/3] cells/ours/s0 failed: {reason}",
        "[2/3] cells/ours/s1 failed: as cells/ours/s0",
        "[3/3] cells/ours/s2 failed: as cells/ours/s0",
    ]


def test_the_first_line_tells_what_lies_ahead():
    assert ahead(plan("done", "to run", "to run", "skipped")) == "4 trials: 1 done, 2 to run, 1 skipped; 2 stages, 1 stored"


def test_what_has_only_to_be_written_down_is_no_work():
    known = plan("to run", "to run", "done", stored=frozenset({"phantom/ours/s0"}))
    assert ahead(known) == "3 trials: 1 done, 1 in the store, 1 to run; 2 stages, 1 stored"
    screen = io.StringIO()
    lines = Lines(Console(file=screen))
    lines.run_started(known, 1)
    lines.trial_finished(result(), 1, 3)
    lines.trial_finished(replace(result(), trial="phantom/ours/s1"), 2, 3)
    assert screen.getvalue().splitlines()[-2:] == [
        "[1/3] phantom/ours/s0 done, from the store  accuracy 0.750  macro-F1 0.733",
        "[2/3] phantom/ours/s1 done in 14.2 s  accuracy 0.750  macro-F1 0.733",
    ]


def test_a_skipped_cell_tells_its_reason_once():
    trials = [SimpleNamespace(status="skipped", column="grey", row="ours", seed=seed, reason="no hue") for seed in (0, 1)]
    assert skipped(SimpleNamespace(trials=[*trials, SimpleNamespace(status="to run")])) == ["skipped: grey/ours: no hue"]


def test_off_a_terminal_there_are_only_lines():
    stream = io.StringIO()
    with watching(Console(file=stream, width=40)) as audience:
        audience.run_started(plan("to run"), 2)
        audience.stage_started(STAGE, "worker 1")
        audience.stage_progress(STAGE, 1, 2, {"loss": 0.5})
        audience.stage_finished(STAGE, FAILED)
        audience.forecast(90.0)
        audience.trial_finished(result("failed", "a reason [in brackets] that is longer than the forty columns"), 1, 1)
        audience.message("a note")
    assert stream.getvalue().splitlines() == [
        "1 trial: 1 to run; 2 stages, 1 stored; 2 side by side",
        "note: rows differ in steps",
        "[1/1] phantom/ours/s0 failed: a reason [in brackets] that is longer than the forty columns",
        "a note",
    ]


def test_on_a_terminal_bars_show_trials_stages_and_numbers():
    stream = io.StringIO()
    bars = Bars(Console(file=stream, force_terminal=True, width=140, no_color=True))
    bars.run_started(plan("done", "to run", "to run"), 2)
    bars.stage_started(STAGE, "worker 2")
    bars.stage_progress(STAGE, 350, 700, {"training_loss": 0.51234})
    bars.forecast(90.0)
    bars._progress.refresh()
    shown = stream.getvalue()
    for words in ("trials", "1/3", "worker 2: train [ours]", "350/700", "training loss 0.512", "about 1.5 min left"):
        assert words in shown
    bars.stage_started(STAGE, "worker 1")
    assert len(bars._progress.tasks) == 2, "a further attempt has no second bar"
    bars.stage_finished(STAGE, FAILED)
    bars.trial_finished(result("failed", "it diverged"), 2, 3)
    assert [task.completed for task in bars._progress.tasks] == [2]
    bars.stop()
    assert "[2/3] phantom/ours/s0 failed: it diverged" in stream.getvalue()


def test_a_display_that_breaks_does_not_end_the_run():
    stream = io.StringIO()
    console = Console(file=stream)
    stream.close()
    with pytest.raises(ValueError, match="closed file"):
        Lines(console).message("x")
    careful = Careful(Lines(console))
    careful.message("x")
    careful.trial_finished(result(), 1, 1)
    careful.stage_progress(STAGE, 1, 2, {})
    Careful(Bars(Console(file=io.StringIO(), force_terminal=True))).stage_progress(STAGE, 1, 2, {})


def test_bars_leave_the_terminal_when_a_run_is_interrupted():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80)
    with suppress(KeyboardInterrupt), watching(console) as audience:
        audience.run_started(plan("to run"), 1)
        raise KeyboardInterrupt
    assert stream.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")


def test_a_script_reads_one_event_a_line(capsys):
    with watching(Console(file=io.StringIO()), events=True) as audience:
        audience.run_started(plan("done", "to run"), 2)
        audience.stage_started(STAGE, "worker 1")
        audience.stage_progress(STAGE, 1, 2, {"loss": 0.5})
        audience.stage_finished(STAGE, FAILED)
        audience.trial_finished(result(), 2, 2)
        audience.forecast(1.25)
        audience.message("a note\nof two lines")
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = ["run-started", "stage-started", "stage-progress", "stage-finished", "trial-finished", "forecast", "message"]
    assert [event["event"] for event in events] == names
    assert events[0] == {
        "event": "run-started", "trials": {"done": 1, "to run": 1}, "stages": 2, "stored": 1, "slots": 2, "notes": ["rows differ in steps"]
    }  # fmt: skip
    assert (events[2]["done"], events[2]["total"], events[2]["numbers"]) == (1, 2, {"loss": 0.5})
    assert (events[3]["status"], events[3]["failure"]) == ("failed", "diverged")
    assert (events[4]["trial"], events[4]["done"], events[4]["total"]) == ("phantom/ours/s0", 2, 2)
