"""What ``help`` prints of a public class is enough to derive one from it."""

from __future__ import annotations

import inspect
import sys
import textwrap
from pathlib import Path

import pytest

import augbench
from augbench.registry.collect import Registry
from augbench.registry.local import load_local
from augbench.testing import checks_of, judge


@pytest.fixture
def average(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return the class that the docstring of augmenters shows, out of a file."""
    example = inspect.getdoc(augbench.Augmenter).partition("::\n\n")[2].partition("\nFields are")[0]
    (tmp_path / "helpful.py").write_text(textwrap.dedent(example))
    registry = Registry()
    load_local(registry, ("./helpful.py",), tmp_path)
    yield registry.resolve("augmenter", "average").component
    monkeypatch.delitem(sys.modules, "helpful")


def test_the_augmenter_of_the_docstring_keeps_every_law(average):
    verdicts = list(judge(average(), [check for check in checks_of("augmenter") if not check.house]))
    assert [verdict.why for verdict in verdicts if not verdict.passed] == []
    assert sum(verdict.status == "kept" for verdict in verdicts) > 20


def test_every_method_of_a_public_class_says_what_it_does():
    for name in augbench.__all__:
        value = getattr(augbench, name)
        if inspect.isclass(value) and value.__module__.startswith("augbench."):
            methods = [
                own
                for key, own in vars(value).items()
                if not key.startswith("_") and (inspect.isfunction(own) or isinstance(own, property))
            ]
            assert [method for method in methods if not method.__doc__] == [], name
