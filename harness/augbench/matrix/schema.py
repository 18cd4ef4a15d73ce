"""The JSON schema of a matrix file, with the parameters of every component of a registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.config.fallbacks import fallbacks
from augbench.config.layers import EVERY
from augbench.config.schema.choices import CLASS, Choice, Choices, written
from augbench.config.schema.places import Places, many_of, ref, table_of
from augbench.config.schema.values import Schema
from augbench.matrix.axes import MODES
from augbench.matrix.columns import DatasetTable
from augbench.matrix.load import read_matrix
from augbench.matrix.report import NAMED_ALONE
from augbench.matrix.schema_axes import Axes
from augbench.values.components import KINDS
from augbench.values.settings import AUTO, ReportSettings, Settings

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The newest that Taplo and Tombi both read."""
_STRING: Schema = {"type": "string"}
_STRINGS: Schema = {"type": "array", "items": _STRING}
_ONE_OR_MORE: Schema = {"anyOf": [_STRING, _STRINGS]}


def classes_of(path: Path, registry: Registry) -> tuple[tuple[str, str], ...]:
    """Return the kind and the place of every class that a matrix file names as ``module:Class``; whatever is wrong with it is passed over.

    Raise ``MissingFile``, ``UnknownComponent`` for a preset that there is not, or ``ConfigError`` for what is no TOML.
    """
    read = read_matrix(path, registry, sets=(), only=(), skip=())
    read.cells.fill()
    return read.cells.layers.overlay.components.classes()


def matrix_schema(choices: Choices, comment: str = "") -> Schema:
    """Return the schema of a matrix file; ``comment`` says who wrote it."""
    places = Places(choices=choices, fallbacks=fallbacks())
    _settings(places)
    sections = _sections(places)
    return {
        "$schema": DIALECT,
        **({"$comment": comment} if comment else {}),
        "title": "augbench matrix",
        "description": "Rows (variants of an experiment) on columns (data sets), over seeds and folds.",
        **table_of(sections),
        "if": {"required": ["extends"], "additionalProperties": True},
        "else": _COMPLETE,
        "definitions": places.definitions,
    }


_COMPLETE: Schema = {
    "required": ["report", "datasets", "rows"],
    "properties": {
        "report": {"required": ["control"], "additionalProperties": True},
        "rows": {"minProperties": 1, "additionalProperties": True},
        "datasets": {"minProperties": 1, "additionalProperties": {"required": ["use"], "additionalProperties": True}},
    },
    "additionalProperties": True,
}
"""What a file must have that builds on no other."""


def _settings(places: Places) -> None:
    """Define what a row may set, what a class of images may have otherwise, and both of a row."""
    fields = places.properties(places.choices.shapes.table(Settings))
    own = {key: schema for key, schema in fields.items() if key != "per-class"}
    shared = {key: ref("settings", "properties", key) for key in own}
    narrow = table_of({"n": ref("settings", "properties", "batch", "properties", "n")})
    by_class = {**{key: shared[key] for key in ("generator", "fit", "bank")}, "batch": {"description": "What a batch holds.", **narrow}}
    here = {**shared, "per-class": ref("per-class")}
    label = {"description": "What reports call it; its name unless given.", **_STRING}
    on = {"description": "Settings on one data set only.", **many_of(ref("row-on"), None)}
    places.definitions.update(
        {
            "settings": table_of(own),
            "class": table_of(by_class),
            "per-class": {
                "description": f"Settings of single classes, by their exact names, or of every class: '{EVERY}'.",
                **many_of(ref("class"), None),
            },
            "row": {"description": "How this row differs from [base].", **table_of({"label": label, **here, "on": on})},
            "row-on": table_of(here),
        }
    )


def _sections(places: Places) -> dict[str, Schema]:
    described = {
        "version": ("The syntax of this file.", {"const": 1}),
        "title": ("The report's title; the file's name unless given.", _STRING),
        "extends": ("A matrix file or a preset, or a list of them, that this one builds on.", _ONE_OR_MORE),
        "plugins": ('Files ("./my_mix.py") and modules to load beside the installed plugins.', _STRINGS),
        "disable-plugins": ("Installed plugins, or whole distributions, to leave out.", _ONE_OR_MORE),
        "report": ("What is compared with what, and how it is told.", _report(places)),
        "base": ("Settings that every row starts from.", ref("settings")),
        "defaults": ("Parameters that a component gets wherever it is used.", _defaults(places)),
        "datasets": ("The columns: data sets by name.", many_of(_dataset(places))),
        "rows": ("The rows: variants by name, each says only how it differs from [base].", many_of(ref("row"))),
        "axes": ("What multiplies trials (seed) and rows (any other setting): lists of values.", _axes(places)),
        "mode": ("How axes multiply rows.", {"enum": list(MODES), "default": MODES[0]}),
        "exclude": ("Cells and trials to leave out: all that a table names must match.", _exclude(places)),
    }
    # Validators pass over what stands beside a $ref; editors show it.
    return {key: {"description": text, **schema} for key, (text, schema) in described.items()}


def _report(places: Places) -> Schema:
    known = places.properties(places.choices.shapes.table(ReportSettings))
    metrics = {"anyOf": places.names("metric", _is_whole)}
    tests = {"anyOf": [{"const": AUTO, "description": "The valid one for the design."}, *places.names("test", _is_whole)]}
    formats = places.choices.registry.names("report")
    narrowed: dict[str, Schema] = {"metrics": {"items": metrics}, "primary": metrics, "test": tests}
    if formats:
        narrowed["formats"] = {"items": {"enum": formats}}
    return table_of({key: _narrowed(schema, narrowed.get(key, {})) for key, schema in known.items()})


def _narrowed(schema: Schema, by: Schema) -> Schema:
    # A string that is one of several alternatives is no mere string any more: editors would offer both.
    return {key: value for key, value in schema.items() if key != "type" or "anyOf" not in by} | by


def _is_whole(choice: Choice) -> bool:
    """Tell whether a name is all that a component needs: [report] gives it no parameters."""
    return not choice.needs


def _defaults(places: Places) -> Schema:
    return table_of({kind: _defaults_of(kind, places) for kind in KINDS if kind not in NAMED_ALONE})


def _defaults_of(kind: str, places: Places) -> Schema:
    """Return tables of parameters by the names of components."""
    named: dict[str, Schema] = {}
    patterns: dict[str, Schema] = {CLASS: {"type": "object", "additionalProperties": True}}
    for choice in places.choices.of[kind]:
        places.parameters(choice)
        known = places.definitions[choice.key]
        own = {key: ref(choice.key, "properties", key) for key in known["properties"] if key != "use"}
        places.definitions[f"defaults.{choice.key}"] = {"description": known["description"], **table_of(own)}
        table = ref(f"defaults.{choice.key}")
        named |= dict.fromkeys(choice.names, table)
        patterns[written([choice])] = table
    return {"type": "object", "properties": named, "patternProperties": patterns, "additionalProperties": False}


def _dataset(places: Places) -> Schema:
    more = {
        "set": {"description": "Settings of every row on this data set.", **ref("settings")},
        "per-class": ref("per-class"),
    }
    schema = places.seat(places.choices.shapes.seat(DatasetTable, nullable=False), more)
    minority = places.definitions["dataset-beside"]["properties"]["minority"]
    minority["anyOf"] = [each | ({"minProperties": 1} if each.get("type") == "object" else {}) for each in minority["anyOf"]]
    return schema


def _axes(places: Places) -> Schema:
    settings = {key: f"#/definitions/settings/properties/{key}" for key in places.definitions["settings"]["properties"]}
    schema = Axes(definitions=places.definitions).table(settings)
    seeds = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "integer", "minimum": 0}, "default": [0]}
    schema["properties"] = {"seed": {"description": "Replicates: every trial once for each.", **seeds}, **schema["properties"]}
    return schema


def _exclude(places: Places) -> Schema:
    settings: dict[str, Any] = dict.fromkeys(places.definitions["settings"]["properties"], True)
    seeds: Schema = {"type": "integer"}
    own = {
        "row": {"description": "A row, or a named row with all that axes made of it.", **_ONE_OR_MORE},
        "column": {"description": "A data set.", **_ONE_OR_MORE},
        "seed": {"description": "Only these trials; without it the whole cell.", "anyOf": [seeds, {"type": "array", "items": seeds}]},
    }
    return {"type": "array", "items": {**table_of(own | settings), "minProperties": 1}}
