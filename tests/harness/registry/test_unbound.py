"""A class that is not in its file is found without importing anything."""

from __future__ import annotations

import sys

import pytest

from augbench.registry.entries import Entry, Origin
from augbench.registry.unbound import unbound

ORIGIN = Origin(plugin="twist", distribution="augbench-twist", version="1.0")


def said(target: str | type, origin: Origin = ORIGIN) -> str:
    error = unbound(Entry(kind="augmenter", name="twist", target=target, summary="", origin=origin))
    return "" if error is None else str(error).partition("does not load: ")[2]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("class Twits:\n    pass\n", "AttributeError: module 'twisted.mix' (FILE) has no 'Twist'; did you mean 'Twits'?"),
        ("class Twist(:\n", "SyntaxError: invalid syntax (FILE:1:13)"),
        ("1 / 0\nclass Twist:\n    pass\n", ""),
        ("try:\n    import fast\nexcept ImportError:\n    from slow import Twirl as Twist\n", ""),
        ("from twisted.others import *\n", ""),
        ("def __getattr__(name):\n    return object\n", ""),
        ("for name in ('Twist', 'Turn'):\n    globals()[name] = object\n", ""),
        ("Twist, Turn = object, object\n", ""),
    ],
)
def test_what_a_file_does_not_name_is_not_there(site, code, why):
    site.write("twisted/__init__.py", "raise SystemExit\n")
    file = site.write("twisted/mix.py", code)
    assert said("twisted.mix:Twist") == why.replace("FILE", str(file))
    assert "twisted" not in sys.modules


def test_a_module_that_is_not_there_is_told(site):
    site.write("twisted/__init__.py", "")
    site.write("flat.py", "")
    assert said("twisted.mix:Twist") == "ModuleNotFoundError: No module named 'twisted.mix'"
    assert said("twisted.mix.deep:Twist") == "ModuleNotFoundError: No module named 'twisted.mix'"
    assert said("flat.mix:Twist") == "ModuleNotFoundError: No module named 'flat.mix'"
    assert said("no_such_module:Twist") == "ModuleNotFoundError: No module named 'no_such_module'"


def test_what_has_no_text_is_not_judged(site):
    (site.folder / "together").mkdir()
    assert said("together:Twist") == said("sys:Twist") == said(object) == ""
    assert said("augbench_plugins.nothing:Twist", Origin(plugin="augbench-plugins", distribution="augbench")) == ""
