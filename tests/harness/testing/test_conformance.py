"""``@conformance(...)`` turns laws into cases of pytest, and pytest shows what was seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from augbench.testing import UnknownCheck, checks_of, conformance
from harness.testing.bad.lawless import Individual, Noise

PLUGIN = '''
from dataclasses import dataclass
from augbench import Metric

@dataclass(frozen=True, kw_only=True)
class Share(Metric):
    """Share of right answers."""

    of: float = 1.0

    def measure(self, predictions):
        return self.of * float((predictions.predicted == predictions.labels).mean())
'''
TEST = """
from share import Share
from augbench.testing import conformance

@conformance(Share(), house=False)
def test_share(component, check):
    check(component)

@conformance(Share(of=0.5), house=False, expected_failures={"docstrings-are-present": "later", "pickles": "never"})
def test_half(component, check):
    check(component)

def test_of_ones_own():
    assert 1 == 2
"""


def names(mark: pytest.MarkDecorator) -> list[str]:
    return [str(case.id) for case in mark.args[1]]


def test_each_component_meets_each_check_of_its_kind():
    mark = conformance(Noise(), Noise(grey=0.3))
    checks = [check.name for check in checks_of("generator")]
    assert names(mark) == [f"{label}-{check}" for label in ("Noise()", "Noise(grey=0.3)") for check in checks]


def test_what_takes_seconds_is_marked_and_can_be_left_out():
    cases = conformance(Noise()).args[1]
    marked = [case.values[1].name for case in cases if any(mark.name == "augbench_house" for mark in case.marks)]
    assert marked == [check.name for check in checks_of("generator") if check.house] != []
    assert not {*marked} & {case.values[1].name for case in conformance(Noise(), house=False).args[1]}


def test_mistakes_are_told_where_they_are_made():
    with pytest.raises(UnknownCheck, match="generator has no check 'equal-by'; did you mean 'equal-by-value'"):
        conformance(Individual(), expected_failures={"equal-by": "it is so"})
    with pytest.raises(TypeError, match=r"^Noise is a class: write Noise\(\), with the parameters to be checked$"):
        conformance(Noise)
    with pytest.raises(TypeError, match=r"^conformance\(\) names no component"):
        conformance()


@pytest.mark.slow
def test_pytest_shows_the_law_and_what_was_seen(tmp_path: Path):
    (tmp_path / "share.py").write_text(PLUGIN)
    (tmp_path / "test_share.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--strict-markers", "--rootdir", str(tmp_path)]
    done = subprocess.run([*command, "-p", "augbench", "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    failures = done.stdout.partition("FAILURES")[2]
    place = f"{tmp_path / 'share.py'}:{PLUGIN.splitlines().index('@dataclass(frozen=True, kw_only=True)') + 1}"
    assert (
        "Share() breaks the law 'docstrings-are-present':\n"
        "    The class and each of its parameters have a docstring: they are its page in 'bench plugins show'.\n"
        f"of has no docstring: write a string below the field\n{place}\n" in failures
    )
    assert "checking.py" not in failures, "no traceback into the kit"
    assert "SKIPPED [1] test_share.py:5: it has no presets" in done.stdout
    assert "[XPASS(strict)] never" in failures
    assert "assert 1 == 2" in failures, "other tests are shown as ever"
    assert "3 failed" in done.stdout
