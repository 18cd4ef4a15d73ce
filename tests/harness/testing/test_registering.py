"""A plugin's own test notices that no matrix finds it."""

from __future__ import annotations

import pytest

from augbench.testing import Broken, registered
from augbench.values.errors import BrokenComponent

HOOK = """
    from augbench import hookimpl

    @hookimpl
    def register(registry):
        registry.augmenter("twist", "twisted_parts:{}", "Twist a picture")
"""
PARTS = "from support.toys import Blend as Twist\n"


def test_a_name_gives_the_class_that_a_matrix_uses(site):
    site.install("augbench-twist", twisted=HOOK.format("Twist"))
    site.write("twisted_parts.py", PARTS)
    from twisted_parts import Twist

    assert registered("augmenter", "twist") is Twist


def test_a_class_that_was_renamed_is_missed(site):
    site.install("augbench-twist", twisted=HOOK.format("Twits"))
    site.write("twisted_parts.py", PARTS)
    with pytest.raises(BrokenComponent, match=r"augmenter 'twist' from augbench-twist 1\.0 does not load: .* has no 'Twits'; did you mean"):
        registered("augmenter", "twist")


def test_a_misspelt_group_of_entry_points_is_told(site):
    information = site.install("augbench-twist", requires=["augbench>=0.1"], twisted=HOOK.format("Twist"))
    (information / "entry_points.txt").write_text("[augbenc]\ntwisted = twisted\n")
    with pytest.raises(Broken) as error:
        registered("augmenter", "twist")
    first, second, third = str(error.value).splitlines()
    assert first == "augmenter 'twist' is not registered: is it installed, and does pyproject.toml have [project.entry-points.augbench]?"
    assert second.startswith("no augmenter called 'twist'; ")
    assert third.startswith("augbench-twist: has entry points of a group 'augbenc', which nobody reads; did you mean")
