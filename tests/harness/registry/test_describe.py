"""A component's parameters are told in a user's words, from its class alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import pytest
from annotated_types import Ge, Gt, Interval, Le, Len, MultipleOf

from augbench.registry.collect import Registry
from augbench.registry.describe import Parameter, describe
from augbench.registry.wording import bounds_in_words, in_toml, type_in_words
from augbench.values.components import Component
from augbench.values.learning import Optimizer

if TYPE_CHECKING:
    from nowhere import Secret

HEAVY = {"torch", "timm", "numpy", "pandas", "pydantic", "torchvision", "scipy", "PIL", "pyarrow"}


@dataclass(frozen=True, kw_only=True)
class Base(Component):
    """A base."""

    kind: ClassVar = "generator"
    max_angle: Annotated[float, Ge(0), Le(360)] = 360.0
    """Largest rotation
    in degrees."""
    optimizer: Optimizer
    """How weights are updated."""


@dataclass(frozen=True, kw_only=True)
class Method(Base):
    """Draw pictures.

    As ``nobody`` before.
    """

    presets: ClassVar[dict[str, dict[str, Any]]] = {"small": {"max-angle": 10}}
    max_angle: Annotated[float, Ge(0), Le(90)] = 45.0
    """A smaller ``rotation``."""
    sizes: tuple[Annotated[int, Gt(1)], ...] = field(default_factory=lambda: (2, 3))
    key: Secret | None = None


def parameters() -> dict[str, Parameter]:
    registry = Registry()
    registry.generator("method", Method)
    return {parameter.name: parameter for parameter in describe(registry.entries[0]).parameters}


def test_names_are_dashed_and_a_subclass_speaks_for_itself():
    angle = parameters()["max-angle"]
    assert (angle.type, angle.bounds, angle.default, angle.help) == ("number", ">= 0, <= 90", "45", "A smaller 'rotation'.")


def test_an_inherited_field_keeps_its_help_and_a_slot_its_kind():
    slot = parameters()["optimizer"]
    assert (slot.type, slot.default, slot.slot) == ("a component: optimizer", None, "optimizer")
    assert slot.help == "How weights are updated."


def test_bounds_inside_a_list_and_made_defaults_are_told():
    sizes = parameters()["sizes"]
    assert (sizes.type, sizes.bounds, sizes.default, sizes.help) == ("list of whole numbers", "> 1", "[2, 3]", "")


def test_an_annotation_for_type_checkers_alone_is_shown_as_written():
    assert parameters()["key"].type == "Secret | None"


def test_the_class_s_docstring_is_the_text_and_its_first_line_the_summary():
    registry = Registry()
    registry.generator("method", Method)
    description = describe(registry.entries[0])
    assert description.summary == "Draw pictures."
    assert description.text == "Draw pictures.\n\nAs 'nobody' before."
    assert description.presets == {"small": {"max-angle": 10}}


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, "whole number"),
        (bool, "true or false"),
        (Path, "path"),
        (Literal["fp32", "bf16"], 'one of "fp32", "bf16"'),
        (Literal[1], "1"),
        (int | None, "whole number or unset"),
        (tuple[float, float], "list of 2: number, number"),
        (tuple[str, ...], "list of texts"),
        (Mapping[str, Annotated[float, Ge(0)]], "table of numbers"),
        (dict[str, int], "table of whole numbers"),
        (Optimizer | None, "a component: optimizer or unset"),
    ],
)
def test_types_read_as_a_user_thinks_of_them(annotation: Any, words: str):
    assert type_in_words(annotation) == words


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (Annotated[int, Ge(1)] | None, ">= 1"),
        (Annotated[float, Interval(gt=0, le=1)], "> 0, <= 1"),
        (Annotated[int, MultipleOf(8)], "a multiple of 8"),
        (Annotated[tuple[int, ...], Len(1, 3)], "at least 1 long, at most 3 long"),
        (Annotated[tuple[int, ...], Len(7, 7)], "7 long"),
        (Mapping[str, Annotated[float, Ge(0)]], ">= 0"),
        (float, ""),
    ],
)
def test_bounds_are_found_wherever_they_stand(annotation: Any, words: str):
    assert bounds_in_words(annotation) == words


def test_values_are_written_as_toml_has_them():
    assert in_toml({"a": True, "b": (1, 2.5), "c": "x"}) == '{ a = true, b = [1, 2.5], c = "x" }'
    assert in_toml(1e-4) == "0.0001"
    assert in_toml(0.123456789) == "0.123456789"
    assert in_toml(None) == "unset"
    assert in_toml(Base(optimizer="sgd")) == 'Base { max-angle = 360, optimizer = "sgd" }'


@pytest.mark.slow
def test_describing_every_built_in_component_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from augbench.registry.describe import describe\n"
        "from augbench.registry.discovery import discover\n"
        "from augbench.values.errors import BrokenComponent\n"
        "pages = [describe(entry) for entry in discover().entries]\n"
        "silent = [(page.name, p.name) for page in pages for p in page.parameters if not p.help]\n"
        f"print(len(pages), silent, sorted({HEAVY!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, rest = done.stdout.split(" ", 1)
    assert int(count) > 25
    assert rest.strip() == "[] []"
