"""report.json and tables/*.csv: the comparison's numbers, for programs."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from augbench import Comparison
from augbench.comparison import compare
from augbench.values.results import Results
from augbench_reports.csv_files import Csv
from augbench_reports.json_file import Json


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_json_holds_every_number_unrounded(comparison: Comparison, tmp_path: Path) -> None:
    (path,) = Json().render(comparison, tmp_path)
    tree = json.loads(path.read_text("utf-8"))
    assert tree["schema"] == 2
    for written, row in zip(tree["columns"][0]["rows"], comparison.columns[0].rows, strict=True):
        assert written["scores"]["macro-f1"]["mean"] == row.scores["macro-f1"].mean
        assert written["verdict"] == (row.verdict and {"word": row.verdict.word, "reason": row.verdict.reason})


def test_the_csv_tables_hold_the_same_numbers(comparison: Comparison, tmp_path: Path) -> None:
    paths = {path.stem: rows(path) for path in Csv().render(comparison, tmp_path)}
    assert list(paths) == ["scores", "summary", "comparisons", "as_published", "classes", "generators", "costs", "absent", "failures"]
    assert len(paths["scores"]) == 19 * 2
    assert len(paths["classes"]) == 19 * 7
    plain = next(row for row in paths["comparisons"] if row["row"] == "plain")
    (expected,) = [row.difference for row in comparison.columns[0].rows if row.name == "plain"]
    assert float(plain["difference"]) == expected.mean
    assert float(plain["sign_flip_p"]) == expected.sign_flip
    assert [paths["absent"][0][name] for name in ("status", "failure_class", "error", "stage")] == [
        "failed",
        "diverged",
        "Diverged",
        "fit-generator",
    ]
    cost = next(row for row in paths["costs"] if (row["row"], row["number"]) == ("plain", "cpu-seconds"))
    assert float(cost["mean"]) == comparison.columns[0].rows[8].budget.cost["cpu-seconds"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", 'a,b\n"c"', "\ud800"])
def test_no_name_becomes_a_formula_or_tears_a_table(
    name: str, make: Callable[..., Results], rename: Callable[..., Results], tmp_path: Path
) -> None:
    comparison = compare(rename(make(rows=3), (name,)))
    Json().render(comparison, tmp_path)
    for path in Csv().render(comparison, tmp_path):
        found = rows(path)
        assert all(None not in row and None not in row.values() for row in found)
        assert not any(row.get("label", "").startswith(("=", "+", "-", "@")) for row in found)
        assert not any(row.get("class", "").startswith(("=", "+", "-", "@")) for row in found)


def test_negative_numbers_stay_numbers(comparison: Comparison, tmp_path: Path) -> None:
    comparisons = next(path for path in Csv().render(comparison, tmp_path) if path.stem == "comparisons")
    values = [row["difference"] for row in rows(comparisons)]
    assert any(value.startswith("-") for value in values)
    assert all(float(value) is not None for value in values)


def test_what_failures_have_in_common_is_a_table(failing: Results, tmp_path: Path) -> None:
    comparison = compare(failing)
    assert comparison.failures is not None
    found = rows(next(path for path in Csv().render(comparison, tmp_path) if path.stem == "failures"))
    assert found[0]["failure_class"] == "all"
    assert {row["failures"] for row in found if row["failure_class"] == "memory"} == {"9"}
    assert "augment.linear = cutmix" in [row["settings"] for row in found if row["failure_class"] == "memory"]
    assert [row["settings"] for row in found if row["failure_class"] == "killed"] == [""]
