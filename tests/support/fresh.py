"""An environment of its own: augbench and plugins are installed in it for real, the libraries that they need are seen where they are.

Libraries of its own would take gigabytes and minutes, and show nothing more.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A virtual environment, and the folder of wheels that its pip knows."""

    folder: Path
    wheels: Path

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables of a shell in which it is active and nothing is fetched."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH")}
        pip = {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads the value as that of build isolation
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_QUIET": "1",
        }
        plain = {"COLUMNS": "160", "NO_COLOR": "1", "TERM": "dumb", "OMP_NUM_THREADS": "1"}
        path = os.pathsep.join([str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
        return {**kept, **pip, **plain, "PATH": path, "VIRTUAL_ENV": str(self.folder), "AUGBENCH_STORE": str(self.folder / "store")}

    def run(self, *command: str, cwd: Path, more: Mapping[str, str] | None = None) -> str:
        """Run a command in it, and return what it writes to stdout."""
        done = subprocess.run(
            command, cwd=cwd, env={**self.variables, **(more or {})}, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{shlex.join(command)} ends with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout


def make(folder: Path, wheels: Path) -> Environment:
    """Make an environment in which every library of this one can be imported, but neither augbench nor a plugin."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    libraries = folder / "libraries"
    libraries.mkdir()
    for here in (Path(path) for path in sys.path if Path(path).name in ("site-packages", "dist-packages")):
        for entry in here.iterdir():
            link = libraries / entry.name
            if "augbench" not in entry.name and entry.suffix != ".pth" and not link.is_symlink():
                link.symlink_to(entry)
    (site / "libraries.pth").write_text(f"{libraries}\n")
    for name in ("pip", "pytest"):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{folder / "bin" / "python"}" -m {name} "$@"\n')
        script.chmod(0o755)
    return Environment(folder=folder, wheels=wheels)


def build(project: Path, wheels: Path) -> Path:
    """Build a project's wheel with the backend itself: no environment, no network."""
    before = set(wheels.glob("*.whl"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (built,) = set(wheels.glob("*.whl")) - before
    return built
