"""The [report] section."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from augbench.comparison.metrics import METRICS
from augbench.config.build import Builder, Owner
from augbench.config.overlay import Place
from augbench.config.source import Node
from augbench.config.states import Broken, Held
from augbench.matrix.sections import Sections
from augbench.values.settings import ReportSettings


def read(
    sections: Sections, builder: Builder, rows: Collection[str], columns: Collection[str], formats: Collection[str]
) -> ReportSettings | None:
    """Read [report] and check the names in it; None where it could not be built."""
    overlay, place = builder.overlay, Place(("report",), "report")
    table = overlay.shapes.table(ReportSettings)
    state: Any = {}
    nodes = sections.tables("report")
    for node in nodes:
        state = overlay.table(table, state, node, place)
    owner = Owner(name="[report]", where=nodes[-1].origin.key if nodes else None, hint="name the row that differences are measured from")
    if not nodes:
        sections.findings.add("no [report] section", None, "add [report] with control = 'the row to compare with'", place.path)
        return None
    _check_names(state, sections, rows, columns, formats)
    built = builder.table(table, state, Place(("report",), ""), owner)
    return built if isinstance(built, ReportSettings) else None


def _check_names(state: Any, sections: Sections, rows: Collection[str], columns: Collection[str], formats: Collection[str]) -> None:
    findings = sections.findings
    if (control := _node(state, "control")) and control.value not in rows and rows:
        findings.name("row", control.value, control.origin.value, rows, ("rows", control.value))
    for item in node.value if (node := _node(state, "formats")) and formats else ():
        if item.value not in formats:
            findings.name("report", item.value, item.origin.value, formats)
    for item in node.value if (node := _node(state, "metrics")) else ():
        if item.value not in METRICS:
            findings.name("metric", item.value, item.origin.value, METRICS)
    metrics, primary = state.get("metrics"), state.get("primary")
    told = metrics.value if isinstance(metrics, Held) else ReportSettings.metrics
    first = primary.value if isinstance(primary, Held) else ReportSettings.primary
    if (node := _node(state, "primary")) and first not in METRICS:
        findings.name("metric", first, node.origin.value, METRICS)
    elif first not in told and not isinstance(metrics, Broken) and not isinstance(primary, Broken):
        node = _node(state, "primary") or _node(state, "metrics")
        findings.add(f"the primary metric '{first}' is not in metrics", node.origin.value if node else None, "add it to report.metrics")
    for quoted in state.get("published") or () if not isinstance(state.get("published"), Broken) else ():
        if (node := _node(quoted, "dataset")) and node.value not in columns:
            findings.name("data set", node.value, node.origin.value, columns, ("datasets", node.value))


def _node(state: Any, key: str) -> Node | None:
    held = state.get(key)
    return held.node if isinstance(held, Held) else None
