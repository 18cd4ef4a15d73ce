"""The sections of a matrix file, across the files that it extends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from augbench.config.findings import Findings
from augbench.config.overlay import NAME, NAME_RULE
from augbench.config.paths import UndefinedVariable, resolved
from augbench.config.source import Node
from augbench.config.wording import must_be

SETTINGS_SECTIONS = frozenset({"base", "datasets", "rows", "defaults", "axes", "report"})
KEYS = SETTINGS_SECTIONS | {"version", "title", "plugins", "disable-plugins", "extends", "mode", "exclude"}
_FILE = re.compile(r"[.~/$\\]|.*\.py$")


@dataclass(frozen=True, kw_only=True)
class Sections:
    """Documents, the farthest first; what --set says stands last."""

    documents: tuple[Node, ...]
    assigned: tuple[Node, ...]
    """Documents that --set made."""
    findings: Findings

    def check_keys(self) -> None:
        """Note unknown sections."""
        for root in self.documents:
            for key, node in root.value.items():
                if key not in KEYS:
                    self.findings.unknown(f"no section called '{key}'", key, node, KEYS, (), SETTINGS_SECTIONS)

    def every(self, key: str) -> tuple[Node, ...]:
        """Return a section of each document that has it."""
        return tuple(root.value[key] for root in (*self.documents, *self.assigned) if key in root.value)

    def last(self, key: str) -> Node | None:
        """Return a section that is replaced whole."""
        return next(reversed(self.every(key)), None)

    def tables(self, key: str) -> tuple[Node, ...]:
        """Return a section of tables that are merged; note those that are none."""
        return tuple(node for node in self.every(key) if self.is_table(node, key))

    def is_table(self, node: Node, label: str) -> bool:
        """Note a problem with what should be a table."""
        if not isinstance(node.value, dict):
            self.findings.add(must_be(label, "a table", node), node.origin.value)
        return isinstance(node.value, dict)

    def named(self, section: str, what: str, shorthand: bool = False) -> dict[str, tuple[Node, ...]]:
        """Return tables by the names that the user gave them; a string is a ``shorthand`` for ``{ use = ... }``."""
        found: dict[str, tuple[Node, ...]] = {}
        if len(self.tables(section)) < len(self.every(section)):
            self.findings.excuse((section,))
        for table in self.tables(section):
            for name, node in table.value.items():
                if self._good_name(name, node, what, found) and (shorthand or self.is_table(node, f"{section}.{name}")):
                    found[name] = (*found.get(name, ()), node)
                else:
                    self.findings.excuse((section, name))
        return found

    def _good_name(self, name: str, node: Node, what: str, found: Iterable[str]) -> bool:
        if not NAME.fullmatch(name):
            self.findings.add(f"'{name}' cannot name a {what}", node.origin.key, f"use {NAME_RULE}")
        elif node.origin.source.name == "--set" and name not in found:
            self.findings.name(what, name, node.origin.key, found)
        else:
            return True
        return False

    def text(self, key: str, default: str) -> str:
        """Return a string."""
        node = self.last(key)
        if node is None:
            return default
        if not isinstance(node.value, str):
            self.findings.add(must_be(key, "a string", node), node.origin.value)
            return default
        return node.value

    def check_version(self) -> None:
        """Note a version of the syntax that this program does not read."""
        for node in self.every("version"):
            if node.value != 1 or isinstance(node.value, bool):
                self.findings.add(must_be("version", "1", node), node.origin.value, "a newer file needs a newer augbench")

    def plugins(self) -> tuple[tuple[Node, str], ...]:
        """Return the files, as absolute paths, and modules that the matrix wants loaded, each with its place."""
        node = self.last("plugins")
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self.findings.add(must_be("plugins", "a list of files or modules", node), node.origin.value)
            return ()
        return tuple((item, plugin) for item in node.value if (plugin := self._plugin(item)))

    def left_out(self) -> tuple[Node, ...]:
        """Return the names of installed plugins that the matrix leaves out."""
        node = self.last("disable-plugins")
        return strings(node, "disable-plugins", self.findings) if node else ()

    def _plugin(self, node: Node) -> str:
        if not isinstance(node.value, str):
            self.findings.add(must_be("a plugin", "a file or a module, as a string", node), node.origin.value)
            return ""
        if not _FILE.match(node.value):
            return node.value
        try:
            path = resolved(node.value, node.origin.source)
        except UndefinedVariable as error:
            self.findings.add(str(error), node.origin.value)
            return ""
        if not path.is_file():
            self.findings.add(f"no plugin file at '{path}'", node.origin.value, "correct the path; it starts at the matrix file")
        return str(path)


def strings(node: Node, label: str, findings: Findings) -> tuple[Node, ...]:
    """Read a string or a list of strings as nodes."""
    nodes: tuple[Any, ...] = node.value if isinstance(node.value, tuple) else (node,)
    for item in nodes:
        if not isinstance(item.value, str):
            findings.add(must_be(label, "a string or a list of strings", item), item.origin.value)
    return tuple(item for item in nodes if isinstance(item.value, str))
