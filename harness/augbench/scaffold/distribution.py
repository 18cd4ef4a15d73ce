"""Fill the files of a new plugin's distribution, and write them, whole or not at all."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.config.writing import quoted
from augbench.scaffold.kinds import SUMMARIES
from augbench.scaffold.naming import Names
from augbench.store.files import write_text
from augbench.store.packing import Entry, check_free, pack
from augbench.values.run_errors import TakenFolder
from augbench.values.scaffold_errors import BadPluginName, OddText, PluginThere

if TYPE_CHECKING:
    from jinja2 import Environment

_LONGEST = 80
"""Characters of a description, which stands on one line of code."""
_AUTHOR = re.compile(r"(?P<name>[^<>]*?)\s*(<(?P<email>[^<>@\s]+@[^<>@\s]+)>)?")


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plugin that is to be written."""

    names: Names
    kind: str
    description: str = ""
    """One line, without the full stop; the kind's own unless given."""
    author: str = ""
    """``Ada Lovelace``, or ``Ada Lovelace <ada@example.org>``."""

    def __post_init__(self) -> None:
        """Refuse texts that would break a file."""
        for what, text in (("description", self.description), ("author", self.author)):
            if not text.isprintable():
                raise OddText(what, text, "holds a line's end or a control character; write one plain line")
            if len(text) > _LONGEST:
                raise OddText(what, text, f"has {len(text)} characters; write at most {_LONGEST}, and the rest into README.md")
        if not _AUTHOR.fullmatch(self.author.strip()):
            raise OddText(
                "author", self.author, "is neither a name nor one with an address; write it like 'Ada Lovelace <ada@example.org>'"
            )

    @property
    def summary(self) -> str:
        """Return what lists say of the component."""
        return self.description.strip().rstrip(".") or SUMMARIES[self.kind]

    @property
    def by(self) -> dict[str, str]:
        """Return the author's ``name`` and ``email``, as far as they are known."""
        found = _AUTHOR.fullmatch(self.author.strip())
        return {key: part for key, part in found.groupdict().items() if part} if found else {}


def files_of(plugin: Plugin) -> dict[str, str]:
    """Return the texts of a distribution by path, relative with ``/``.  Raise ``BadPluginName`` where a name clashes within one."""
    names, environment = plugin.names, _environment()
    templates = {
        "pyproject.toml": "shared/pyproject.toml",
        "README.md": "shared/README.md",
        "LICENSE": "shared/LICENSE",
        ".gitignore": "shared/gitignore",
        ".github/workflows/tests.yml": "shared/tests.yml",
        f"{names.package}/__init__.py": "shared/init.py",
        f"{names.package}/{names.module}.py": f"{plugin.kind}/component.py",
        f"{names.package}/py.typed": "shared/py.typed",
        f"tests/test_{names.module}.py": f"{plugin.kind}/test.py",
        "example.toml": "shared/example.toml",
    }
    facts = _facts(plugin)
    texts = {path: environment.get_template(f"{template}.j2").render(facts) for path, template in templates.items()}
    for path, text in texts.items():
        if path.endswith(".py") and list(_bound_in(text)).count(names.class_name) > 1:
            why = f"its class would be called {names.class_name}, as one that it is made with; choose another"
            raise BadPluginName(names.component, why)
    return texts


def _bound_in(code: str) -> Iterator[str]:
    """Find the names that imports and classes give."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def write(plugin: Plugin, folder: Path, *, force: bool = False) -> tuple[str, ...]:
    """Write a distribution into a folder, and return the paths of its files.

    A folder that holds anything is left alone (``PluginThere``); with ``force`` files of the same names are replaced, and
    others stay.
    """
    texts = files_of(plugin)
    if force and folder.exists():
        for path, text in texts.items():
            write_text(folder / path, text)
    else:
        check(folder)
        pack([Entry(name=path, content=text.encode) for path, text in texts.items()], folder, folder.name)
    return tuple(texts)


def check(folder: Path) -> None:
    """Raise ``PluginThere`` where there is anything but an empty folder."""
    try:
        check_free(folder)
    except TakenFolder as taken:
        raise PluginThere(folder) from taken


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("augbench.scaffold"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # A JSON string is one of Python, too, with the quotes that formatters want.
    environment.filters |= {"quoted": quoted, "literal": lambda text: json.dumps(text, ensure_ascii=False)}
    return environment


def _facts(plugin: Plugin) -> dict[str, Any]:
    """Return all that the templates name."""
    installed = metadata("augbench")
    return {
        "names": plugin.names,
        "kind": plugin.kind,
        "words": (words := plugin.kind.replace("dataset", "data set")),
        "a_kind": f"{'an' if words[0] in 'aeiou' else 'a'} {words}",
        "summary": plugin.summary,
        "author": ", ".join(f"{key} = {quoted(part)}" for key, part in plugin.by.items()),
        "holder": plugin.by.get("name", f"the authors of {plugin.names.distribution}"),
        "bound": bound(installed["Version"]),
        "python": installed["Requires-Python"],
    }


def bound(version: str) -> str:
    """Return the versions of augbench that a plugin of today works with: ``>=1.4,<2`` of 1.4.2."""
    found = re.match(r"(\d+)\.(\d+)", version)
    assert found is not None
    return f">={found[0]},<{int(found[1]) + 1}"
