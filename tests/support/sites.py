"""Small real distributions on ``sys.path``."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path


class Site:
    """A folder of installed distributions, as pip leaves them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, distribution: str, version: str = "1.0", requires: Sequence[str] = (), **modules: str) -> Path:
        """Write a distribution whose modules are its plugins."""
        information = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        information.mkdir(parents=True)
        needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{needs}")
        points = "".join(f"{module} = {module}\n" for module in modules)
        (information / "entry_points.txt").write_text(f"[augbench]\n{points}")
        for module, code in modules.items():
            self.write(f"{module}.py", code)
        return information

    def write(self, path: str, code: str) -> Path:
        """Write a source file, indented as the test is."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(code))
        return file
