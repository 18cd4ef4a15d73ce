"""Read a matrix file, the files that it extends and what --set says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from augbench.config.findings import Findings
from augbench.config.paths import UndefinedVariable, resolved
from augbench.config.snapshots import Snapshot
from augbench.config.source import Node, Origin, Source, parse
from augbench.config.spans import Span
from augbench.config.wording import must_be
from augbench.values.errors import ConfigError, MissingFile, Position, Problem


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
        return own.text + "".join(f"\n# ---- extends {Path(source.name).name} ----\n{source.text}" for source in extended)


def load(path: Path, findings: Findings, snapshot: Snapshot | None = None) -> Documents:
    """Read a file and what it extends, or a snapshot of them.

    Raise ``MissingFile``, or ``ConfigError`` where nothing can be read.
    """
    if snapshot is not None:
        return Documents(roots=tuple(map(parse, snapshot.files)))
    roots: dict[Path, Node] = {}
    _extended(path, read(path), (), roots, findings)
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
    return Source(str(path), _decoded(raw, path).replace("\r\n", "\n"), path.parent)


def _decoded(raw: bytes, path: Path) -> str:
    if raw[:3] == b"\xef\xbb\xbf":
        # TOML 1.0 does not know byte order marks, and tomllib calls them an invalid statement.
        where = Position(str(path), 1, 1)
        raise ConfigError([Problem("the file starts with a byte order mark", where, "save it as UTF-8 without BOM")])
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        where = Position(str(path), line, column)
        raise ConfigError([Problem(f"not UTF-8: byte 0x{raw[error.start]:02x}", where, "save the file as UTF-8")]) from None


def _extended(path: Path, source: Source, within: tuple[Path, ...], roots: dict[Path, Node], findings: Findings) -> None:
    """Add a file's document after those that it extends; each file counts once, where it is first needed."""
    root = parse(source)
    for node in _names(root, findings):
        try:
            base = resolved(node.value, source)
        except UndefinedVariable as error:
            findings.add(str(error), node.origin.value)
            continue
        chain = (*within, path.resolve())
        if base.resolve() in chain:
            names = [file.name for file in (*chain[chain.index(base.resolve()) :], base)]
            findings.add(f"the files extend each other: {' -> '.join(names)}", node.origin.value, "break the circle")
        elif base.resolve() not in roots:
            _add(base, source, node, chain, roots, findings)
    roots[path.resolve()] = root


def _add(base: Path, source: Source, node: Node, chain: tuple[Path, ...], roots: dict[Path, Node], findings: Findings) -> None:
    try:
        # As the user would write it from where they are, not absolute.
        shown = source.folder / node.value
        text = read(shown if shown.is_file() else base)
        _extended(base, text, chain, roots, findings)
    except MissingFile:
        findings.add(f"no matrix file at '{base}'", node.origin.value)
    except ConfigError as error:
        findings.include(error)


def _names(root: Node, findings: Findings) -> list[Node]:
    extends = root.value.get("extends")
    if extends is None:
        return []
    nodes = list(extends.value) if isinstance(extends.value, tuple) else [extends]
    wrong = [node for node in nodes if not isinstance(node.value, str)]
    for node in wrong:
        findings.add(must_be("extends", "a file name or a list of them", node), node.origin.value)
    return [node for node in nodes if node not in wrong]


def said(texts: Sequence[str], option: str = "--set") -> tuple[Source, ...]:
    """Take texts of a command line: relative paths in them start where it was written."""
    return tuple(Source(option, text, Path.cwd()) for text in texts)


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
