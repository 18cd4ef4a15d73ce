"""``bench plugins check`` judges components in processes of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from augbench.cli.check import _in_words, _Subject
from augbench.testing.apart import Refused
from augbench.testing.checking import Verdict

pytestmark = pytest.mark.slow

CODE = '''
"""Metrics that keep laws, and some that take their process along."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

from augbench import Metric


@dataclass(frozen=True, kw_only=True)
class Fine(Metric):
    """Share of right answers."""

    higher_is_better: ClassVar[bool] = True

    def measure(self, predictions):
        print("it says something")
        return float((predictions.predicted == predictions.labels).mean())


@dataclass(frozen=True, kw_only=True)
class Stuck(Fine):
    """Thinks for ever."""

    def measure(self, predictions):
        while True:
            pass


@dataclass(frozen=True, kw_only=True)
class Gone(Fine):
    """Leaves."""

    def __reduce__(self):
        print("farewell")
        os._exit(7)


@dataclass(frozen=True, kw_only=True)
class Needy(Fine):
    """Wants something."""

    share: float
    """Of what."""
'''
ONLY = [argument for name in ("works", "repeats-itself", "pickles", "equal-by-value") for argument in ("--only", name)]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a file that is not installed."""
    monkeypatch.chdir(tmp_path)
    name = f"of_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(CODE)
    return f"./{name}.py"


@pytest.mark.slow
def test_what_never_ends_or_ends_the_process_is_one_failure_with_its_line(bench, plugin):
    done = bench("plugins", "check", plugin, *ONLY, "--timeout", "1s", "--json")
    judged = {one["name"]: one for one in json.loads(done.stdout)}
    broken = {name: {c["check"]: (c["why"], c["where"]) for c in one["checks"] if c["status"] == "broken"} for name, one in judged.items()}
    file = str(Path(plugin).resolve())
    lines = CODE.splitlines()
    assert broken["fine"] == {}
    ((why, where),) = broken["stuck"].values()
    assert why == "it does not end within 1 s"
    assert where in (f"{file}:{lines.index('        while True:') + 1}", f"{file}:{lines.index('            pass') + 1}")
    told = {check["check"]: (check["status"], check["why"]) for check in judged["stuck"]["checks"]}
    assert told["repeats-itself"] == told["pickles"] == ("not applicable", "it does not work as it is: it does not end within 1 s")
    assert told["equal-by-value"][0] == "kept"
    left = f"{file}:{lines.index('        os._exit(7)') + 1}"
    assert broken["gone"]["pickles"] == ("it ends the whole process with exit code 7, after saying: farewell", left)
    assert {name: len(one["checks"]) for name, one in judged.items()} == {"fine": 4, "stuck": 4, "gone": 4, "needy": 0}
    assert judged["needy"]["refused"] == {"what": "unbuilt", "why": "metric 'needy' has no share"}
    assert done.exit_code == 1


def test_a_failure_is_shown_with_what_was_seen(bench, plugin):
    told = bench("plugins", "check", plugin, "--only", "pickles", "--timeout", "1s")
    assert "pickles: it ends the whole process with exit code 7, after saying: farewell" in told.stdout
    assert f"{Path(plugin).resolve()}:{CODE.splitlines().index('        os._exit(7)') + 1}\n" in told.stdout
    assert "metric fine: 1 law kept, in " in told.stdout


def test_what_ends_a_check_between_two_laws_is_told_beside_those_that_were_kept():
    kept = Verdict(check="works", law="It works.", status="kept", seconds=0.1)
    subject = _Subject(name="odd", kind="metric", job=None, alone=True, verdicts=[kept], refused=Refused(what="broken", why="it is gone"))
    assert _in_words(subject) == "metric odd: 1 law kept, in 0.1 s; the others could not be checked: it is gone"


def test_a_known_failure_passes_and_one_that_is_none_does_not(bench, plugin):
    done = bench("plugins", "check", plugin, "--only", "docstrings-are-present", "--expect", "docstrings-are-present=later")
    assert "metric fine: 0 laws kept, 1 kept against expectation" in done.stdout
    assert done.exit_code == 1


def test_one_that_cannot_be_built_is_a_matter_of_usage(bench, plugin):
    done = bench("plugins", "check", "long-tail", "--fast")
    assert "dataset long-tail: not checked: dataset 'long-tail' has no of; give it with --set KEY=VALUE" in done.stdout
    assert done.exit_code == 2


def test_a_class_that_is_not_there_is_no_missing_parameter(bench):
    done = bench("plugins", "check", "support.toys:Blnd", "--fast")
    assert done.stdout.endswith("has no 'Blnd'; did you mean 'Blend'?\n")
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a component, a distribution or a file"),
        (("mixup", "--expect", "pickles"), "'pickles' is expected to fail without a reason; write --expect 'pickles=WHY'"),
        (("mixup", "--only", "pickle"), "augmenter has no check 'pickle'; did you mean 'pickles'?"),
        (("mixup", "--timeout", "soon"), "'soon' is no time"),
        (("mixupp",), "no component, plugin or distribution called 'mixupp'; did you mean 'mixup'?"),
        (("augbench-plugin",), "no component, plugin or distribution called 'augbench-plugin'; did you mean 'augbench-plugins'?"),
        (("--laws", "augmentr"), "'augmentr' is no kind of component; did you mean 'augmenter'?"),
    ],
)
def test_usage(bench, arguments, message):
    done = bench("plugins", "check", *arguments)
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert done.exit_code == 2


def test_laws_are_listed_as_sentences(bench):
    done = bench("plugins", "check", "--laws", "metric")
    assert "pickles" in done.stdout
    assert "It travels to other processes: what comes out of pickle is the same and works alike." in done.stdout
    assert {"check", "law", "fast"} == set(json.loads(bench("plugins", "check", "--laws", "metric", "--json").stdout)[0])


FOR_EVER, EXITS = "\nwhile True:\n    pass\n", "\nimport os\nos._exit(9)\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("called", "named", "code", "why"),
    [
        ("./gone_for_good.py", "./gone_for_good.py", FOR_EVER, "it does not end within 1 s"),
        ("gone_for_good:Fine", "gone_for_good", EXITS, "it ends the whole process with exit code 9"),
        ('{ use = "gone_for_good:Fine" }', "gone_for_good", EXITS, "it ends the whole process with exit code 9"),
    ],
)
def test_a_module_that_does_not_come_back_is_one_message(bench, tmp_path, monkeypatch, called, named, code, why):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "gone_for_good.py"
    file.write_text(code)
    done = bench("plugins", "check", called, "--timeout", "1s")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"plugin '{named}' does not load: {why} ({file}:")


def test_a_distribution_without_components_says_why(site, bench):
    site.install("augbench-twist", twist_plugin="1 / 0\n")
    site.install("augbench-watch", watch_plugin="from augbench import hookimpl\n\n\n@hookimpl\ndef run_started():\n    pass\n")
    broken = bench("plugins", "check", "Augbench_Twist")
    said = "'Augbench_Twist' registers no component, because it is not loaded: twist_plugin: import: ZeroDivisionError: division by zero ("
    assert (broken.exit_code, broken.stderr.startswith(said)) == (2, True)
    assert bench("plugins", "check", "watch_plugin").stderr == "'watch_plugin' registers no component, and nothing else is checked\n"
