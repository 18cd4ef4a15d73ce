"""A registry resolves names to classes and says what is wrong with one that it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest

from augbench.registry.collect import Registry
from augbench.registry.entries import Origin
from augbench.values.augmenting import Augmenter, Draw, Mixed
from augbench.values.components import KINDS, Component
from augbench.values.errors import BrokenComponent, DuplicateName, UnknownComponent


@dataclass(frozen=True, kw_only=True)
class Flip(Augmenter):
    """Mirror."""

    def draw(self, context, rng):
        return Draw()

    def apply(self, sources, draw):
        return Mixed(images=sources[:, 0], pixel_weights=sources.new_ones(len(sources), 1))


@dataclass(frozen=True, kw_only=True)
class Hub(Component):
    """A family of two."""

    kind: ClassVar = "backbone"
    name: str

    @classmethod
    def names(cls) -> Sequence[str]:
        return ["resnet18", "resnet34"]


class NotMarked(Flip):
    """A subclass that forgot its decorator."""


@dataclass(frozen=True, kw_only=True)
class Unfinished(Augmenter):
    """A subclass without apply."""

    def draw(self, context, rng):
        return Draw()


@dataclass
class Thawed(Component):
    """Not frozen."""

    kind: ClassVar = "augmenter"


def broken(target) -> str:
    registry = Registry(origin=Origin(plugin="p", distribution="acme", version="1.2"))
    registry.augmenter("thing", target)
    with pytest.raises(BrokenComponent) as error:
        registry.resolve("augmenter", "thing")
    return str(error.value)


def test_there_is_a_method_for_every_kind():
    registry = Registry()
    for kind in KINDS:
        getattr(registry, kind)("x", "some.module:X", "An x")
    assert [(entry.kind, entry.name) for entry in registry.entries] == [(kind, "x") for kind in KINDS]


def test_a_class_may_be_registered_itself():
    registry = Registry()
    registry.augmenter("flip", Flip, "Mirror a picture")
    resolved = registry.resolve("augmenter", "flip")
    assert resolved.component is Flip
    assert resolved.implied == {}


def test_a_string_target_is_imported_when_asked_for(site):
    code = """
        from dataclasses import dataclass
        from typing import ClassVar
        from augbench import Component

        @dataclass(frozen=True, kw_only=True)
        class Mean(Component):
            kind: ClassVar = "metric"
    """
    site.write("my_metrics/mean.py", code)
    registry = Registry()
    registry.metric("mean", "my_metrics.mean:Mean")
    assert registry.resolve("metric", "mean").component.__name__ == "Mean"
    assert Registry().resolve("metric", "my_metrics.mean:Mean").component.__name__ == "Mean"


def test_an_unknown_name_suggests_the_nearest():
    registry = Registry()
    registry.augmenter("flip", Flip)
    with pytest.raises(UnknownComponent, match=r"no augmenter called 'flop'; did you mean 'flip'\?"):
        registry.resolve("augmenter", "flop")
    with pytest.raises(UnknownComponent):
        registry.resolve("sampler", "flip")


def test_a_distribution_after_the_name_chooses_between_two():
    registry = Registry()
    for distribution in ("acme-mix", "bolt"):
        mine = Registry(origin=Origin(plugin="p", distribution=distribution))
        mine.augmenter("flip", Flip)
        registry.entries += mine.entries
    with pytest.raises(DuplicateName):
        registry.resolve("augmenter", "flip")
    assert registry.resolve("augmenter", "flip@Acme_Mix").entry.origin.distribution == "acme-mix"
    with pytest.raises(UnknownComponent):
        registry.resolve("augmenter", "flip@cog")


def test_a_family_s_member_implies_its_name():
    registry = Registry()
    registry.family("backbone", "hub", Hub)
    assert registry.names("backbone") == ["hub/NAME"]
    assert registry.resolve("backbone", "hub/resnet18").implied == {"name": "resnet18"}
    assert registry.resolve("backbone", "hub/resnet18@augbench").implied == {"name": "resnet18"}
    with pytest.raises(UnknownComponent, match=r"no backbone called 'hub/resnet43'; did you mean 'hub/resnet34'\?"):
        registry.resolve("backbone", "hub/resnet43")
    with pytest.raises(UnknownComponent, match="known: hub/NAME"):
        registry.resolve("backbone", "hub")


def test_the_command_line_finds_a_name_in_every_kind_or_in_one():
    registry = Registry()
    registry.augmenter("flip", Flip)
    registry.sampler("flip", "no.module:Sampler")
    registry.family("backbone", "hub", Hub)
    assert [entry.kind for entry in registry.find("flip")] == ["augmenter", "sampler"]
    assert [entry.kind for entry in registry.find("sampler:flip")] == ["sampler"]
    assert [entry.name for entry in registry.find("hub/resnet18")] == ["hub"]
    assert registry.find("flip/left") == ()
    assert registry.resolve("augmenter", "augmenter:flip").component is Flip


def test_a_module_that_does_not_import_is_blamed_where_it_fails(site):
    file = site.write("halves.py", "import os\n\nraise RuntimeError('out of order')\n")
    assert broken("halves:Half") == f"augmenter 'thing' from acme 1.2 does not load: RuntimeError: out of order ({file}:3)"


def test_a_missing_class_suggests_the_nearest(site):
    file = site.write("halves.py", "class Half: ...\n")
    assert broken("halves:Halve").endswith(f"AttributeError: module 'halves' ({file}) has no 'Halve'; did you mean 'Half'?")


def test_a_class_of_another_kind_is_refused():
    assert f"'{__name__}:Hub' is of kind backbone, not augmenter" in broken(Hub)
    assert "does not derive from augbench's base class of kind augmenter" in broken(dict)


def test_only_a_frozen_keyword_only_dataclass_is_a_component():
    for component in (NotMarked, Thawed):
        assert f"{component.__name__}' is not a frozen, keyword-only dataclass" in broken(component)


def test_a_component_with_methods_missing_is_refused():
    said = broken(Unfinished)
    assert "Unfinished' does not define apply" in said
    assert f"({__file__}:" in said


def test_bad_registrations_are_refused_at_once():
    registry = Registry()
    registry.augmenter("flip", Flip)
    for name, target in (("a/b", Flip), ("a@b", Flip), ("", Flip), ("half", "halves"), ("half", "halves:")):
        with pytest.raises(ValueError, match=r"is no name|must read 'module:Class'"):
            registry.augmenter(name, target)
    with pytest.raises(ValueError, match="augmenter 'flip' is registered twice by one plugin"):
        registry.augmenter("flip", "other:Flip")
    with pytest.raises(ValueError, match="there is no kind 'brush'; the kinds are dataset, "):
        registry.family("brush", "x", Flip)
