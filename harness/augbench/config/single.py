"""Read one component from the command line, written as a slot of the matrix would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from augbench.config import documents
from augbench.config.build import Builder
from augbench.config.components import Components
from augbench.config.findings import Findings
from augbench.config.overlay import Overlay, Place
from augbench.config.shapes import Shapes, Slot
from augbench.config.states import Part
from augbench.values.components import Component, Kind

if TYPE_CHECKING:
    from augbench.registry.collect import Registry


def component_from(text: str, kind: Kind, key: str, registry: Registry, sets: Sequence[str] = (), typed: str = "") -> Component:
    """Build what ``--KEY TEXT`` names: ``local`` or ``{ use = "local", jobs = 2 }``.

    ``sets`` are further parameters, such as ``jobs=2``; ``typed`` is what the help calls the text, where it is no option's.
    Raise ``ConfigError`` with all that is wrong.
    """
    findings = Findings()
    shapes = Shapes()
    overlay = Overlay(shapes=shapes, findings=findings, components=Components(registry, shapes, findings), fallbacks={})
    place = Place((key,), key)
    part: Any = None
    named = documents.said([text], typed or f"--{key}", f"{key}=")
    for root in documents.assignments((*named, *documents.said(sets, key=f"{key}.")), findings):
        part = overlay.slot(Slot(kind=kind), part, root.value[key], place)
    built = Builder(overlay=overlay).component(part, place) if isinstance(part, Part) else None
    findings.raise_any()
    assert isinstance(built, Component)
    return built
