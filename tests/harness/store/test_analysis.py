"""The analysis is noted before the first result, and so is each change afterwards, with what changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from augbench.store.analysis import analysis_notes, declare
from augbench.store.merging import merge
from augbench.store.records import Journal
from augbench.store.run_folder import RunFolder
from augbench.values.results import AnalysisNote
from augbench.values.run_errors import BrokenRun
from support.written import results, write

PLAN = {
    "control": "plain",
    "primary": "macro-f1",
    "test": "auto",
    "alpha": 0.05,
    "rope": None,
    "metrics": ["accuracy", "macro-f1"],
    "rows": ["ours", "plain", "wide"],
    "data-sets": ["cells", "retina"],
}
TRIALS = [f"{column}/{row}/s{seed}" for column in ("cells", "retina") for row in ("ours", "plain", "wide") for seed in (0, 1)]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(path=tmp_path / "records.jsonl")


def note(journal: Journal, done: int | list[str] = 0, planned: list[str] = TRIALS, **changed: object) -> tuple[AnalysisNote, ...]:
    """Declare the plan with some changes when so many trials are done."""
    declare(journal, PLAN | changed, planned, TRIALS[:done] if isinstance(done, int) else done)
    return analysis_notes(journal)


def test_an_analysis_is_noted_once(journal):
    (first,) = note(journal)
    assert (first.what, first.done, first.of, len(first.digest)) == ("", 0, 12, 64)
    assert note(journal, 7) == (first,)


def test_before_the_first_result_the_last_plan_is_the_declared_one(journal):
    note(journal)
    (only,) = note(journal, control="ours")
    assert only.what == ""
    assert note(journal, 5, control="ours") == (only,)


def test_a_change_after_results_is_told_with_what_changed_and_when(journal):
    (first,) = note(journal)
    before, after = note(journal, 7, control="ours")
    assert before == first
    assert (after.what, after.done, after.of) == ("control plain -> ours", 7, 12)
    assert after.digest != first.digest
    assert after.when >= first.when


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"primary": "accuracy", "alpha": 0.1}, "primary macro-f1 -> accuracy; alpha 0.05 -> 0.1"),
        ({"rope": 0.01}, "rope none -> 0.01"),
        ({"test": "sign-flip"}, "test auto -> sign-flip"),
        ({"metrics": ["accuracy", "macro-f1", "mcc"]}, "metric mcc added"),
        ({"rows": ["late", "later", "plain"]}, "rows late and later added; rows ours and wide removed"),
        ({"data-sets": ["cells"]}, "data set retina removed"),
    ],
)
def test_every_part_of_the_analysis_counts(journal, changed, what):
    note(journal)
    assert note(journal, 1, **changed)[-1].what == what


def test_what_has_results_and_is_left_out_is_a_change_and_what_has_none_is_not(journal):
    without_wide = [name for name in TRIALS if "wide" not in name]
    (first,) = note(journal, planned=without_wide)
    assert note(journal, without_wide[:3], TRIALS) == (first,), "a row that was declared may come later"
    assert note(journal, without_wide[:3], without_wide) == (first,)
    assert note(journal, TRIALS, without_wide)[-1].what == "cells/wide and retina/wide left out"
    assert note(journal, TRIALS)[-1].what == "cells/wide and retina/wide taken in again"
    assert note(journal, TRIALS)[-1].digest == first.digest


def test_seeds_and_single_trials_that_are_left_out_are_named(journal):
    note(journal)
    assert note(journal, TRIALS, [name for name in TRIALS if not name.endswith("s1")])[-1].what == "seed 1 left out"
    assert note(journal, TRIALS, TRIALS[1:])[-1].what == "cells/ours/s0 left out; seed 1 taken in again"


def test_names_of_rows_may_hold_slashes(journal):
    row = "ours[backbone=timm/resnet18]"
    names = [f"cells/{row}/s0/f1", "cells/plain/s0/f1"]
    note(journal, [], names, rows=[row, "plain"])
    assert note(journal, names, names[1:], rows=[row, "plain"])[-1].what == f"cells/{row} left out"


def test_the_order_of_rows_is_no_change(journal):
    note(journal, rows=sorted(PLAN["rows"]))
    assert len(note(journal, 3)) == 1


def test_a_run_that_noted_nothing_has_no_notes_and_a_first_late_one_tells_no_change(journal, tmp_path):
    folder = write(tmp_path / "old", results({"plain": 0, "ours": 1}))
    assert folder.results().analysis == ()
    declare(folder.journal, PLAN, ["cells/plain/s0"], ["cells/plain/s0"])
    (late,) = folder.results().analysis
    assert (late.what, late.done) == ("", 1)


def test_notes_survive_a_merge(tmp_path):
    for name, seed in (("a", 0), ("b", 1)):
        folder = write(tmp_path / name, results({"plain": 0, "ours": 1}, (seed,)))
        declare(folder.journal, PLAN, TRIALS, [])
    declare(RunFolder(path=tmp_path / "b").journal, PLAN | {"alpha": 0.01}, TRIALS, TRIALS[:2])
    merge([tmp_path / "a", tmp_path / "b"], tmp_path / "all")
    assert [one.what for one in RunFolder(path=tmp_path / "all").results().analysis if one.what] == ["alpha 0.05 -> 0.01"]


@pytest.mark.parametrize(
    "record",
    [
        {"type": "analysis"},
        {"type": "analysis", "time": "", "digest": "", "what": "", "done": "many", "of": 1},
        {"type": "data", "key": "k", "leaks": 3},
        {"type": "data", "key": "k", "leaks": {"groups": "all"}},
        {"type": "data", "key": "k", "audit": 3},
        {"type": "data", "key": "k", "audit": [{"code": "DUPLICATES"}]},
        {"type": "data", "key": "k", "audit": [{"code": "DUPLICATES", "sentence": "", "grave": True, "count": "all"}]},
    ],
)
def test_a_record_that_is_damaged_is_told(tmp_path, record):
    folder = write(tmp_path / "run", results({"plain": 0}))
    folder.journal.append(record)
    with pytest.raises(BrokenRun):
        folder.results()
