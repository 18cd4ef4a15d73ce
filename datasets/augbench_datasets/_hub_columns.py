"""Find the images, labels and groups among the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import types

from augbench_datasets._hub_errors import BadColumn, NoColumnCalled

if TYPE_CHECKING:
    from augbench_datasets._hub_tables import Table

_USUAL = ("label", "labels", "fine_label", "class", "target")


def image_column(table: Table, wanted: str | None, where: str) -> str:
    """Return the column of images.  Raise ``NoColumnCalled`` or ``BadColumn``."""
    if wanted is None:
        return _only([name for name in table.schema.names if _holds_files(table, name)], table, where, "image", "of images")
    _demand(table, wanted, where, "image")
    if not _holds_files(table, wanted):
        raise BadColumn(where, wanted, f"holds {table.schema.field(wanted).type}, not images", "name a column of the library's type Image")
    return wanted


def label_column(table: Table, wanted: str | None, where: str) -> str:
    """Return the column of labels.  Raise ``NoColumnCalled``."""
    if wanted is not None:
        _demand(table, wanted, where, "label")
        return wanted
    named = [name for name in table.schema.names if names_of(table, name)]
    usual = [name for name in _USUAL if name in table.schema.names]
    return _only(named or usual[:1], table, where, "label", "of labels")


def group_column(table: Table, wanted: str, where: str) -> str:
    """Return the column of groups.  Raise ``NoColumnCalled``."""
    _demand(table, wanted, where, "group")
    return wanted


def names_of(table: Table, column: str) -> Sequence[str] | None:
    """Return the names of classes that the library knows of a column."""
    feature = table.features.get(column)
    names = feature.get("names") if isinstance(feature, Mapping) and feature.get("_type") == "ClassLabel" else None
    return [str(name) for name in names] if names else None


def labels_of(table: Table, column: str, where: str, split: str) -> list[str]:
    """Return the class of each image by name.  Raise ``BadColumn`` where one has none, or several."""
    kind = table.schema.field(column).type
    if not (types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind) or types.is_boolean(kind) or _coded(kind)):
        raise BadColumn(where, column, f"holds {kind}, not one whole number or text an image", 'name another: label = "NAME"')
    values, names = table.values(column), names_of(table, column)
    absent = sum(_is_absent(value, names) for value in values)
    if absent:
        # Test images of competitions come without.
        hint = 'take a split that has labels, as in splits = { train = "train", test = "validation" }'
        raise BadColumn(where, column, f"has no label for {absent:,} of {len(values):,} images of split '{split}'", hint)
    return [names[value] if names else str(value) for value in values]


def in_order(labels: Iterable[str], names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the classes that occur: in the library's order, else numbers by size, and text by letters."""
    found = set(labels)
    if names:
        return tuple(name for name in names if name in found)
    numbers = all(name.lstrip("-").isdigit() for name in found)
    return tuple(sorted(found, key=int)) if numbers else tuple(sorted(found))


def _holds_files(table: Table, name: str) -> bool:
    feature, kind = table.features.get(name), table.schema.field(name).type
    if isinstance(feature, Mapping) and "_type" in feature:
        return bool(feature["_type"] == "Image")
    binary = kind.field("bytes").type if types.is_struct(kind) and kind.get_field_index("bytes") >= 0 else kind
    return bool(types.is_binary(binary) or types.is_large_binary(binary))


def _is_absent(value: Any, names: Sequence[str] | None) -> bool:
    return value is None or value == "" or (names is not None and value not in range(len(names)))


def _coded(kind: pa.DataType) -> bool:
    return bool(types.is_dictionary(kind) and types.is_string(kind.value_type))


def _only(found: Sequence[str], table: Table, where: str, key: str, what: str) -> str:
    if len(found) != 1:
        why = f"has {len(found)} columns {what}: {', '.join(found)}" if found else f"has no column {what}"
        raise NoColumnCalled(where, key, why, table.schema.names)
    return found[0]


def _demand(table: Table, name: str, where: str, key: str) -> None:
    if name not in table.schema.names:
        raise NoColumnCalled(where, key, f"has no column '{name}'", table.schema.names)
