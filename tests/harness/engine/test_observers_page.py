"""What docs/observers.md shows works as it stands there."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from augbench.cli.options import ALWAYS, always_observing
from augbench.engine.events import Silent
from augbench.engine.session import open_session
from augbench.registry import hooks
from augbench.registry.collect import Registry
from augbench.registry.local import load_local
from augbench.values.observing import EVENTS, Observer
from support import light

PAGE = (Path(__file__).parents[3] / "docs" / "observers.md").read_text()
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Write the page's plugins into a folder, and forget their modules afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(light, "STEP", 0.0)
    for name, code in FILES.items():
        (tmp_path / name).write_text(code)
    yield tmp_path
    for name in FILES:
        sys.modules.pop(name.removesuffix(".py"), None)


def test_the_plugin_and_the_observer_follow_a_run(folder):
    asked = light.asked(folder, engine="inline", matrix=f'plugins = ["./ring.py", "./ledger.py"]\n{light.MATRIX}')
    (chosen,) = re.findall(r"bench run --observe '(\{ use = \"ledger\".*?)'", PAGE)
    outcome = open_session(replace(asked, observers=(chosen,), report=False)).run(Silent())
    (line,) = (folder / "finished.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert (told["run"], told["done"], told["failed"]) == (str(folder / "run"), outcome.done, 0)
    lines = (folder / "run" / "ledger.txt").read_text().splitlines()
    assert len(lines) == outcome.done
    scores = {record["trial"]: record["metrics"]["accuracy"] for record in light.records(folder) if record["type"] == "trial"}
    assert lines == [f"{trial} {score:.3f}" for trial, score in scores.items()]


def test_the_note_names_what_was_measured_and_is_left_out_where_nothing_was(folder):
    registry = Registry()
    load_local(registry, ("./carbon.py",), folder)
    (hooked,) = registry.hooked

    def notes(**cost):
        row = SimpleNamespace(label="Ours", budget=SimpleNamespace(cost=cost))
        (found,) = hooked.hook.report_context(comparison=SimpleNamespace(columns=[SimpleNamespace(rows=[row])]))
        return list(found)

    (note,) = notes(**{"energy-joules": 36_000.0})
    assert note.facts == {"Ours": "3.8 g"}
    assert notes() == []


def test_the_table_of_hooks_is_that_of_the_code():
    table = {name: arguments.split(", ") for name, arguments in re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \|", PAGE, re.MULTILINE)}
    specs = {name: getattr(Observer, name) for name in EVENTS} | {"report_context": hooks.report_context}
    told = {name: [each for each in spec.__annotations__ if each != "return"] for name, spec in specs.items()}
    assert table == told


def test_the_environment_s_observers_are_those_of_the_page(monkeypatch):
    (line,) = re.findall(rf"export {ALWAYS}='(.*?)'", PAGE)
    monkeypatch.setenv(ALWAYS, line)
    assert always_observing() == ("mlflow", "tensorboard")
    monkeypatch.setenv(ALWAYS, '{ use = "tensorboard", folder = "logs" } ;')
    assert always_observing() == ('{ use = "tensorboard", folder = "logs" }',)
    monkeypatch.delenv(ALWAYS)
    assert always_observing() == ()


def test_a_plugin_of_the_page_is_short():
    assert len(FILES["ring.py"].strip().splitlines()) <= 15
