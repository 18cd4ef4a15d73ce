"""Read a matrix file, check all of it, and come to the settings of every cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from augbench.config import documents
from augbench.config.build import Builder, Owner
from augbench.config.components import Components
from augbench.config.fallbacks import fallbacks
from augbench.config.findings import Findings
from augbench.config.layers import EVERY, Layer, Layers, Stack
from augbench.config.overlay import Default, Overlay, Place
from augbench.config.shapes import Shapes
from augbench.config.snapshots import Snapshot
from augbench.config.source import Node
from augbench.config.states import Part
from augbench.matrix import axes as axes_module
from augbench.matrix import columns as columns_module
from augbench.matrix import report as report_module
from augbench.matrix import rows as rows_module
from augbench.matrix.columns import ColumnSource
from augbench.matrix.model import Cell, Matrix, Named, Places
from augbench.matrix.notes import notes
from augbench.matrix.rows import Expanded
from augbench.matrix.sections import KEYS, Sections
from augbench.matrix.select import Exclusion, Selection, dropped, exclusions
from augbench.values.components import KINDS
from augbench.values.settings import Below, Settings

if TYPE_CHECKING:
    from augbench.registry.collect import Registry


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
    sources = columns_module.read(sections, layers, builder)
    names = [source.name for source in sources]
    axes = axes_module.read(sections, tuple(layers.table.fields))
    rows = rows_module.expand(rows_module.read(sections, layers, names), axes, sections)
    report = report_module.read(sections, builder, [row.row.name for row in rows], names, registry.names("report"))
    table = _Cells(
        layers=layers,
        builder=builder,
        base=layers.over(Stack(), Layer(nodes=sections.tables("base"))),
        told=told,
        selection=Selection(only, skip, rows, names, findings),
        exclusions=exclusions(sections, rows, names, axes.seeds, layers),
    ).fill(rows, sources)
    title, plugins = sections.text("title", path.stem), sections.plugins()
    findings.raise_any()
    assert report is not None
    return Matrix(
        path=path,
        text=read.text,
        title=title,
        rows=tuple(row.row for row in rows),
        columns=tuple(source.column for source in sources if source.column is not None),
        seeds=axes.seeds,
        report=report,
        cells=table.cells,
        notes=table.notes,
        plugins=plugins,
        snapshot=Snapshot(files=read.files, sets=assigned),
        _dropped=table.dropped,
        _places=_places(sources, rows),
    )


def plugins_of(path: Path, snapshot: Snapshot | None = None) -> tuple[str, ...]:
    """Read only which plugins a matrix file wants: they must be in the registry before the rest can be validated."""
    findings = Findings()
    plugins = Sections(documents=documents.load(path, findings, snapshot).roots, assigned=(), findings=findings).plugins()
    findings.raise_any()
    return plugins


def _assigned(roots: tuple[Node, ...], assigned: Sequence[Node], layers: Layers, findings: Findings) -> tuple[Sections, Layer]:
    """Tell what --set says of the file from what it says of all rows."""
    document, told = [], []
    for root in assigned:
        for key, node in root.value.items():
            if key in layers.table.fields:
                told.append(root)
            elif key in KEYS - {"extends"}:
                document.append(root)
                if key == "plugins":
                    # They are loaded before anything else is read.
                    findings.add("plugins cannot be set from the command line", node.origin.key, "name them in the matrix file")
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


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The cells of a matrix."""

    cells: Mapping[Cell, Settings]
    notes: tuple[str, ...]
    dropped: frozenset[tuple[str, str, int]]


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Comes to the settings of each cell."""

    layers: Layers
    builder: Builder
    base: Stack
    told: Layer
    """What --set says of all rows."""
    selection: Selection
    exclusions: Sequence[Exclusion]

    def fill(self, rows: Sequence[Expanded], sources: Sequence[ColumnSource]) -> _Table:
        """Build every cell; those that are not selected only to check them."""
        cells: dict[Cell, Settings] = {}
        remarks: dict[str, None] = {}
        gone: set[tuple[str, str, int]] = set()
        for source in sources:
            stack = self.layers.over(self.base, source.layer)
            for row in rows:
                final = self._stacked(stack, row, source.name)
                excluded = [one for one in self.exclusions if one.matches(row, source.name, final.plain, self.layers.table)]
                if any(one.seeds is None for one in excluded):
                    continue
                settings = self.builder.settings(final.plain, final.classes, _owner(source))
                if settings is not None and self.selection(row.row.name, source.name):
                    cells[row.row.name, source.name] = settings
                    remarks.update(dict.fromkeys(notes(row, source, final, settings)))
                    gone.update(trial for one in excluded for trial in dropped(one, row.row.name, source.name))
        return _Table(cells=cells, notes=tuple(remarks), dropped=frozenset(gone))

    def _stacked(self, stack: Stack, row: Expanded, column: str) -> Stack:
        stack = self.layers.over(stack, row.source.layer)
        if column in row.source.on:
            stack = self.layers.over(stack, row.source.on[column])
        stack = self.layers.over(stack, row.layer, lenient=True)
        # What the user asks of a few rows need not make sense for the others.
        return self.layers.over(stack, self.told, lenient=True) if self.selection(row.row.name, column) else stack


def _owner(source: ColumnSource) -> Owner:
    return Owner(
        name=f"data set '{source.name}'", where=source.where, hint=f"set {{}} in [base], in [datasets.{source.name}.set] or in every row"
    )


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
