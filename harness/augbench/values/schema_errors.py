"""What keeps a schema from being written, or a matrix file from naming it."""

from __future__ import annotations

from pathlib import Path

from augbench.values.errors import AugbenchError


class NoSchemaThere(AugbenchError):
    """A file that somebody else wrote would be overwritten."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"'{path}' is there already and is no schema of bench, so it is left as it is; choose another with --out FILE")


class OtherSchema(AugbenchError):
    """A matrix file names another schema."""

    def __init__(self, path: Path | str, found: str, wanted: str) -> None:
        super().__init__(f"'{path}' begins with '#:schema {found}', and is left as it is; write '#:schema {wanted}' in its place")
