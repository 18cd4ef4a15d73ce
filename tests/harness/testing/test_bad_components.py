"""Each law catches a component that was written to break it, and says nothing of what the others are for."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from types import ModuleType

import pytest

from augbench import Component
from augbench.testing import Check, checks_of, judge
from augbench.values.components import KINDS

pytestmark = pytest.mark.slow

MODULES = ("components", *KINDS, "house")
LAWS = {name: import_module(f"augbench.testing.laws.{name}") for name in MODULES}


def bad(name: str) -> dict[str, Component]:
    module: ModuleType = import_module(f"harness.testing.bad.{name}")
    return module.BAD


def laws(name: str) -> tuple[Check, ...]:
    """Return the laws of one module."""
    module = LAWS[name]
    found = (Check(function=function) for attribute, function in vars(module).items() if attribute.startswith("check_"))
    return tuple(check for check in found if check.function.__module__ == module.__name__)


def marked(names: tuple[str, ...]) -> list[object]:
    return [pytest.param(name, marks=[pytest.mark.slow] if name == "house" else []) for name in names]


@pytest.mark.parametrize("name", MODULES)
def test_every_law_has_a_component_that_breaks_it(name: str) -> None:
    assert sorted(bad(name)) == sorted(check.name for check in laws(name))


@pytest.mark.parametrize("name", marked(MODULES))
def test_a_bad_component_breaks_its_own_law_alone(name: str) -> None:
    broken = {
        law: [verdict.check for verdict in judge(component, laws(name)) if not verdict.passed] for law, component in bad(name).items()
    }
    assert broken == {law: [law] for law in bad(name)}


@pytest.mark.parametrize("name", MODULES)
def test_a_law_is_a_sentence(name: str) -> None:
    for check in laws(name):
        assert check.law.endswith("."), check.name
        assert len(check.law) < 120, check.name


@pytest.mark.parametrize("kind", KINDS)
def test_laws_have_names_of_their_own(kind: str) -> None:
    assert [name for name, count in Counter(check.name for check in checks_of(kind)).items() if count > 1] == []
