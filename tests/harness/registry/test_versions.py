"""A plugin says for which augbench it was written; another one does not run it."""

from __future__ import annotations

import pytest

from augbench import __version__
from augbench.registry.discovery import discover
from augbench.registry.versions import unmet

PLUGIN = "from augbench import hookimpl\n\n\n@hookimpl\ndef register(registry):\n    registry.augmenter('twist', 'nowhere:Twist')\n"


@pytest.mark.parametrize(
    ("requirement", "version", "met"),
    [
        ("augbench", "0.1.0", True),
        ("augbench>=1,<2", "1.4.2", True),
        ("augbench<2,>=1", "2.0", False),
        ("augbench (>=1)", "0.9", False),
        ("Augbench[ray] >= 2", "1.9", False),
        # What comes before a release is of that release, and not of the one before.
        ("augbench>=1,<2", "1.0.dev3", True),
        ("augbench>=1,<2", "1.5rc1", True),
        ("augbench>=1,<2", "2.0.dev1", False),
        ("augbench<1", "1.0a1", False),
        ("augbench>=1", "1.0.post1+local", True),
        # What does not concern this Python, or an extra that nobody can have asked for, does not count.
        ("augbench>=9; python_version < '3'", "1.0", True),
        ("augbench>=9; extra == 'test'", "1.0", True),
        ("augbench-flip>=9", "1.0", True),
        ("augbench @ file:///somewhere", "1.0", True),
    ],
)
def test_requirements_are_those_of_installers(requirement: str, version: str, met: bool):
    assert (unmet(["torch>=99", requirement], version) is None) is met


def test_a_plugin_for_another_version_is_listed_and_not_imported(site):
    information = site.install("late", requires=["augbench>=9,<10"], late_plugin="1 / 0\n")
    site.install("good", requires=[f"augbench>={__version__}"], good_plugin=PLUGIN)
    registry = discover()
    (failure,) = registry.failures
    said = f"late requires augbench<10,>=9, and this is augbench {__version__}; install a version of it that goes with this one"
    assert str(failure) == f"late_plugin: version: {said} ({information / 'entry_points.txt'}:2)"
    assert "twist" in registry.names("augmenter")


def test_a_requirement_that_makes_no_sense_is_listed(site):
    site.install("late", requires=["augbench>=one"], late_plugin=PLUGIN)
    assert str(discover().failures[0]).startswith("late_plugin: version: InvalidRequirement: ")
