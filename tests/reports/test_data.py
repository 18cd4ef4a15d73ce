"""report.json, tables/*.csv and the Parquet files: the comparison's numbers, for programs."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import f1_score

from augbench import Comparison, evidence
from augbench.comparison import compare
from augbench.store.run_folder import read_predictions
from augbench.values.results import Results
from augbench_reports import json_schema
from augbench_reports.csv_files import Csv
from augbench_reports.flat.tables import tables
from augbench_reports.json_file import Json, tree
from augbench_reports.parquet_files import Parquet
from support.runs import MATRIX
from support.runs import run as run_matrix

SCHEMA = Path(json_schema.__file__).with_name("report.schema.json")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def csv_paths(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.stem: path for path in Csv().render(comparison, tmp_path_factory.mktemp("csv"))}


@pytest.fixture(scope="module")
def parquet(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    return {path.stem: pq.read_table(path) for path in Parquet().render(comparison, tmp_path_factory.mktemp("parquet"))}


def test_the_json_holds_every_number_unrounded(comparison: Comparison, tmp_path: Path) -> None:
    (path,) = Json().render(comparison, tmp_path)
    read = json.loads(path.read_text("utf-8"))
    assert read["schema"] == 4
    for written, row in zip(read["columns"][0]["rows"], comparison.columns[0].rows, strict=True):
        assert written["scores"]["macro-f1"]["mean"] == row.scores["macro-f1"].mean
        assert written["verdict"] == (row.verdict and {"word": row.verdict.word, "reason": row.verdict.reason})


def test_a_float_that_is_no_number_is_null(small: Comparison, tmp_path: Path) -> None:
    (path,) = Json().render(replace(small, rope=float("nan"), alpha=float("inf")), tmp_path)
    read = json.loads(path.read_text("utf-8"))
    assert (read["rope"], read["alpha"]) == (None, None)


def test_the_schema_beside_the_code_is_that_of_the_types(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-golden"):
        SCHEMA.write_text(json_schema.schema_text(), "utf-8")
    assert SCHEMA.read_text("utf-8") == json_schema.schema_text()


def test_every_report_is_what_the_schema_says(comparison: Comparison, failing: Results, make: Callable[..., Results]) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    folds = compare(make(seeds=(0, 1), folds=2, rows=2))
    for found in (comparison, compare(failing), folds, compare(make(seeds=(), rows=2))):
        validator.validate(json.loads(json.dumps(tree(found))))


def test_the_schema_refuses_what_it_does_not_name(small: Comparison) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for wrong in ({"schema": 2}, {"alpha": "0.05"}, {"beta": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema).validate(tree(small) | wrong)


def test_the_csv_tables_hold_the_same_numbers(comparison: Comparison, csv_paths: dict[str, Path]) -> None:
    found = {name: rows(path) for name, path in csv_paths.items()}
    assert len(found["scores"]) == sum(len(score.seeds) for row in comparison.columns[0].rows for score in row.scores.values())
    assert len(found["classes"]) == 19 * 7
    assert len(found["confusion"]) == 10 * 7 * 7
    plain = next(row for row in found["comparisons"] if row["row"] == "plain")
    (expected,) = [row.difference for row in comparison.columns[0].rows if row.name == "plain"]
    assert float(plain["difference"]) == expected.mean
    assert (float(plain["p"]), plain["test"]) == (expected.test.p, "sign-flip")
    assert (float(plain["low"]), plain["interval"]) == (expected.widest.low, expected.widest.method)
    assert [found["absent"][0][name] for name in ("status", "failure_class", "error", "stage")] == [
        "failed",
        "diverged",
        "Diverged",
        "fit-generator",
    ]
    cost = next(row for row in found["costs"] if (row["row"], row["number"]) == ("plain", "cpu-seconds"))
    assert float(cost["mean"]) == comparison.columns[0].rows[8].budget.cost["cpu-seconds"]


def test_every_part_of_the_tree_has_a_table(comparison: Comparison) -> None:
    empty = {name for name, table in tables(comparison).items() if not table.lines}
    assert empty == {"across", "across_rows", "across_apart", "interactions"}


def test_an_interaction_is_a_line_of_four_rows(comparison: Comparison) -> None:
    within = evidence.Interval(low=-0.1, high=0.3, level=0.95, method="t over seeds")
    crossed = evidence.Interaction(
        factors=("generator: none -> gan", "lr: 0.1 -> 0.2"),
        rows=("a", "b", "c", "d"),
        seeds=((0, 0.1),),
        mean=0.1,
        sd=None,
        over_seeds=within,
    )
    column = replace(comparison.columns[0], interactions=(crossed,))
    (line,) = tables(replace(comparison, columns=(column,)))["interactions"].lines
    assert line == ("phantom", "generator: none -> gan", "lr: 0.1 -> 0.2", "a", "b", "c", "d", 1, 0.1, None, -0.1, 0.3, 0.95)


def test_two_data_sets_have_a_table_of_their_own(make: Callable[..., Results]) -> None:
    found = make(seeds=(0, 1), rows=3, change=lambda each: replace(each, curves={}))
    other = replace(found.columns[0], name="other", label="Other")
    twice = replace(
        found,
        columns=(*found.columns, other),
        trials=(*found.trials, *(replace(each, column="other", trial=f"other/{each.trial}") for each in found.trials)),
    )
    across = tables(compare(twice))["across_rows"]
    assert len(across.lines) == 3
    assert [line[across.columns.index("is_control")] for line in across.lines].count(True) == 1


def test_negative_numbers_stay_numbers(csv_paths: dict[str, Path]) -> None:
    values = [row["difference"] for row in rows(csv_paths["comparisons"])]
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


def test_parquet_and_csv_say_the_same(csv_paths: dict[str, Path], parquet: dict[str, pa.Table]) -> None:
    assert sorted(parquet) == sorted([*csv_paths, "results"])
    for name, path in csv_paths.items():
        typed = [{key: _text(value) for key, value in line.items()} for line in parquet[name].to_pylist()]
        assert typed == rows(path), name


def _text(value: object) -> str:
    text = "" if value is None else str(int(value) if isinstance(value, bool) else value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@")) else text


def test_columns_are_typed_even_without_a_value(parquet: dict[str, pa.Table]) -> None:
    types = {field.name: str(field.type) for field in parquet["across"].schema}
    assert types["friedman_p"] == "double"
    assert types["refused"] == "string"
    assert not [name for name, table in parquet.items() if pa.null() in table.schema.types]
    assert parquet["comparisons"].schema.field("seeds").type == pa.int64()
    assert parquet["across_rows"].schema.field("is_control").type == pa.bool_()


def test_results_hold_every_score_and_every_trial_without_one(comparison: Comparison, parquet: dict[str, pa.Table]) -> None:
    found = parquet["results"].to_pylist()
    missing = [line for line in found if line["status"] != "done"]
    assert [(line["row"], line["seed"], line["metric"], line["value"]) for line in missing] == [("wgan", 1, None, None)]
    assert missing[0]["reason"].startswith("the generator of basophil diverged")
    of_one = {line["metric"]: line["value"] for line in found if (line["row"], line["seed"], line["class_name"]) == ("gan", 1, None)}
    (row,) = [row for row in comparison.columns[0].rows if row.name == "gan"]
    assert of_one == {name: dict(score.seeds)[1] for name, score in row.scores.items()}


@pytest.mark.slow
def test_the_results_are_those_of_the_predictions(tmp_path: Path) -> None:
    run_matrix(tmp_path, MATRIX.replace('formats = ["json"]', 'formats = ["parquet"]').replace("seed = [0, 1]", "seed = [0]"))
    found = pq.read_table(tmp_path / "run" / "results.parquet").to_pylist()
    checked = 0
    for path in (tmp_path / "run" / "predictions").rglob("*.parquet"):
        test = read_predictions(path)["test"]
        row = path.relative_to(tmp_path / "run" / "predictions").parts[1]
        (told,) = [line["value"] for line in found if (line["row"], line["metric"]) == (row, "macro-f1")]
        guessed = test.probabilities.argmax(axis=1)
        classes = range(test.probabilities.shape[1])
        assert told == pytest.approx(f1_score(test.labels, guessed, labels=list(classes), average="macro", zero_division=0))
        checked += 1
    assert checked == 3
