"""The line by which a TOML file tells editors its schema: ``#:schema ./augbench.schema.json``."""

from __future__ import annotations

import os
import re
from pathlib import Path

FILE = "augbench.schema.json"
"""What a schema is called unless another name is asked for."""
_LINE = re.compile(r"#:schema[ \t]+(.*?)[ \t]*\r?$", re.MULTILINE)
_COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:[ \t]*#[^\n]*$)?")


def reference(schema: Path, document: Path) -> str:
    """Return how a document names a schema: by the way there, as it is; Taplo knows none with a blank, Tombi none with %20."""
    way = Path(os.path.relpath(schema, document.parent)).as_posix()
    return way if way.startswith("../") else f"./{way}"


def named(text: str) -> str | None:
    """Return what the first lines of a text name as its schema."""
    comments = _COMMENTS.match(text)
    found = _LINE.search(comments[0]) if comments else None
    return found[1] if found else None


def linked(text: str, schema: str) -> str:
    """Put the line first; Tombi wants an empty one after it."""
    end = "\r\n" if "\r\n" in text else "\n"
    return f"#:schema {schema}{end}{end}{text}"
