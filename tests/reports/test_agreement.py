"""Every number of report.md and report.html is report.json's, to the last digit printed."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from augbench.comparison import compare
from augbench.values.results import Results
from augbench_reports.html import Html
from augbench_reports.json_file import Json
from augbench_reports.markdown import Markdown

Tables = dict[str, list[list[str]]]
"""By caption: rows of cells, the headings first; a cell's note stands after a slash."""


class Page(HTMLParser):
    """The tables of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: Tables = {}
        self.caption: list[str] | None = None
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "caption":
            self.caption = self.cell = []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.cell = []
        elif tag == "small" and self.cell is not None:
            self.cell.append(" / ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self.cell is not None:
            self.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None
        elif tag == "caption":
            self.cell = None
        elif tag == "table" and self.caption is not None:
            self.tables["".join(self.caption)] = self.rows
            self.rows = []

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def markdown_tables(text: str) -> Tables:
    """Return the tables of a Markdown page, as a renderer shows them."""
    rendered = MarkdownIt("commonmark").enable("table").render(text)
    found: Tables = {}
    for caption, table in re.findall(r"<p><strong>([^<]*)</strong></p>\s*<table>(.*?)</table>", rendered, flags=re.DOTALL):
        rows = re.findall(r"<tr>(.*?)</tr>", table, flags=re.DOTALL)
        found[html.unescape(caption)] = [[_shown(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]
    return found


def _shown(cell: str) -> str:
    text = re.sub(r"</?strong>", "", re.sub(r"<br ?/?>", " / ", cell))
    return html.unescape(text).replace("\u2060", "")


def says(printed: str, values: list[float | None]) -> bool:
    """Tell whether a cell holds exactly these numbers, each within half a unit of its last digit."""
    known = [value for value in values if value is not None]
    if not known:
        return printed.startswith("–")
    found = re.findall(r"(?:< ?)?[+−-]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?", printed)
    return len(found) == len(known) and all(_is(one, value) for one, value in zip(found, known, strict=True))


def _is(printed: str, value: float) -> bool:
    text = printed.replace(",", "").replace("−", "-")
    if text.startswith("<"):
        return value < float(text[1:])
    digits, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return abs(float(text) - value) <= 0.5000001 * unit


def check_scores(row: dict[str, Any], cells: list[str], *, folded: bool) -> None:
    expected: list[list[float | None]] = []
    for score in row["scores"].values():
        expected += [[score["mean"], score["sd"]]] + ([[score["best_fold"]]] if folded else [])
    assert all(says(cell, values) for cell, values in zip(cells, expected, strict=False)), cells
    distance, verdict, seeds = cells[len(expected) :]
    found = row["difference"]
    assert says(seeds, [len(row["scores"]["accuracy"]["seeds"])])
    if row["is_control"]:
        assert (distance, verdict) == ("control", "–")
        return
    assert verdict.startswith(row["verdict"]["word"])
    assert found is None or says(distance, [abs(found["mean"])])
    assert found is None or (" higher " in distance, " lower " in distance) == (found["mean"] > 0, found["mean"] < 0)
    if found and found["holm"] is not None:
        assert says(verdict, [found["holm"]])


def check_seeds(row: dict[str, Any], cells: list[str]) -> None:
    found = row["difference"]
    mean, each, flip, rank, smallest, holm, verdict = cells
    values = [value for _, value in found["seeds"]]
    assert says(mean, [found["mean"], found["sd"]])
    signs = Counter("higher" if value > 0 else "lower" for value in values)
    assert says(each, values) if len(values) <= 4 else all(f"{count} {sign}" in each for sign, count in signs.items())
    assert says(flip, [found["sign_flip"]])
    assert says(rank, [found["signed_rank"]])
    assert says(smallest, [found["smallest_p"]])
    assert says(holm, [found["holm"]])
    assert verdict.split(" / ")[0] == row["verdict"]["word"]


def check_published(row: dict[str, Any], cells: list[str]) -> None:
    found = row["as_published"]
    median, spread, direction, a12, images, differences = cells
    several = len(found["seeds"]) > 1
    assert says(median, [found["median_p"]])
    assert says(spread, [found["smallest"], found["largest"]]) if several else spread.startswith("–")
    counts = Counter(each["direction"] for each in found["seeds"])
    assert all(word in direction for word in counts)
    assert len(counts) == 1 or all(f"{word} in {count}" in direction for word, count in counts.items())
    assert says(a12, [found["a12"]])
    assert says(images, [found["seeds"][0]["n"]])
    values = [each["difference"] for each in found["seeds"]]
    assert says(differences.split(":")[0], values if len(values) <= 4 else [min(values), max(values)])
    assert ("points the other way" in differences) == bool(found["contradictions"])


def check_classes(row: dict[str, Any], cells: list[str]) -> None:
    scores = [each["f1"] for each in row["classes"]]
    assert all(says(cell, [score["mean"], score["sd"]]) for cell, score in zip(cells, scores, strict=True))


def check_budget(row: dict[str, Any], cells: list[str]) -> None:
    done, steps, images = cells
    budget = row["budget"]
    assert says(done, [row["done"], row["expected"]])
    assert says(steps, sorted(set(budget["steps"])))
    assert says(images, sorted(set(budget["images"])))


COSTS = {
    "Time / its own": "seconds",
    "Shared time / not divided": "shared-seconds",
    "CPU time": "cpu-seconds",
    "Peak memory / host": "peak-memory-mb",
    "Images a second": "images-per-second",
}
UNITS = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0, "MB": 1.0, "GB": 1000.0}


def check_costs(row: dict[str, Any], cells: list[str], *, headings: list[str]) -> None:
    assert sorted(row["budget"]["cost"]) == sorted(COSTS[name] for name, cell in zip(headings, cells, strict=True) if cell != "–")
    for heading, cell in zip(headings, cells, strict=True):
        printed, _, unit = cell.partition(" ")
        value = row["budget"]["cost"].get(COSTS[heading])
        assert says(printed, [None if value is None else value / UNITS[unit]])


def check_failures(tree: dict[str, Any], tables: Tables) -> None:
    found = tree["failures"]
    shown = tables.get("Failed trials by kind")
    if not found:
        assert shown is None
        return
    assert shown is not None
    for group, cells in zip(found["groups"], shown[1:], strict=True):
        kind, trials, stage, *common, reason, retry = cells
        assert kind == f"{group['failure_class']}: {group['error']} / {group['meaning']}"
        assert says(trials, [len(group["trials"])])
        assert list(group["stages"]) == [stage]
        assert common == [" ".join(each["sentence"] for each in group["common"]) or "–"] * len(common)
        assert reason.split(" / ")[0] == group["reason"]
        assert retry.split(" / ")[0] == group["retry"]


def check(tree: dict[str, Any], tables: Tables) -> int:
    """Hold every table against the tree; return how many rows were held."""
    held = 0
    for column in tree["columns"]:
        folded = any(score["best_fold"] is not None for row in column["rows"] for score in row["scores"].values())
        checks: dict[str, Callable[[dict[str, Any], list[str]], None]] = {
            "Scores on the test images of": partial(check_scores, folded=folded),
            "Differences to the control on": check_seeds,
            "As published:": check_published,
            "F1 by class on": check_classes,
            "Trials and training budget on": check_budget,
        }
        costs = next((rows for caption, rows in tables.items() if caption.startswith("Cost of a trial on")), [[""]])
        checks["Cost of a trial on"] = partial(check_costs, headings=costs[0][1:])
        by_label = {row["label"]: row for row in column["rows"]}
        for start, hold in checks.items():
            (rows,) = [rows for caption, rows in tables.items() if caption.startswith(start)]
            for name, *cells in rows[1:]:
                hold(by_label[name.split(" / ")[0]], cells)
                held += 1
        headings = next(rows for caption, rows in tables.items() if caption.startswith("F1 by class on"))[0][1:]
        for heading, facts in zip(headings, column["classes"], strict=True):
            assert says(heading, [facts["counts"]["train"], facts["test"]])
    return held


@pytest.fixture(scope="module", params=["two seeds, one failed", "folds", "six seeds", "failures"])
def rendered(
    request: pytest.FixtureRequest, folder: Path, failing: Results, make: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    if request.param == "two seeds, one failed":
        return folder
    shape: dict[str, Any] = {"rows": 3, "folds": 3} if request.param == "folds" else {"rows": 4, "seeds": tuple(range(6))}
    run = failing if request.param == "failures" else make(change=lambda each: replace(each, curves={}), **shape)
    comparison = compare(run)
    made = tmp_path_factory.mktemp("agreement")
    for report in (Json(), Markdown(), Html()):
        report.render(comparison, made)
    return made


def test_every_printed_number_is_that_of_the_json(rendered: Path) -> None:
    tree = json.loads((rendered / "report.json").read_text("utf-8"))
    shown = Page((rendered / "report.html").read_text("utf-8")).tables
    assert shown == markdown_tables((rendered / "report.md").read_text("utf-8"))
    rows = len(tree["columns"][0]["rows"])
    assert check(tree, shown) == 6 * rows - 2
    check_failures(tree, shown)


def test_the_claims_are_those_of_the_json(rendered: Path) -> None:
    tree = json.loads((rendered / "report.json").read_text("utf-8"))
    page = html.unescape((rendered / "report.html").read_text("utf-8"))
    lines = MarkdownIt("commonmark").render((rendered / "report.md").read_text("utf-8"))
    for column in tree["columns"]:
        sentences = [column["claim"][name] for name in ("headline", "observed", "sentence")]
        sentences += [flag["sentence"] for flag in column["flags"]]
        assert len(sentences) > 3
        assert all(sentence in page and sentence in html.unescape(lines) for sentence in sentences)


def test_folds_show_the_best_one_beside_the_mean(rendered: Path) -> None:
    tree = json.loads((rendered / "report.json").read_text("utf-8"))
    folded = tree["columns"][0]["folds"] is not None
    text = (rendered / "report.md").read_text("utf-8")
    assert [word in text for word in ("best fold |", "BEST_OF_K")] == [folded, folded]


@pytest.mark.parametrize(
    ("printed", "values", "right"),
    [
        ("0.839 ± 0.012", [0.8394, 0.0121], True),
        ("0.839 ± 0.012", [0.8396, 0.0121], False),
        ("−0.028", [0.028], False),
        ("1.2e-13", [1.24e-13], True),
        ("1.2e-13", [1.26e-13], False),
        ("22,400", [22_400], True),
        ("–", [0.0], False),
        ("0.5", [0.5, 0.5], False),
    ],
)
def test_a_wrong_last_digit_sign_or_number_is_seen(printed: str, values: list[float | None], right: bool) -> None:
    assert says(printed, values) == right
