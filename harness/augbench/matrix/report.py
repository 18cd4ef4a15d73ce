"""The [report] section."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from augbench.config.build import Builder, Owner
from augbench.config.findings import Findings
from augbench.config.overlay import Place
from augbench.config.source import Node
from augbench.config.states import Broken, Held, Part
from augbench.matrix.sections import Sections
from augbench.values.settings import AUTO, ReportSettings

_PLACE = Place(("report",), "report")
NAMED_ALONE = ("metric", "test", "report", "executor")
"""Kinds that no row holds: a component of them is not put together in layers."""


def read(
    sections: Sections, builder: Builder, rows: Collection[str], columns: Collection[str], formats: Collection[str]
) -> ReportSettings | None:
    """Read [report] and check the names in it; None where it could not be built."""
    overlay = builder.overlay
    table = overlay.shapes.table(ReportSettings)
    state: Any = {}
    nodes = sections.tables("report")
    for node in nodes:
        state = overlay.table(table, state, node, _PLACE)
    owner = Owner(name="[report]", where=nodes[-1].origin.key if nodes else None, hint="name the row that differences are measured from")
    if not nodes:
        sections.findings.add("no [report] section", None, "add [report] with control = 'the row to compare with'", _PLACE.path)
        return None
    _check_names(state, sections.findings, rows, columns, formats)
    _check_measures(state, builder)
    _check_defaults(builder)
    built = builder.table(table, state, Place(("report",), ""), owner)
    return built if isinstance(built, ReportSettings) else None


def _check_names(state: Any, findings: Findings, rows: Collection[str], columns: Collection[str], formats: Collection[str]) -> None:
    if (control := _node(state, "control")) and control.value not in rows and rows:
        findings.name("row", control.value, control.origin.value, rows, ("rows", control.value))
    for item in node.value if (node := _node(state, "formats")) and formats else ():
        if item.value not in formats:
            findings.name("report", item.value, item.origin.value, formats)
    for quoted in state.get("published") or () if not isinstance(state.get("published"), Broken) else ():
        if (node := _node(quoted, "dataset")) and node.value not in columns:
            findings.name("data set", node.value, node.origin.value, columns, ("datasets", node.value))


def _check_measures(state: Any, builder: Builder) -> None:
    """Check that metrics and the test exist and can be built of their names alone, and that the primary metric is shown."""
    refused = [node.value for kind, node in _measures(state) if not _buildable(kind, node, builder)]
    metrics, primary = state.get("metrics"), state.get("primary")
    told = metrics.value if isinstance(metrics, Held) else ReportSettings.metrics
    first = primary.value if isinstance(primary, Held) else ReportSettings.primary
    if first not in (*told, *refused) and not isinstance(metrics, Broken) and not isinstance(primary, Broken):
        node = _node(state, "primary") or _node(state, "metrics")
        message = f"the primary metric '{first}' is not in metrics"
        builder.overlay.findings.add(message, node.origin.value if node else None, "add it to report.metrics")


def _measures(state: Any) -> Iterator[tuple[str, Node]]:
    for item in node.value if (node := _node(state, "metrics")) else ():
        yield "metric", item
    if node := _node(state, "primary"):
        yield "metric", node
    if (node := _node(state, "test")) and node.value != AUTO:
        yield "test", node


def _buildable(kind: str, node: Node, builder: Builder) -> bool:
    found = builder.overlay.components.find(kind, node, f"report.{kind}")
    if found is None:
        return False
    part = Part(use=node.value, component=found[0], implied=found[1], origin=node.origin)
    return not isinstance(builder.component(part, _PLACE), Broken)


def _check_defaults(builder: Builder) -> None:
    for default in builder.overlay.defaults:
        if default.kind in NAMED_ALONE:
            message = f"[defaults.{default.kind}.{default.use}] changes nothing: no row holds a component of that kind"
            builder.overlay.findings.add(message, default.node.origin.key, "take it out")


def _node(state: Any, key: str) -> Node | None:
    held = state.get(key)
    return held.node if isinstance(held, Held) else None
