"""What may stand in a table: read off the fields of the dataclasses that it becomes."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from augbench.values.components import Component, dashed, default_of
from augbench.values.settings import AugmentSlot

if TYPE_CHECKING:
    from pydantic import TypeAdapter

REQUIRED: Final = object()
"""In place of a default; not dataclasses.MISSING, which a dataclass cannot hold as a value."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Leaf:
    """A value that is replaced whole."""

    annotation: Any
    path: bool = False
    """Whether its strings are paths."""
    listed: bool = False
    """Whether it wants a list where TOML's arrays become tuples."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Slot:
    """A place for a component of a kind."""

    kind: str
    nullable: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A table with known keys."""

    owner: type
    fields: Mapping[str, Field]
    """By TOML key."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seat:
    """A slot that shares its table with keys of the harness, which survive a swap of the component."""

    name: str
    """The field that the component becomes."""
    slot: Slot
    beside: Table


@dataclass(frozen=True, kw_only=True, eq=False)
class Named:
    """A table whose keys the user names."""

    item: Seat


@dataclass(frozen=True, kw_only=True, eq=False)
class Listed:
    """A list of components or tables, replaced whole."""

    item: Slot | Table


Shape = Leaf | Slot | Table | Seat | Named | Listed


@dataclass(frozen=True, kw_only=True, eq=False)
class Field:
    """A key of a table."""

    name: str
    """As the dataclass calls it."""
    shape: Shape
    default: Any = REQUIRED
    """The dataclass's default, made afresh; ``REQUIRED`` where there is none."""


class Shapes:
    """Shapes of dataclasses and the validators of their fields, each made once."""

    def __init__(self) -> None:
        self._tables: dict[type, Table] = {}
        self._adapters: dict[int, TypeAdapter[Any]] = {}

    def table(self, owner: type) -> Table:
        """Return the keys of a dataclass.  Raise ``NameError`` or ``TypeError`` where its annotations make no sense."""
        if owner not in self._tables:
            hints = get_type_hints(owner, include_extras=True)
            fields = {
                dashed(field.name): Field(name=field.name, shape=self._shape(hints[field.name]), default=_default(field))
                for field in dataclasses.fields(owner)
                if field.init
            }
            self._tables[owner] = Table(owner=owner, fields=fields)
        return self._tables[owner]

    def check(self, leaf: Leaf, value: Any) -> Any:
        """Validate a value strictly.  Raise ``pydantic.ValidationError``."""
        return self.adapter(leaf).validate_python(value)

    def adapter(self, leaf: Leaf) -> TypeAdapter[Any]:
        """Return what validates a value."""
        adapter = self._adapters.get(id(leaf))
        if adapter is None:
            from pydantic import ConfigDict, TypeAdapter, WrapValidator

            config = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)
            annotation: Any = Annotated[leaf.annotation, WrapValidator(_exact)]
            # Shapes live as long as this object, so their ids stay theirs.
            adapter = self._adapters[id(leaf)] = TypeAdapter(annotation, config=config)
        return adapter

    def _shape(self, annotation: Any) -> Shape:
        bare, nullable = _bare(annotation)
        if isinstance(bare, type):
            if issubclass(bare, Component) and hasattr(bare, "kind"):
                return Slot(kind=bare.kind, nullable=nullable)
            if bare is AugmentSlot:
                return self.seat(bare, nullable=True)
            if dataclasses.is_dataclass(bare):
                return self.table(bare)
        if get_origin(bare) in (Mapping, tuple) and isinstance(item := self._item(bare), Seat | Slot | Table):
            return Named(item=item) if isinstance(item, Seat) else Listed(item=item)
        parts = _parts(annotation)
        return Leaf(annotation=annotation, path=Path in parts and str not in parts, listed=get_origin(bare) is list)

    def _item(self, bare: Any) -> Shape | None:
        arguments = get_args(bare)
        last = arguments[-2] if arguments[-1:] == (Ellipsis,) else arguments[-1]
        return self._shape(last) if isinstance(_bare(last)[0], type) else None

    def seat(self, owner: type, nullable: bool) -> Seat:
        """Split a dataclass into its slot and what stands beside it."""
        whole = self.table(owner).fields
        name, slot = next((own.name, own.shape) for own in whole.values() if isinstance(own.shape, Slot))
        beside = {key: own for key, own in whole.items() if own.name != name}
        return Seat(name=name, slot=Slot(kind=slot.kind, nullable=nullable), beside=Table(owner=owner, fields=beside))


def _default(field: dataclasses.Field[Any]) -> Any:
    default = default_of(field)
    return REQUIRED if default is dataclasses.MISSING else default


def _bare(annotation: Any) -> tuple[Any, bool]:
    """Strip bounds and ``| None``."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        others = [part for part in get_args(annotation) if part is not types.NoneType]
        if len(others) == 1 and len(others) < len(get_args(annotation)):
            return _bare(others[0])[0], True
    return annotation, False


def _parts(annotation: Any) -> set[type]:
    """Return every type that an annotation is made of."""
    if isinstance(annotation, type):
        return {annotation}
    arguments = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return set().union(*map(_parts, arguments))


def _exact(value: Any, validate: Callable[[Any], Any]) -> Any:
    """Refuse what only equals a whole number: true and 1.0, which ``Literal[1]`` takes."""
    result = validate(value)
    if type(result) is int and type(value) is not int:
        from pydantic_core import PydanticKnownError

        raise PydanticKnownError("int_type")
    return result
