"""``bench why`` tells of each stage of a trial what it reuses, or which settings made it run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from augbench.engine.events import Silent
from support.runs import MATRIX, session


@pytest.fixture
def why(bench, tmp_path: Path):
    """Return a function that asks about the toys' matrix."""

    def asked(trial: str, *arguments: str, text: str = MATRIX):
        (tmp_path / "dots.toml").write_text(text)
        out = str(tmp_path / "run"), "--store", str(tmp_path / "store")
        return bench("why", trial, "-m", str(tmp_path / "dots.toml"), "--out", *out, *arguments)

    return asked


def test_an_unknown_trial_is_a_usage_error_with_a_suggestion(why):
    done = why("dots/our/s0")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.strip() == "no trial called 'dots/our/s0'; did you mean 'dots/ours/s0'?"


def test_the_first_of_its_kind_says_so(why):
    text = why("dots/plain/s1").stdout
    assert text.startswith("dots/plain/s1: to run\n")
    assert text.count("  none is stored yet") == 3
    assert "nearest" not in text


def test_a_skipped_trial_tells_the_component_s_reason(why, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "picky_generator.py").write_text(
        "from dataclasses import dataclass\n"
        "from augbench import Reason\n"
        "from support.toys import MeanNoise\n\n\n"
        "@dataclass(frozen=True, kw_only=True)\n"
        "class Picky(MeanNoise):\n"
        "    def supports(self, facts):\n"
        "        return Reason('it wants a hundred images')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    done = why("dots/odd/s0", text=MATRIX + 'odd = { generator = "picky_generator:Picky" }\n')
    assert (done.exit_code, done.stdout) == (0, "dots/odd/s0: skipped: it wants a hundred images\n")


@pytest.mark.slow
def test_what_is_reused_and_what_runs_is_told_stage_by_stage(why, tmp_path: Path):
    session(tmp_path).run(Silent())
    done = why("dots/ours/s0").stdout
    assert done.startswith(f"dots/ours/s0: done\n  Its result is in {tmp_path / 'run'}, made by just these stages.\n")
    assert done.count(": reused\n") == 5
    assert f"  {tmp_path / 'store'}/train/" in done

    changed = why("dots/ours/s0", "--set", "fit.lr=0.3").stdout
    assert changed.count(": reused\n") == 1
    assert "fit support.toys:MeanNoise to c, seed 0: runs\n" in changed
    assert "  its classifier is another, of train dots/ours/s0:\n    its bank of c is another, of draw 6 images" in changed
    assert "\n  fit.lr: 0.1 -> 0.3\n  nearest: fit support.toys:MeanNoise to c, seed 0, " in changed

    document = json.loads(why("dots/ours/s0", "--set", "training.lr=0.1", "--json").stdout)
    assert (document["trial"], document["status"]) == ("dots/ours/s0", "to run")
    assert {stage["kind"]: stage["state"] for stage in document["stages"]} == {
        "prepare": "reused",
        "fit-generator": "reused",
        "synthesise": "reused",
        "train": "runs",
        "evaluate": "runs",
    }
    train = next(stage for stage in document["stages"] if stage["kind"] == "train")
    assert train["why"]["differences"][0] == {"path": "training.lr", "what": "value", "before": 0.05, "after": 0.1, "component": None}
    assert train["why"]["words"] == "training.lr: 0.05 -> 0.1"
    assert Path(document["stages"][0]["reused"]["place"]).is_dir()


@pytest.mark.slow
def test_damage_and_what_nobody_needs_are_told(why, tmp_path: Path):
    import shutil

    session(tmp_path).run(Silent())
    shutil.rmtree(tmp_path / "store" / "synthesise")
    (prepared,) = (tmp_path / "store" / "prepare").iterdir()
    (prepared / "manifest.json").write_text("{}")
    text = why("dots/ours/s0").stdout
    assert "seed 0: not stored, and not needed: only what is stored would read it\n" in text
    assert "prepare dots: stored, but its manifest is damaged: a run sets it aside and makes it anew\n" in text
    assert prepared.is_dir()
