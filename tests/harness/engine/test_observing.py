"""Plugins and observers hear what a run does; whatever they do, the run does the same."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from augbench.engine.asking import asked_again, command
from augbench.engine.events import Silent
from augbench.engine.observing import ears, observed
from augbench.engine.session import open_session
from augbench.registry.discovery import discover
from augbench.store.run_folder import RunFolder
from augbench.values.errors import BrokenComponent, ConfigError
from support import left, light, observers
from support.plugged import plug

SCRIBE = "support.observers:Scribe"
WHOLE = light.MATRIX.replace("seed = [0, 1]", "seed = [0]")
SMALL = WHOLE.replace("ours = {}\nslow = { training.lr = 0.01 }\n", "ours = {}\n")


@pytest.fixture(autouse=True)
def heard(monkeypatch):
    hurry(monkeypatch)
    observers.heard.clear()
    return observers.heard


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Do without what only costs time here."""
    patch.setattr(light, "STEP", 0.0)
    patch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Run all rows of one seed; return the folder, the outcome, what was said and what was heard."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        observers.heard.clear()
        folder = tmp_path_factory.mktemp("whole")
        outcome, said = run(folder, SCRIBE, matrix=WHOLE)
        return SimpleNamespace(folder=folder, outcome=outcome, said=said, heard=[*observers.heard])


class Listening(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def message(self, text: str) -> None:
        self.said.append(text)


def clumsy(does: str) -> str:
    return f'{{ use = "support.observers:Clumsy", does = "{does}" }}'


def run(folder, *chosen: str, engine: str = "inline", matrix: str = SMALL, **more):
    audience = Listening()
    return opened(folder, *chosen, engine=engine, matrix=matrix, **more).run(audience), audience.said


def opened(folder, *chosen: str, engine: str = "inline", matrix: str = SMALL, **more):
    return open_session(replace(light.asked(folder, engine=engine, matrix=matrix), observers=chosen, report=False, **more))


def names(heard) -> list[str]:
    return [event for event, _ in heard]


def test_a_run_is_told_from_its_start_to_its_end(whole):
    assert (names(whole.heard)[0], names(whole.heard)[-1]) == ("run_started", "run_finished")
    facts = whole.heard[0][1]["run"]
    assert (facts.folder, facts.trials, facts.to_run, facts.smoke) == (whole.folder / "run", 3, 3, False)
    assert (facts.rows, facts.columns, facts.matrix) == (("ours", "slow", "plain"), ("dots",), WHOLE)
    assert facts.settings["dots"]["ours"]["training.lr"] == 0.05
    assert facts.provenance["device"] == "cpu"
    assert whole.heard[-1][1]["outcome"] == whole.outcome
    assert whole.said == []


def test_every_stage_begins_and_ends_once_and_tells_how_far_it_is(whole):
    open_stages, told = set(), Counter(names(whole.heard))
    for event, about in whole.heard:
        if event == "stage_started":
            open_stages.add(about["stage"].key)
        if event == "stage_progress":
            assert about["stage"].key in open_stages
        if event == "stage_finished":
            open_stages.remove(about["stage"].key)
    assert not open_stages
    assert told["stage_started"] == told["stage_finished"] == whole.outcome.stages_run
    last = {about["stage"].key: (about["done"], about["total"]) for event, about in whole.heard if event == "stage_progress"}
    assert len(last) == whole.outcome.stages_run
    assert all(done == total for done, total in last.values())


def test_a_trial_begins_with_the_first_stage_that_is_its_alone(whole):
    events = [(event, about) for event, about in whole.heard if event.startswith("trial") or event == "stage_started"]
    begun = {about["trial"].trial: events[place + 1][1]["stage"] for place, (event, about) in enumerate(events) if event == "trial_started"}
    assert {trial: stage.label for trial, stage in begun.items()} == {
        f"dots/{row}/s0": f"train dots/{row}/s0" for row in whole.heard[0][1]["run"].rows
    }
    assert {about["stage"].kind for event, about in events if event == "trial_progress"} == {"train", "evaluate"}


def test_a_finished_trial_tells_all_scores_by_class_too(whole):
    (about,) = [about for event, about in whole.heard if event == "trial_finished" and about["trial"].row == "plain"]
    matrix = about["result"].test.confusion
    assert about["scores"]["accuracy"] == matrix.trace() / matrix.sum()
    assert about["scores"]["recall/b"] == matrix[1, 1] / matrix[1].sum()
    assert {"macro-f1", "f1/a", "f1/b", "f1/c", "precision/c"} <= set(about["scores"])
    assert about["trial"].settings["generator"] is None
    assert about["trial"].key == next(record["key"] for record in light.records(whole.folder) if record.get("trial") == "dots/plain/s0")


def test_what_fails_is_told_with_its_reason(tmp_path, heard):
    matrix = SMALL.replace('generator = "support.light:Nothing"', 'generator = { use = "support.light:Nothing", does = "raise" }')
    run(tmp_path, SCRIBE, matrix=matrix)
    failed = [about["failure"] for event, about in heard if event == "stage_failed"]
    assert {(failure.error_class, failure.failure_class) for failure in failed} == {("ValueError", "error")}
    assert failed[0].error.startswith("ValueError: no such luck")
    assert "support/light.py" in failed[0].traceback
    (about,) = [about for event, about in heard if event == "trial_failed"]
    assert (about["trial"].trial, about["result"].failed_stage) == ("dots/ours/s0", "fit-generator")
    told = [event for event, more in heard if more.get("trial") == about["trial"] and event != "trial_progress"]
    assert told == ["trial_started", "trial_failed"]
    assert names(heard)[-1] == "run_finished"


def test_a_run_that_is_done_is_told_and_nothing_of_it_twice(tmp_path, heard):
    run(tmp_path)
    outcome, _ = run(tmp_path, SCRIBE)
    assert (outcome.stages_run, outcome.done) == (0, 2), "who observes is part of no key"
    assert names(heard) == ["run_started", "run_finished"]
    assert (heard[0][1]["run"].trials, heard[0][1]["run"].to_run) == (2, 0)


def test_a_trial_whose_artefacts_are_there_begins_and_ends(tmp_path, heard):
    run(tmp_path)
    run(tmp_path, SCRIBE, out=tmp_path / "other")
    assert names(heard) == ["run_started", *["trial_started", "trial_finished"] * 2, "run_finished"]


def test_an_interrupted_run_has_failed(tmp_path, heard):
    class Interrupting(Silent):
        def stage_finished(self, stage, outcome):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path, SCRIBE).run(Interrupting())
    assert names(heard)[-1] == "run_failed"
    assert isinstance(heard[-1][1]["error"], KeyboardInterrupt)


def test_a_stage_that_is_asked_to_stop_has_failed_for_now(tmp_path, heard):
    class Interrupting(Silent):
        def stage_started(self, stage, worker):
            if stage.kind == "train":
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path, SCRIBE).run(Interrupting())
    (about,) = [about for event, about in heard if event == "stage_failed"]
    assert (about["failure"].error_class, about["failure"].failure_class) == ("Halted", "")
    assert about["failure"].error == "it was asked to stop, and goes on next time"


def test_observers_change_no_byte_of_a_run(tmp_path):
    run(tmp_path / "alone")
    run(tmp_path / "watched", SCRIBE, *map(clumsy, ("raise", "exit", "print", "change")))
    assert left.artefacts(tmp_path / "alone") == left.artefacts(tmp_path / "watched")
    assert left.results(tmp_path / "alone") == left.results(tmp_path / "watched")


@pytest.mark.parametrize(("does", "error"), [("raise", "ValueError: no luck with prepare"), ("exit", "SystemExit: 4")])
def test_one_that_raises_is_recorded_told_once_and_left_out_when_it_does_so_again_and_again(tmp_path, does, error):
    outcome, (first, last) = run(tmp_path, clumsy(does), matrix=WHOLE)
    assert (outcome.done, outcome.failed, outcome.stages_run) == (3, 0, 11)
    who = "observer 'support.observers:Clumsy'"
    assert first.startswith(f"{who} failed at stage_finished: {error} (")
    assert first.endswith("); the run goes on")
    assert last.endswith("; it is told nothing more; the run goes on")
    once, again = [record for record in light.records(tmp_path) if record["type"] == "observer"]
    assert (once["observer"], once["event"], once["error"], once["last"]) == (who, "stage_finished", error, False)
    assert once["where"].startswith(observers.__file__)
    assert again["last"]


def test_what_is_printed_goes_to_a_file_of_the_run(tmp_path, capsys):
    _, said = run(tmp_path, clumsy("print"))
    assert (capsys.readouterr(), said) == (("", ""), [])
    (log,) = (tmp_path / "run" / "logs").glob("observer-*")
    assert log.read_text().splitlines()[:2] == ["to be seen prepare", "by nobody"]


@pytest.mark.slow
def test_a_slow_one_keeps_no_worker_waiting(tmp_path, heard):
    quick, _ = run(tmp_path / "quick")
    began = time.monotonic()
    slow, _ = run(tmp_path / "slow", clumsy("sleep"), SCRIBE)
    assert slow.seconds < quick.seconds + 1.7, "nine stages, each 0.2 s of an observer's time"
    assert time.monotonic() - began > 1.8, "in the end, it is waited for"
    assert names(heard)[-1] == "run_finished"


def test_one_that_hangs_is_left_behind(tmp_path, heard):
    audience = Listening()
    registry = discover()
    folder = RunFolder(path=tmp_path)
    listening = ears((clumsy("hang"), SCRIBE), registry)
    session = opened(tmp_path)
    with observed(audience, listening, session.folder, registry, patience=1.0) as everybody:
        replace(session, ears=()).run(everybody)
    who = "observer 'support.observers:Clumsy'"
    assert f"{who} failed at stage_finished: it has not come back for 1 s; it is told nothing more; the run goes on" in audience.said
    assert "run_started" in names(heard)
    assert folder.path.is_dir()


@pytest.fixture
def interruptible():
    """Take Ctrl-C also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_ctrl_c_leaves_one_that_hangs(tmp_path, heard, interruptible):
    class Impatient(Listening):
        def message(self, text):
            super().message(text)
            threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()

    audience = Impatient()
    session = opened(tmp_path, clumsy("hang"), SCRIBE)
    assert session.run(audience).done == 2
    assert audience.said == ["waiting for observer 'support.observers:Clumsy', which is 12 events behind; Ctrl-C leaves it"]


def test_plugins_hear_of_every_run_and_take_the_arguments_they_want(tmp_path):
    found = []
    registry = discover()
    plug(
        registry,
        "bell",
        run_finished=lambda outcome: found.append(outcome.done),
        trial_finished=lambda trial, scores: found.append(trial.row),
    )
    session = opened(tmp_path)
    outcome = replace(session, ears=ears((), registry)).run(Silent())
    assert found == ["plain", "ours", outcome.done] or found == ["ours", "plain", outcome.done]


def test_without_listeners_there_are_no_threads(tmp_path):
    before = threading.active_count()
    session = opened(tmp_path)
    assert session.ears == ()
    audience = Silent()
    with observed(audience, session.ears, session.folder, session.registry) as everybody:
        assert everybody is audience
        assert threading.active_count() == before


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("mlfow", ConfigError, "no observer called 'mlfow'"),
        ('{ use = "support.observers:Clumsy", dose = 3 }', ConfigError, "dose"),
        ("support.observers:Asking", BrokenComponent, "scoers"),
        ("support.light:Zero", ConfigError, "is of kind loss, not observer"),
    ],
)
def test_one_that_cannot_be_built_stops_the_command_before_anything_runs(tmp_path, text, error, said):
    with pytest.raises(error, match=said):
        run(tmp_path, text)
    assert not (tmp_path / "run").exists()


def test_an_observer_that_asks_for_what_there_is_not_is_told_with_its_line(tmp_path):
    with pytest.raises(BrokenComponent) as error:
        run(tmp_path, "support.observers:Asking")
    line = observers.Asking.trial_finished.__code__.co_firstlineno
    assert str(error.value).endswith(f"({observers.__file__}:{line})")


def test_the_same_observers_are_asked_for_again(whole):
    again = asked_again(RunFolder(path=whole.folder / "run"))
    assert again.observers == (SCRIBE,)
    assert f"--observe {SCRIBE}" in command(again)


def test_a_run_that_did_not_say_who_observes_it_is_observed_by_nobody(whole, tmp_path):
    about = json.loads((whole.folder / "run" / "run.json").read_text())
    del about["request"]["observers"]
    (tmp_path / "run.json").write_text(json.dumps(about))
    assert asked_again(RunFolder(path=tmp_path)).observers == ()
