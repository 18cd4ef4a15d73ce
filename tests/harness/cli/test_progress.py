"""Progress is a line for each trial, bars on a terminal, and never the end of a run."""

from __future__ import annotations

import io
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from augbench.cli.progress import Bars, Careful, Lines, ahead, skipped, trial_line, watching
from augbench.values.results import Predictions, TrialResult


def plan(*statuses: str, cached: tuple[bool, ...] = (True, False)):
    return SimpleNamespace(
        trials=[SimpleNamespace(status=status) for status in statuses],
        stages=[SimpleNamespace(cached=stored) for stored in cached],
        notes=("rows differ in steps",),
    )


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


def test_the_first_line_tells_what_lies_ahead():
    assert ahead(plan("done", "to run", "to run", "skipped")) == "4 trials: 1 done, 2 to run, 1 skipped; 2 stages, 1 stored"


def test_a_skipped_cell_tells_its_reason_once():
    trials = [SimpleNamespace(status="skipped", column="grey", row="ours", seed=seed, reason="no hue") for seed in (0, 1)]
    assert skipped(SimpleNamespace(trials=[*trials, SimpleNamespace(status="to run")])) == ["skipped: grey/ours: no hue"]


def test_off_a_terminal_there_are_only_lines():
    stream = io.StringIO()
    with watching(Console(file=stream, width=40)) as observer:
        observer.run_started(plan("to run"))
        observer.stage_started("train ours", "train")
        observer.stage_progress("train ours", 1, 2, {"loss": 0.5})
        observer.stage_finished("train ours", 1.0)
        observer.trial_finished(result("failed", "a reason [in brackets] that is longer than the forty columns"), 1, 1)
        observer.message("a note")
    assert stream.getvalue().splitlines() == [
        "1 trial: 1 to run; 2 stages, 1 stored",
        "note: rows differ in steps",
        "[1/1] phantom/ours/s0 failed: a reason [in brackets] that is longer than the forty columns",
        "a note",
    ]


def test_on_a_terminal_bars_show_trials_stages_and_numbers():
    stream = io.StringIO()
    bars = Bars(Console(file=stream, force_terminal=True, width=140, no_color=True))
    bars.run_started(plan("done", "to run", "to run"))
    bars.stage_started("train [ours]", "train")
    bars.stage_progress("train [ours]", 350, 700, {"training_loss": 0.51234})
    bars._progress.refresh()
    shown = stream.getvalue()
    for words in ("trials", "1/3", "train [ours]", "350/700", "training loss 0.512"):
        assert words in shown
    bars.trial_finished(result("failed", "it diverged"), 2, 3)
    assert len(bars._progress.tasks) == 1
    assert bars._progress.tasks[0].completed == 2
    assert bars._progress.tasks[0].time_remaining is not None
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
    careful.stage_progress("never started", 1, 2, {})
    Careful(Bars(Console(file=io.StringIO(), force_terminal=True))).stage_progress("never started", 1, 2, {})


def test_bars_leave_the_terminal_when_a_run_is_interrupted():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80)
    with suppress(KeyboardInterrupt), watching(console) as observer:
        observer.run_started(plan("to run"))
        raise KeyboardInterrupt
    assert stream.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
