"""Write a component as a matrix would name it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from augbench.config.shapes import Shapes, Slot
from augbench.config.writing import document
from augbench.testing.checking import NotApplicable
from augbench.values.components import Component, dashed


def shapes_of(own: type) -> dict[str, Any]:
    """Return the shapes of parameters by name.  Raise ``NotApplicable`` where types cannot be read: its TOML tells."""
    try:
        table = Shapes().table(own)
    except (NameError, TypeError, AttributeError) as error:
        raise NotApplicable(f"its types cannot be read: {error}") from error
    return {field.name: field for field in table.fields.values()}


def as_table(component: Component) -> dict[str, Any]:
    """Return the table of a component's slot; a slot within it that is empty reads ``false``."""
    shapes = shapes_of(type(component))
    values = {field.name: getattr(component, field.name) for field in fields(component) if field.init}  # type: ignore[arg-type]
    empty = {name for name, value in values.items() if value is None and _may_be_empty(shapes[name].shape)}
    return {"use": type(component), **{dashed(name): False if name in empty else value for name, value in values.items()}}


def in_matrix(component: Component) -> str:
    """Write that table on one line.  Raise ``NoToml`` for a value that TOML has no word for."""
    return document({"component": as_table(component)}).partition(" = ")[2].strip()


def _may_be_empty(shape: Any) -> bool:
    return isinstance(shape, Slot) and shape.nullable
