"""Read a matrix file, check all of it, and come to the settings of every cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from augbench.config import documents, presets
from augbench.config.build import Builder
from augbench.config.components import Components
from augbench.config.documents import Documents
from augbench.config.fallbacks import fallbacks
from augbench.config.findings import Findings
from augbench.config.layers import EVERY, Layer, Layers
from augbench.config.overlay import Default, Overlay, Place
from augbench.config.shapes import Shapes
from augbench.config.snapshots import Snapshot
from augbench.config.source import Node, Source
from augbench.config.states import Part
from augbench.matrix import axes as axes_module
from augbench.matrix import columns as columns_module
from augbench.matrix import report as report_module
from augbench.matrix import rows as rows_module
from augbench.matrix.cells import Cells
from augbench.matrix.columns import ColumnSource
from augbench.matrix.model import Matrix, Named, Places
from augbench.matrix.rows import Expanded
from augbench.matrix.sections import KEYS, Sections
from augbench.matrix.select import Selection, exclusions
from augbench.values.components import KINDS
from augbench.values.settings import Below, ReportSettings

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

_PLUGINS = {"plugins": "name them in the matrix file", "disable-plugins": "write --no-plugin NAME"}


def load_matrix(
    path: Path,
    registry: Registry,
    *,
    sets: Sequence[str] = (),
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    snapshot: Snapshot | None = None,
) -> Matrix:
    """Read and validate a matrix file, or a ``snapshot`` of it.

    ``sets`` are ``KEY=VALUE`` texts: a setting of all selected rows (``training.lr=0.1``) or a value of the file
    (``datasets.cells.path=images``).  ``only`` and ``skip`` are patterns of row names, column names or ``column/row``.
    Raise ``MissingFile``, or ``ConfigError`` with every problem at once.
    """
    read = read_matrix(path, registry, sets=sets, only=only, skip=skip, snapshot=snapshot)
    table = read.cells.fill()
    title, plugins = read.sections.text("title", presets.stem(path)), tuple(plugin for _, plugin in read.sections.plugins())
    read.sections.findings.raise_any()
    assert read.report is not None
    rows, columns = read.cells.rows, read.cells.columns
    return Matrix(
        path=path,
        text=read.documents.text,
        title=title,
        rows=tuple(row.row for row in rows),
        columns=tuple(source.column for source in columns if source.column is not None),
        seeds=read.seeds,
        report=read.report,
        cells=table.cells,
        notes=table.notes,
        plugins=plugins,
        snapshot=Snapshot(files=read.documents.files, sets=read.assigned),
        _dropped=table.dropped,
        _places=_places(columns, rows),
    )


@dataclass(frozen=True, kw_only=True)
class Read:
    """A matrix file before its cells are built; its problems are among the findings of its sections."""

    documents: Documents
    assigned: tuple[Source, ...]
    """What --set said."""
    sections: Sections
    cells: Cells
    seeds: tuple[int, ...]
    report: ReportSettings | None


def read_matrix(
    path: Path, registry: Registry, *, sets: Sequence[str], only: Sequence[str], skip: Sequence[str], snapshot: Snapshot | None = None
) -> Read:
    """Read all that a matrix file says, as ``load_matrix`` does."""
    findings = Findings()
    read = documents.load(path, findings, snapshot)
    assigned = (*(snapshot.sets if snapshot else ()), *documents.said(sets))
    shapes = Shapes()
    components = Components(registry, shapes, findings)
    overlay = Overlay(shapes=shapes, findings=findings, components=components, fallbacks=fallbacks())
    sections, told = _assigned(read.roots, documents.assignments(assigned, findings), Layers(overlay=overlay), findings)
    sections.check_keys()
    sections.check_version()
    overlay = replace(overlay, defaults=_defaults(sections, overlay))
    _check_defaults(overlay)
    layers, builder = Layers(overlay=overlay), Builder(overlay=overlay)
    columns = columns_module.read(sections, layers, builder)
    names = [column.name for column in columns]
    axes = axes_module.read(sections, tuple(layers.table.fields))
    rows = rows_module.expand(rows_module.read(sections, layers, names), axes, sections)
    report = report_module.read(sections, builder, [row.row.name for row in rows], names, registry.names("report"))
    cells = Cells(
        layers=layers,
        builder=builder,
        base=Layer(nodes=sections.tables("base")),
        told=told,
        selection=Selection(only, skip, rows, names, findings),
        exclusions=exclusions(sections, rows, names, axes.seeds, layers),
        rows=rows,
        columns=columns,
    )
    return Read(documents=read, assigned=assigned, sections=sections, cells=cells, seeds=axes.seeds, report=report)


def _assigned(roots: tuple[Node, ...], assigned: Sequence[Node], layers: Layers, findings: Findings) -> tuple[Sections, Layer]:
    """Tell what --set says of the file from what it says of all rows."""
    document, told = [], []
    for root in assigned:
        for key, node in root.value.items():
            if key in layers.table.fields:
                told.append(root)
            elif key in KEYS - {"extends"}:
                document.append(root)
                if hint := _PLUGINS.get(key):
                    # They are loaded before anything else is read.
                    findings.add(f"{key} cannot be set from the command line", node.origin.key, hint)
            else:
                findings.unknown(f"no setting or section called '{key}'", key, node, {*layers.table.fields, *KEYS} - {"extends"}, ())
    return Sections(documents=roots, assigned=tuple(document), findings=findings), Layer(nodes=tuple(told))


def _defaults(sections: Sections, overlay: Overlay) -> tuple[Default, ...]:
    """Read [defaults.KIND.NAME]."""
    found: list[Default] = []
    for table in sections.tables("defaults"):
        for kind, names in table.value.items():
            if kind not in KINDS:
                sections.findings.unknown(f"no kind of component called '{kind}'", kind, names, KINDS, ("defaults",))
            elif sections.is_table(names, f"defaults.{kind}"):
                found += _defaults_of(kind, names, sections, overlay)
    return tuple(found)


def _defaults_of(kind: str, names: Node, sections: Sections, overlay: Overlay) -> Iterator[Default]:
    for name, node in names.value.items():
        if not sections.is_table(node, f"defaults.{kind}.{name}"):
            continue
        # The key is the name here, so problems belong to it.
        span = node.origin.span._replace(value=node.origin.span.key, end=node.origin.span.key_end)
        found = overlay.components.find(kind, Node(name, node.origin._replace(span=span)), name)
        if found is not None:
            yield Default(kind=kind, use=name, component=found[0], implied=found[1], node=node)


def _check_defaults(overlay: Overlay) -> None:
    """Validate defaults that no row may come to use."""
    for default in overlay.defaults:
        part = Part(use=default.use, component=default.component, implied=default.implied, origin=default.node.origin)
        overlay.parameters(part, default.node, Place(("defaults",), ""))


def _places(sources: Sequence[ColumnSource], rows: Sequence[Expanded]) -> Places:
    """Keep what is checked when the data is there."""
    names = tuple(source.name for source in sources)
    built = [(source, source.column) for source in sources if source.column is not None]
    minority = {
        source.name: tuple(Named(name=item.value, where=item.origin.value, columns=(source.name,)) for item in source.minority.value)
        for source, column in built
        if source.minority is not None and not isinstance(column.minority, Below)
    }
    below = {
        source.name: source.minority.origin.value if source.minority else None
        for source, column in built
        if isinstance(column.minority, Below)
    }
    scoped: list[tuple[Layer, tuple[str, ...]]] = [(source.layer, (source.name,)) for source in sources]
    for row in rows:
        scoped += [(row.source.layer, names), *((layer, (column,)) for column, layer in row.source.on.items())]
    per_class = dict.fromkeys(named for layer, columns in scoped for named in _classes(layer, columns))
    return Places(minority=minority, below=below, per_class=tuple(per_class), columns={source.name: source.where for source in sources})


def _classes(layer: Layer, columns: tuple[str, ...]) -> Iterator[Named]:
    for name, nodes in layer.per_class.items():
        if name != EVERY:
            yield from (Named(name=name, where=node.origin.key, columns=columns) for node in nodes)
