"""Names that try to be something else, through every format: nothing runs, every file is valid, every table keeps its shape."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest

from augbench import Comparison
from augbench.comparison import compare
from augbench.values.results import Results
from augbench_reports.building import document
from augbench_reports.csv_files import Csv
from augbench_reports.document import Table
from augbench_reports.flat.table import FlatTable
from augbench_reports.flat.tables import results, tables
from augbench_reports.html import Html
from augbench_reports.json_file import Json
from augbench_reports.json_schema import schema
from augbench_reports.latex import Latex
from augbench_reports.markdown import Markdown
from augbench_reports.parquet_files import Parquet
from augbench_reports.words import slugs

FORMATS = (Markdown, Html, Latex, Json, Csv, Parquet)
COMMANDS = re.compile(r"\\([A-Za-z]+|.)")
# What letters are written with.
LETTERS = {"textbackslash", "textasciitilde", "textasciicircum", "textasciigrave", "textless", "textgreater", "textbar", "char"}
LETTERS |= {"allowbreak", "textendash", "textemdash", "ldots", "pm", "L", *"{}$&%#_^\"'`~ "}
LONG = {"begingroup", "endgroup", "LTcapwidth", "endfirsthead", "endhead", "endfoot"}


@pytest.fixture(scope="module")
def folder(hostile_comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    for kind in FORMATS:
        kind().render(hostile_comparison, made)
    return made


@pytest.fixture(scope="module")
def harmless_folder(harmless_comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("harmless")
    Latex().render(harmless_comparison, made)
    return made


def as_utf8(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def test_every_text_file_is_utf8_without_a_letter_that_turns_the_page(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix in (".md", ".html", ".tex", ".svg"):
            assert not {"\u202e", "\u2066", "\x00", "\u200b"} & set(path.read_text("utf-8")), path.name


def test_no_file_lies_elsewhere_and_none_overwrites_another(hostile_comparison: Comparison, tmp_path: Path) -> None:
    paths = [path for kind in FORMATS for path in kind().render(hostile_comparison, tmp_path)]
    assert len(paths) == len(set(paths))
    assert sorted(paths) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert all(re.fullmatch(r"[\w.-]+", path.name) for path in paths)


def test_json_holds_names_as_they_are(folder: Path, hostile_comparison: Comparison) -> None:
    read = json.loads((folder / "report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(read)
    assert read["title"] == hostile_comparison.title
    assert [row["label"] for row in read["columns"][0]["rows"]] == [row.label for row in hostile_comparison.columns[0].rows]


def test_csv_tables_are_rectangular_and_hold_no_formula(folder: Path, hostile_comparison: Comparison) -> None:
    guarded = 0
    for name, table in tables(hostile_comparison).items():
        with (folder / "tables" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            head, *lines = csv.reader(file)
        assert tuple(head) == table.columns
        assert [len(line) for line in lines] == [len(head)] * len(table.lines)
        for line, original in zip(lines, table.lines, strict=True):
            for cell, value in zip(line, original, strict=True):
                if isinstance(value, str):
                    guarded += cell != as_utf8(value)
                    assert cell.removeprefix("'") == str(as_utf8(value)).removeprefix("'").replace("\r\n", "\n")
                    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert guarded > 5


def test_parquet_tables_hold_names_as_they_are(folder: Path, hostile_comparison: Comparison) -> None:
    found: dict[str, FlatTable] = {f"tables/{name}": table for name, table in tables(hostile_comparison).items()}
    for name, table in (found | {"results": results(hostile_comparison)}).items():
        read = pq.read_table(folder / f"{name}.parquet")
        assert tuple(read.column_names) == table.columns
        lines = [tuple(line.values()) for line in read.to_pylist()]
        assert lines == [tuple(map(as_utf8, line)) for line in table.lines]


def test_latex_has_no_command_but_its_own_and_those_of_letters(folder: Path, harmless_folder: Path) -> None:
    own = {name for path in harmless_folder.rglob("*.tex") for name in COMMANDS.findall(path.read_text("ascii"))}
    report, expected = ((each / "report.tex").read_text("ascii") for each in (folder, harmless_folder))
    assert re.findall(r"\\(?:input|begin|end)\{.*?\}", report) == re.findall(r"\\(?:input|begin|end)\{.*?\}", expected)
    for path in (folder / "report.tex", *(folder / "tables").glob("*.tex")):
        text = path.read_text("ascii")
        assert set(COMMANDS.findall(text)) - own <= LETTERS | LONG, path.name
        assert text.count("%") - text.count(r"\%") == text.count("% ") - text.count(r"\% "), path.name
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\$", text)) % 2 == 0


def test_latex_tables_keep_their_lines_and_cells(hostile_comparison: Comparison, folder: Path) -> None:
    shown = [block for section in document(hostile_comparison).sections for block in section.blocks if isinstance(block, Table)]
    assert len(shown) > 10
    for table in shown:
        text = (folder / "tables" / f"{table.slug}.tex").read_text("ascii")
        lines = [line for line in text.split("\n") if line.endswith(r" \\")]
        cells = [len(re.findall(r"(?<!\\)&", line)) for line in lines]
        parts, long = text.count(r"\label{"), text.count(r"\endfirsthead")
        assert len(lines) == parts * (1 + len(table.rows)) + long
        assert sum(cells) == (len(table.head) - 1) * (1 + len(table.rows)) + sum(cells[:1]) * long


def test_data_sets_whose_names_give_one_slug_have_files_of_their_own(make: Callable[..., Results], tmp_path: Path) -> None:
    found = make(seeds=(0,), rows=2)
    names = ("a_b", "a-b", "a.b")
    columns = tuple(replace(found.columns[0], name=name, label="A b") for name in names)
    trials = tuple(replace(each, column=name, trial=f"{name}/{each.trial}") for name in names for each in found.trials)
    comparison = compare(replace(found, columns=columns, trials=trials))
    paths = [path for kind in FORMATS for path in kind().render(comparison, tmp_path)]
    assert len(paths) == len(set(paths))
    papers = sorted(path.name for path in paths if path.name.endswith("-paper.tex"))
    assert papers == sorted(f"{slug}-paper.tex" for slug in slugs(names))
