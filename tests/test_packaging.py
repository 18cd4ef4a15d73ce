"""One wheel holds the four packages, and nothing beside them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOTS = {
    "augbench": "harness",
    "augbench_plugins": "plugins",
    "augbench_datasets": "datasets",
    "augbench_reports": "reports",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel with the backend itself: no environment, no network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_has_no_other_top_level_name(wheel: zipfile.ZipFile):
    names = {name.partition("/")[0] for name in wheel.namelist()}
    information = {name for name in names if name.endswith(".dist-info")}
    assert len(information) == 1
    assert names - information == set(ROOTS)


def test_the_wheel_holds_every_file_of_the_four_packages(wheel: zipfile.ZipFile):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(ROOT / root).as_posix()
        for package, root in ROOTS.items()
        for path in (ROOT / root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
    assert {f"{package}/py.typed" for package in ROOTS} <= packed


def test_the_wheel_declares_the_command_and_the_built_in_plugins(wheel: zipfile.ZipFile):
    (path,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    points = ConfigParser()
    points.read_string(wheel.read(path).decode())
    assert dict(points["console_scripts"]) == {"bench": "augbench.cli:main"}
    assert dict(points["augbench"]) == {name.replace("_", "-"): name for name in ROOTS if name != "augbench"}
    (package,) = dict(points["augbench.presets"]).values()
    assert f"{package.replace('.', '/')}/bloodmnist.toml" in wheel.namelist()


def test_the_licence_travels_with_the_wheel(wheel: zipfile.ZipFile):
    (path,) = [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
    assert b"Apache License" in wheel.read(path)


def test_the_continuous_integration_runs_the_readme_s_own_test_command():
    command = "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest"
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()
    assert command in (ROOT / "README.md").read_text()
