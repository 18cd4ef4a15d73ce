"""The example of a third party's distribution is built, installed, checked, measured, looked at and run as any other would be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support import fresh

EXAMPLE = fresh.ROOT / "examples" / "augbench-gridmix"
SMALL = ("axes.seed=[0]", "training.length={steps=4}", "training.checks=1", "datasets.phantom.train=[20,12,12,6,3,3,3]")
SMALL_TOO = ("datasets.phantom.test=[3,3,3,3,3,3,3]", "report.replicates=999")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> fresh.Environment:
    """Return an environment in which augbench and the example are installed from their wheels."""
    wheels = tmp_path_factory.mktemp("wheels")
    built = [fresh.build(project, wheels) for project in (fresh.ROOT, EXAMPLE)]
    made = fresh.make(tmp_path_factory.mktemp("fresh") / "venv", wheels)
    made.run("pip", "install", "--no-deps", *map(str, built), cwd=wheels)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the example's matrix file, far from its code."""
    shutil.copy(EXAMPLE / "comparison.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_both_are_imported_from_the_environment(environment, folder):
    code = "import augbench, augbench_plugins, augbench_gridmix as own; print(augbench.__file__, augbench_plugins.__file__, own.__file__)"
    places = environment.run("python", "-c", code, cwd=folder).split()
    assert all(Path(place).is_relative_to(environment.folder) for place in places)
    listed = json.loads(environment.run("bench", "plugins", "list", "--json", cwd=folder))["components"]
    own = {row["name"]: f"{row['distribution']} {row['version']}" for row in listed if row["distribution"] != "augbench"}
    assert own == {"grid-mix": "augbench-gridmix 1.0.0", "effective-sampling": "augbench-gridmix 1.0.0"}


@pytest.mark.slow
def test_it_is_checked(environment, folder):
    environment.run("bench", "plugins", "check", "augbench-gridmix", cwd=folder)


@pytest.mark.slow
def test_its_own_tests_pass(environment, folder):
    shutil.copytree(EXAMPLE / "tests", folder / "tests")
    # Without the laws, which were checked above.
    laws = [f"--deselect=tests/test_{name}.py::test_{name}" for name in ("grid_mix", "effective_sampling")]
    environment.run("pytest", "-q", *laws, "tests", cwd=folder)


@pytest.mark.slow
def test_it_is_measured_beside_the_built_in_ones(environment, folder):
    environment.run("bench", "plugins", "bench", "grid-mix", "--against", "mixup,cutmix", "--seconds", "0.1s", cwd=folder)


@pytest.mark.slow
def test_it_is_looked_at(environment, folder):
    environment.run("bench", "plugins", "preview", "grid-mix", "mixup", "--out", "grid-mix.png", cwd=folder)
    assert (folder / "grid-mix.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_it_is_a_row_of_the_report(environment, folder):
    sets = [argument for value in (*SMALL, *SMALL_TOO) for argument in ("--set", value)]
    environment.run("bench", "run", "--matrix", "comparison.toml", "--engine", "inline", *sets, cwd=folder)
    (column,) = json.loads((folder / "runs" / "comparison" / "report.json").read_text())["columns"]
    assert {row["name"]: row["done"] for row in column["rows"]} == dict.fromkeys(("mixup", "grid-mix", "effective", "no-mixing"), 1)
