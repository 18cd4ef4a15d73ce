"""How a value that does not fit is told: pydantic's errors in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from augbench.config.source import Node
from augbench.values.errors import Position, suggestion

_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "string_type": "a string",
    "bool_type": "true or false",
    "greater_than_equal": "at least {ge:g}",
    "greater_than": "more than {gt:g}",
    "less_than_equal": "at most {le:g}",
    "less_than": "less than {lt:g}",
    "multiple_of": "a multiple of {multiple_of:g}",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a table",
    "mapping_type": "a table",
    "dataclass_type": "a table",
    "string_too_short": "a string of at least {min_length} characters",
    "string_too_long": "a string of at most {max_length} characters",
    "string_pattern_mismatch": "a string that matches {pattern}",
    "none_required": "left out",
}


class Fault(NamedTuple):
    """One value, or item or key of it, that does not fit."""

    message: str
    where: Position
    hint: str


def faults(errors: Sequence[Mapping[str, Any]], node: Node, label: str) -> Iterator[Fault]:
    """Turn pydantic's errors of one value into sentences, one for each item; a union's alternatives make one."""
    grouped: dict[tuple[str, bool], list[Mapping[str, Any]]] = {}
    places: dict[str, Node] = {}
    for error in errors:
        place, name = _place(error["loc"], node, label)
        places[name] = place
        grouped.setdefault((name, "[key]" in error["loc"]), []).append(error)
    for (name, is_key), alternatives in grouped.items():
        # That the whole is of another type is another member of a union speaking: one got as far as its items.
        if any(other.startswith((f"{name}.", f"{name}[")) for other in places):
            continue
        place = places[name]
        if is_key:
            key = name.rpartition(".")[2]
            yield Fault(f"the key '{key}' must be {_wanted(alternatives[0])}", place.origin.key, _hint(alternatives, key))
        else:
            yield Fault(_sentence(alternatives, name, place), place.origin.value, _hint(alternatives, place.value))


def shown(node: Node) -> str:
    """Show a value within a sentence, briefly."""
    value = node.value
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def must_be(label: str, wanted: str, node: Node) -> str:
    """Say what a value must be and what it is."""
    return f"{label} must be {wanted}, not {shown(node)}"


def _place(location: Sequence[int | str], node: Node, label: str) -> tuple[Node, str]:
    """Follow pydantic's location as far as the document goes: unions add parts that are no keys."""
    for part in location:
        if isinstance(node.value, dict) and part in node.value:
            node, label = node.value[part], f"{label}.{part}"
        elif isinstance(node.value, tuple) and isinstance(part, int) and part < len(node.value):
            node, label = node.value[part], f"{label}[{part}]"
    return node, label


def _sentence(alternatives: Sequence[Mapping[str, Any]], label: str, node: Node) -> str:
    if any(error["type"] in ("value_error", "assertion_error") for error in alternatives):
        return f"{label}: {alternatives[0]['ctx']['error']}"
    # A union refuses once for each of its members; a bound that fails tells more than a type that does.
    wanted = list(dict.fromkeys(map(_wanted, alternatives)))
    return must_be(label, " or ".join(wanted), node)


def _wanted(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return f"one of {context['expected'].replace(' or ', ', ')}" if " or " in context["expected"] else context["expected"]
    if kind in ("too_long", "too_short"):
        bound = f"at most {context['max_length']}" if kind == "too_long" else f"at least {context['min_length']}"
        return f"a list of {bound}"
    if kind == "missing":
        return "a longer list" if isinstance(error["loc"][-1], int) else f"given '{error['loc'][-1]}'"
    if kind == "is_instance_of":
        return "a path, as a string" if context["class"] == "Path" else f"a {context['class']}"
    if kind in _WANTED:
        return _WANTED[kind].format(**context)
    words = str(error["msg"])
    return words[:1].lower() + words[1:]


def _hint(alternatives: Sequence[Mapping[str, Any]], value: Any) -> str:
    choices = next((error["ctx"]["expected"] for error in alternatives if error["type"] == "literal_error"), "")
    if not choices or not isinstance(value, str):
        return ""
    close = suggestion(value, [part.strip("' ") for part in choices.replace(" or ", ", ").split(", ")])
    return close if close.startswith("did") else ""
