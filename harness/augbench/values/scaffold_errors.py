"""What can go wrong when a new plugin is written, in words for a person."""

from __future__ import annotations

from pathlib import Path

from augbench.values.errors import AugbenchError


class BadPluginName(AugbenchError):
    """No plugin can have this name."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"'{name}' is no name for a new plugin: {why}")


class OddText(AugbenchError):
    """A text is to stand in a file that cannot hold it."""

    def __init__(self, what: str, text: str, why: str) -> None:
        super().__init__(f"the {what} {text!r} {why}")


class PluginThere(AugbenchError):
    """A plugin would be written over something."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(
            f"there is something at '{path}' already, and it is left as it is; choose another place with --out FOLDER, "
            "or write over the files of a plugin with --force"
        )
