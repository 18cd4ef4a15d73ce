"""A distribution that wants augbench and gives it nothing is noted."""

from __future__ import annotations

import pytest

from augbench.registry.unplugged import unplugged

HOOK = "from augbench import hookimpl\n\n\n@hookimpl\ndef register(registry):\n    pass\n"


def noted() -> list[str]:
    return [str(note) for note in unplugged() if note.origin.distribution.startswith(("augbench-twist", "lab"))]


def test_a_misspelt_group_is_told(site):
    information = site.install("augbench-twist", "2.1", requires=["augbench>=0.1,<1"], twist=HOOK)
    assert noted() == []
    (information / "entry_points.txt").write_text("[augbenc]\ntwist = twist\n[console_scripts]\ntwist = twist:main\n")
    assert noted() == [
        "augbench-twist: has entry points of a group 'augbenc', which nobody reads; did you mean [project.entry-points.augbench] in "
        "pyproject.toml?"
    ]
    (information / "entry_points.txt").unlink()
    assert noted() == [
        "augbench-twist: requires augbench, and is no plugin of it: that takes [project.entry-points.augbench] in pyproject.toml"
    ]


@pytest.mark.parametrize("group", ["augbench.commands", "augbench.presets"])
def test_a_distribution_of_verbs_or_presets_alone_is_a_plugin(site, group):
    information = site.install("augbench-twist", requires=["augbench"], twist=HOOK)
    (information / "entry_points.txt").write_text(f"[{group}]\ntwist = twist\n")
    assert noted() == []


@pytest.mark.parametrize("requirement", ["torch>=2", "augbench-twist>=1", "augbench>=1; extra == 'compare'", "augbench_more"])
def test_others_are_left_alone(site, requirement):
    (site.install("lab", requires=[requirement]) / "entry_points.txt").unlink()
    assert noted() == []
