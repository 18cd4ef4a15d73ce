"""Every matrix of the repository is valid, also where the images that it is about are not."""

from pathlib import Path

import pytest

from augbench.matrix import load_matrix
from augbench.registry.discovery import discover

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "ablation.toml", *sorted((ROOT / "matrices").glob("*.toml"))]


@pytest.fixture(scope="module")
def registry():
    return discover()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_matrix_is_valid_without_its_images(path, registry, monkeypatch, tmp_path):
    monkeypatch.setenv("BLOOD_CELLS", str(tmp_path))
    matrix = load_matrix(path, registry)
    assert matrix.report.control in [row.name for row in matrix.rows]
    assert matrix.trials()
    commented = (line for line in path.read_text().splitlines() if line.startswith("#"))
    assert any(f"bench run --matrix {path.relative_to(ROOT)}" in line for line in commented), "its head says how it is run"
