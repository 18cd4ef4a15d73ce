"""Turn the paths of a document into paths of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

from augbench.config.source import Source

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


class UndefinedVariable(Exception):
    """A path names an environment variable that is not set."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the environment variable {name} is not set")


def resolved(path: str, source: Source) -> Path:
    """Expand ``$NAME``, ``${NAME}`` and ``~``; a relative path starts at the folder of the file that it was written in.

    What a variable holds was written in a shell: a relative one starts at the current folder.
    """
    expanded = _VARIABLE.sub(_value, path)
    folder = Path.cwd() if _VARIABLE.match(path) else source.folder
    return Path(os.path.abspath(folder / Path(expanded).expanduser()))


def _value(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    try:
        return os.environ[name]
    except KeyError:
        raise UndefinedVariable(name) from None
