"""Reports as they were: after a wanted change, write them anew with ``pytest tests/reports --write-golden`` and read the difference."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from augbench import Comparison
from augbench.comparison import compare
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench_reports.csv_files import Csv
from augbench_reports.html import Html
from augbench_reports.json_file import Json
from augbench_reports.latex import Latex
from augbench_reports.markdown import Markdown
from augbench_reports.parquet_files import Parquet

GOLDEN = Path(__file__).with_name("golden")
FILES = ("report.md", "report.json", "tables/phantom-paper.tex")
COUNTS = (14, 8, 6)
CLASSES = ("common", "rare", "rarest")
# Of how many images one is taken for the next class.
WRONG = {"ours": 9, "wgan-gp": 5, "wgan": 3}


def few(each: TrialResult) -> TrialResult:
    """Give a trial a few images, scored by rule: no random stream decides what a golden file holds."""
    labels = np.repeat(np.arange(len(COUNTS)), COUNTS)
    places = np.arange(len(labels))
    chosen = np.where((places + each.seed) % WRONG[each.row] == 0, (labels + 1) % len(COUNTS), labels)
    sure = 0.6 + 0.01 * ((7 * places + 3 * each.seed + len(each.row)) % 31)
    probabilities = np.repeat((1 - sure[:, None]) / 2, len(COUNTS), axis=1)
    probabilities[places, chosen] = sure
    test = Predictions(ids=tuple(f"image-{place}" for place in places), labels=labels, probabilities=probabilities)
    curves = {"training loss": ((10, 1.5), (20, 0.5 + 0.1 * each.seed))}
    return replace(each, test=test, validation=None, curves=curves, judged={}, generators={}, cost={"seconds": 2.0 + each.seed})


def tiny(make: Callable[..., Results]) -> Results:
    """Make a run of three rows, two seeds and three classes."""
    run = make(seeds=(0, 1), rows=3, change=few)
    counts = {"train": (60, 20, 10), "test": COUNTS}
    column = ColumnFacts(
        name="phantom", label="Phantom cells", classes=CLASSES, counts=counts, minority=CLASSES[1:], folds=None, digest="9f2c" * 16
    )
    return replace(run, title="Which part matters?", columns=(column,), generators={}, scopes={})


def written(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the report in every format."""
    return [path for kind in (Markdown, Html, Latex, Json, Csv, Parquet) for path in kind().render(comparison, folder)]


def near(found: Any, expected: Any) -> bool:
    """Tell whether two trees are equal but for the last digits, which may differ between versions of libraries."""
    if isinstance(expected, float):
        return found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(near(found[name], value) for name, value in expected.items())
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(near, found, expected))
    return bool(found == expected)


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest, make: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("golden")
    written(compare(tiny(make)), made)
    if request.config.getoption("--write-golden"):
        for name in FILES:
            (GOLDEN / Path(name).name).write_bytes((made / name).read_bytes())
    return made


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".json")])
def test_pages_and_tables_are_as_they_were(name: str, folder: Path) -> None:
    assert (folder / name).read_bytes() == (GOLDEN / Path(name).name).read_bytes()


def test_the_json_is_as_it_was(folder: Path) -> None:
    found, expected = (json.loads((each / "report.json").read_text("utf-8")) for each in (folder, GOLDEN))
    assert near(found, expected)


def test_golden_files_are_small_enough_to_read() -> None:
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < 60_000


def test_the_same_results_give_the_same_bytes_in_every_format(folder: Path, make: Callable[..., Results], tmp_path: Path) -> None:
    paths = [path.relative_to(tmp_path) for path in written(compare(tiny(make)), tmp_path)]
    assert len(paths) > 60
    assert [path for path in paths if (tmp_path / path).read_bytes() != (folder / path).read_bytes()] == []


def test_a_changed_number_is_seen(folder: Path) -> None:
    found = json.loads((folder / "report.json").read_text("utf-8"))
    row = found["columns"][0]["rows"][1]
    row["difference"]["mean"] *= 1 + 1e-6
    assert not near(found, json.loads((GOLDEN / "report.json").read_text("utf-8")))
