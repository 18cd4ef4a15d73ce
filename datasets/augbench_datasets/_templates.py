"""File names as patterns: ``{cell}_{channel}.ome.jpg`` says which part names the cell."""

from __future__ import annotations

import re

from augbench_datasets._cell_errors import BadTemplate

_FIELDS = {"{cell}": "(?P<cell>.+)", "{channel}": "(?P<channel>[A-Za-z0-9]+)"}


class Template:
    """How the files of a cell are named."""

    def __init__(self, key: str, text: str) -> None:
        """Raise ``BadTemplate`` for one that names no cell."""
        pieces = re.split(r"(\{[^{}]*\})", text)
        fields = pieces[1::2]
        if "{cell}" not in fields:
            raise BadTemplate(key, text, "names no cell")
        if odd := [field for field in fields if field not in _FIELDS or fields.count(field) > 1]:
            raise BadTemplate(key, text, f"has {odd[0]} where it means nothing")
        self.text = text
        self.has_channel = "{channel}" in fields
        self._pattern = re.compile("".join(_FIELDS.get(piece) or re.escape(piece) for piece in pieces))

    def read(self, name: str) -> tuple[str, str] | None:
        """Return the cell and the channel, "" without one, of a file's name; None where it is no such name."""
        match = self._pattern.fullmatch(name)
        return None if match is None else (match["cell"], match["channel"] if self.has_channel else "")
