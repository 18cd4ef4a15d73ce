"""Read a matrix file, the files and presets that it extends and what --set says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from augbench.config import presets
from augbench.config.findings import Findings
from augbench.config.paths import UndefinedVariable, resolved
from augbench.config.snapshots import Snapshot
from augbench.config.source import Node, Origin, Source, decoded, parse
from augbench.config.spans import Span
from augbench.config.wording import must_be
from augbench.values.errors import ClashingPresets, ConfigError, MissingFile, Problem, UnknownComponent


@dataclass(frozen=True, kw_only=True, eq=False)
class Documents:
    """A matrix file and what it extends, the farthest first."""

    roots: tuple[Node, ...]

    @property
    def files(self) -> tuple[Source, ...]:
        """Return the texts."""
        return tuple(root.origin.source for root in self.roots)

    @property
    def text(self) -> str:
        """Return the matrix file as it was read, then, under their names, the files that it extends."""
        own, *extended = reversed(self.files)
        return own.text + "".join(f"\n# ---- extends {_shown(source.name)} ----\n{source.text}" for source in extended)


def load(path: Path, findings: Findings, snapshot: Snapshot | None = None) -> Documents:
    """Read a file, or the preset of that name, and what it extends; or a snapshot of them.

    Raise ``MissingFile``, ``UnknownComponent`` for a preset that there is not, or ``ConfigError`` where nothing can be read.
    """
    if snapshot is not None:
        return Documents(roots=tuple(map(parse, snapshot.files)))
    return with_extended(presets.source(str(path)) if presets.is_preset(str(path)) else read(path), findings)


def with_extended(source: Source, findings: Findings) -> Documents:
    """Read a text and what it extends.  Raise ``ConfigError`` where nothing can be read."""
    roots: dict[str, Node] = {}
    _add(source, (), roots, findings)
    return Documents(roots=tuple(roots.values()))


def read(path: Path) -> Source:
    """Read a text.  Raise ``MissingFile``, or ``ConfigError`` for anything that is no UTF-8 text."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        hint = "name one with --matrix FILE"
        raise MissingFile(path, hint=hint) from None
    except OSError as error:
        why = "it is a folder" if path.is_dir() else error.strerror or str(error)
        raise ConfigError([Problem(f"cannot read the matrix file '{path}': {why}")]) from None
    return Source(str(path), decoded(raw, str(path)), path.parent)


def _add(source: Source, within: tuple[str, ...], roots: dict[str, Node], findings: Findings) -> None:
    """Add a text's document after those that it extends; each text counts once, where it is first needed."""
    root = parse(source)
    chain = (*within, _identity(source))
    for node in _names(root, findings):
        base = _base(node, source, findings)
        if base is None or _identity(base) in roots:
            continue
        if _identity(base) in chain:
            circle = (*chain[chain.index(_identity(base)) :], base.name)
            findings.add(f"the files extend each other: {' -> '.join(map(_shown, circle))}", node.origin.value, "break the circle")
            continue
        try:
            _add(base, chain, roots, findings)
        except ConfigError as error:
            findings.include(error)
    roots[_identity(source)] = root


def _base(node: Node, source: Source, findings: Findings) -> Source | None:
    """Read what a text extends; None, with a problem, where that cannot be read."""
    where = node.origin.value
    try:
        if presets.is_preset(node.value):
            return presets.source(node.value)
        if presets.is_preset(source.name):
            findings.add("a preset extends presets alone", where, "name one, such as 'augbench:cifar10-lt'")
            return None
        path = resolved(node.value, source)
        # As the user would write it from where they are, not absolute.
        shown = source.folder / node.value
        return read(shown if shown.is_file() else path)
    except MissingFile:
        findings.add(f"no matrix file at '{path}'", where)
    except UnknownComponent as error:
        findings.add(error.summary, where, error.hint)
    except (UndefinedVariable, ClashingPresets) as error:
        findings.add(str(error), where)
    except ConfigError as error:
        findings.include(error)
    return None


def _identity(source: Source) -> str:
    return source.name if presets.is_preset(source.name) else str(Path(source.name).resolve())


def _shown(name: str) -> str:
    """Return what a text is called where its folder goes without saying."""
    return name if presets.is_preset(name) else Path(name).name


def _names(root: Node, findings: Findings) -> list[Node]:
    extends = root.value.get("extends")
    if extends is None:
        return []
    nodes = list(extends.value) if isinstance(extends.value, tuple) else [extends]
    wrong = [node for node in nodes if not isinstance(node.value, str)]
    for node in wrong:
        findings.add(must_be("extends", "a file, a preset or a list of them", node), node.origin.value)
    return [node for node in nodes if node not in wrong]


def said(texts: Sequence[str], option: str = "--set", key: str = "") -> tuple[Source, ...]:
    """Take texts of a command line: relative paths in them start where it was written; ``key`` goes without saying."""
    return tuple(Source(option, f"{key}{text}", Path.cwd(), len(key)) for text in texts)


def assignments(sources: Sequence[Source], findings: Findings) -> list[Node]:
    """Read ``KEY=VALUE`` texts as documents of one key; VALUE is TOML, or else a bare string."""
    found = (_assignment(source, findings) for source in sources)
    return [root for root in found if root is not None]


def _assignment(source: Source, findings: Findings) -> Node | None:
    key, sign, value = source.text.partition("=")
    if sign:
        for attempt in (_whole, _bare):
            try:
                return attempt(source, key, value)
            except ConfigError:
                continue
    findings.add("--set takes KEY=VALUE", source.position(0, len(source.text)), "as in training.lr=0.01")
    return None


def _whole(source: Source, key: str, value: str) -> Node:
    return parse(source)


def _bare(source: Source, key: str, value: str) -> Node:
    # The key is at the same place in both texts.
    keys = parse(Source(source.name, f"{key}= 0", source.folder))
    start = len(source.text) - len(value.lstrip())
    return _with_leaf(keys, Node(value.strip(), Origin(source, Span(start, len(source.text), start, len(source.text)))), source)


def _with_leaf(node: Node, leaf: Node, source: Source) -> Node:
    """Replace the one value of a document of one key."""
    span = node.origin.span
    if not isinstance(node.value, dict):
        start, end = leaf.origin.span.value, leaf.origin.span.end
        return Node(leaf.value, Origin(source, Span(span.key, span.key_end, start, end)))
    return Node({key: _with_leaf(child, leaf, source) for key, child in node.value.items()}, Origin(source, span))
