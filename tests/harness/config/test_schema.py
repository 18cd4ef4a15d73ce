"""Each installed component's table: the schema refuses what the loader refuses, key by key."""

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import jsonschema
import pytest
from annotated_types import Ge, Le

from augbench import Registry, Schedule
from augbench.config.fallbacks import fallbacks
from augbench.config.schema.choices import choices
from augbench.config.schema.linking import linked, named, reference
from augbench.config.schema.places import Places
from augbench.config.schema.values import value_schema
from augbench.config.shapes import Leaf, Shapes
from augbench.config.single import component_from
from augbench.registry.discovery import discover
from augbench.registry.wording import in_toml
from augbench.values.components import KINDS
from augbench.values.errors import ConfigError


@pytest.fixture(scope="module")
def known():
    return choices(discover())


@pytest.fixture(scope="module")
def definitions(known):
    places = Places(choices=known, fallbacks=fallbacks())
    for kind in KINDS:
        places.component(kind)
    return places.definitions


def _choices(known):
    return [choice for several in known.of.values() for choice in several]


def _table(choice, definitions):
    return {"$ref": f"#/definitions/{choice.key}", "definitions": definitions}


def _use(choice):
    return choice.names[0] if choice.names else choice.title.replace("NAME", "resnet18")


def _refused(choice, definitions, table):
    """Return the keys whose values the schema refuses."""
    errors = jsonschema.Draft7Validator(_table(choice, definitions)).iter_errors(table)
    return {error.absolute_path[0] if error.absolute_path else "" for error in errors}


def _told(choice, known, table):
    """Return what the loader says of a table, in the order of its keys."""
    text = ", ".join(f"{key} = {in_toml(value)}" for key, value in table.items())
    try:
        component_from(f"{{ {text} }}", choice.kind, "part", known.registry)
    except ConfigError as error:
        return [problem.message for problem in error.problems]
    return []


def _of_the_whole(choice, message):
    """Tell what a component says of all its parameters, or lacks, from what is wrong with one of them."""
    return message.startswith((f"{choice.kind} '{_use(choice)}': ", f"{choice.kind} '{_use(choice)}' has no "))


def _wrong(schema):
    """Return a value just outside of what a key may hold."""
    if "anyOf" in schema or "$ref" in schema or not schema.keys() & {"type", "enum", "const"}:
        return 3.5 if "anyOf" in schema else None
    for bound, step in {"minimum": -1, "maximum": 1, "exclusiveMinimum": 0, "exclusiveMaximum": 0}.items():
        if bound in schema:
            return schema[bound] + step
    return "no such word" if "enum" in schema else {"string": 3, "array": 3}.get(schema.get("type"), "no such value")


def test_every_component_of_the_registry_is_there(known):
    assert known.left_out == ()
    assert len(_choices(known)) == len(known.registry.entries)


def test_defaults_are_accepted(known, definitions):
    for choice in _choices(known):
        properties = definitions[choice.key]["properties"]
        table = {"use": _use(choice)} | {key: schema["default"] for key, schema in properties.items() if "default" in schema}
        assert _refused(choice, definitions, table) == set(), choice.key
        assert [told for told in _told(choice, known, table) if not _of_the_whole(choice, told)] == [], choice.key


def test_an_unknown_key_is_refused(known, definitions):
    for choice in _choices(known):
        table = {"use": _use(choice), "surely-unknown": 3}
        assert _refused(choice, definitions, table) == {""}, choice.key
        assert f"{choice.kind} '{_use(choice)}' has no parameter 'surely-unknown'" in _told(choice, known, table)


def test_each_value_out_of_bounds_is_refused(known, definitions):
    tried = 0
    for choice in _choices(known):
        properties = definitions[choice.key]["properties"]
        wrong = {key: value for key, schema in properties.items() if key != "use" and (value := _wrong(schema)) is not None}
        assert _refused(choice, definitions, {"use": _use(choice)} | wrong) == set(wrong), choice.key
        told = _told(choice, known, {"use": _use(choice)} | wrong)
        assert {key for key in wrong if any(key in message for message in told)} == set(wrong), choice.key
        tried += len(wrong)
    assert tried > 250


def test_every_preset_is_offered(known, definitions):
    for choice in _choices(known):
        offered = definitions[choice.key]["properties"].get("preset", {}).get("enum", [])
        assert offered == list(choice.component.presets)


def test_help_of_every_parameter_is_there(known, definitions):
    lacking = [
        f"{choice.key}.{key}"
        for choice in _choices(known)
        for key, own in definitions[choice.key]["properties"].items()
        if not own.get("description")
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (float | None, {"type": "number"}),
        (
            tuple[int, str],
            {"type": "array", "minItems": 2, "maxItems": 2, "items": [{"type": "integer"}, {"type": "string"}], "additionalItems": False},
        ),
        (object, {}),
        (Callable[[], int], {}),
        (Annotated[float, Ge(0), Le(math.inf)], {"type": "number", "minimum": 0}),
    ],
)
def test_a_value_is_written_as_editors_know_it(annotation, schema):
    assert value_schema(Leaf(annotation=annotation), Shapes()) == schema


def _raise():
    raise ValueError("not today")


@dataclass(frozen=True, kw_only=True)
class Odd(Schedule):
    """Has a limit that JSON has no word for."""

    limit: float = math.inf
    """Where it ends."""

    def factor(self, step, steps, steps_per_epoch):
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Unmade(Odd):
    limit: float = field(default_factory=_raise)


@dataclass(frozen=True, kw_only=True)
class Unnamed(Odd):
    name: str

    @classmethod
    def names(cls):
        raise OSError("no list")


def test_odd_code_of_plugins_stops_nothing():
    registry = Registry()
    registry.schedule("odd", Odd)
    registry.schedule("unmade", Unmade)
    registry.family("schedule", "unnamed", Unnamed)
    known = choices(registry)
    assert [str(error) for error in known.left_out] == ["schedule 'unmade' from augbench does not load: ValueError: not today"]
    assert [(choice.names, choice.pattern) for choice in known.of["schedule"]] == [(("odd",), "odd"), ((), "unnamed/.+")]
    places = Places(choices=known, fallbacks={})
    places.component("schedule")
    assert places.definitions["schedule.odd"]["properties"]["limit"] == {"type": "number", "description": "Where it ends."}
    assert "name" not in places.definitions["schedule.unnamed"]["properties"]


def test_the_line_is_put_first_and_found_again(tmp_path):
    text = "# What this is\n#\nversion = 1\n"
    whole = linked(text, "./augbench.schema.json")
    assert whole == f"#:schema ./augbench.schema.json\n\n{text}"
    assert (named(text), named(whole), named(f"# first\n{whole}")) == (None, "./augbench.schema.json", "./augbench.schema.json")
    assert named("title = '''\n#:schema x\n'''\n") is None
    assert linked("a = 1\r\n", "x") == "#:schema x\r\n\r\na = 1\r\n"
    assert tomllib.loads(whole) == tomllib.loads(text)


def test_a_schema_elsewhere_is_named_by_the_way_there(tmp_path):
    matrix = tmp_path / "runs" / "m.toml"
    assert reference(tmp_path / "runs" / "my schema.json", matrix) == "./my schema.json"
    assert reference(tmp_path / "s.json", matrix) == "../s.json"
