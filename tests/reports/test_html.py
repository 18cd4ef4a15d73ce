"""report.html: complete, self-contained, and safe with any name."""

import hashlib
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from augbench import Comparison, numbers
from augbench.comparison import compare
from augbench.values.results import Results
from augbench_reports.building import document
from augbench_reports.document import Document
from augbench_reports.html import Html, written

NOWHERE = Path("/nowhere")

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """A page as its elements, ids, references and table shapes; figures are kept apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.figure_elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.tables: list[list[int]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes += attributes
        if "svg" in self.open:
            self.figure_elements.add(tag)
        else:
            self.elements.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script", "svg"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(comparison: Comparison, folder: Path) -> str:
    (path,) = Html().render(comparison, folder)
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.html").read_text("utf-8")


def allowed(tag: str, text: str) -> str:
    """Return the source that a policy needs for the only element of its kind."""
    (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
    return f"'sha256-{b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


def test_the_page_allows_its_own_style_and_script_and_nothing_else(text: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert dict(part.split(" ", 1) for part in policy.split("; ")) == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": allowed("style", text),
        "script-src": allowed("script", text),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "style" not in {name for name, _ in Page(text).attributes}


def test_the_page_asks_for_nothing(text: str) -> None:
    parsed = Page(text)
    assert not {"link", "iframe", "object", "image", "foreignobject"} & ({*parsed.elements} | parsed.figure_elements)
    assert not {"img", "script"} & parsed.figure_elements
    references = [value for name, value in parsed.attributes if name in ("href", "src", "xlink:href", "srcset", "action")]
    assert references
    assert all(value is not None and value.startswith(("#", "data:image/png;base64,")) for value in references)
    assert not any(name.startswith("on") for name, _ in parsed.attributes)
    assert re.findall(r"url\((?!#)|@import", text) == []
    assert re.findall(r"fetch\(|XMLHttpRequest|innerHTML|insertAdjacentHTML|eval\(|https?://(?!www\.w3\.org/2000/svg)", text) == []


def test_every_id_is_used_once_and_every_reference_has_its_id(text: str) -> None:
    parsed = Page(text)
    ids = [value for name, value in parsed.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = {value[1:] for name, value in parsed.attributes if name in ("href", "xlink:href") and value}
    wanted |= {one for name, value in parsed.attributes if name == "aria-labelledby" and value for one in value.split()}
    wanted |= set(re.findall(r"url\(#([^)]*)\)", text))
    assert wanted <= set(ids)


@pytest.mark.parametrize("name", ["failures", "provenance", "quoted", "content"])
def test_a_data_set_may_be_called_like_a_section(name: str, make: Callable[..., Results]) -> None:
    results = make(seeds=(0,), rows=2, change=lambda each: replace(each, column=name, curves={}, status="failed", test=None))
    comparison = compare(replace(results, columns=(replace(results.columns[0], name=name),)))
    ids = [value for key, value in Page(written(document(comparison), NOWHERE)).attributes if key == "id"]
    assert name in ids
    assert len(ids) == len(set(ids))


def test_the_page_is_marked_up_for_those_who_do_not_see_it(text: str) -> None:
    parsed = Page(text)
    assert parsed.elements.count("h1") == 1
    assert parsed.elements.count("caption") == parsed.elements.count("table") > 5
    assert [value for name, value in parsed.attributes if name == "lang"] == ["en"]
    assert text.count('role="img" aria-labelledby=') == parsed.elements.count("svg") >= 7
    assert parsed.elements.count("img") == len([value for name, value in parsed.attributes if name == "alt" and value]) == 8
    assert parsed.figure_elements >= {"title", "desc", "text"}


def test_every_score_of_the_comparison_stands_on_the_page(text: str, comparison: Comparison) -> None:
    shown = Page(text).text
    for row in comparison.columns[0].rows:
        for score in row.scores.values():
            assert numbers.spread(score.mean, score.sd) in shown
        if row.difference:
            assert numbers.direction(row.difference.mean) in shown


def test_few_seeds_claim_nothing(text: str) -> None:
    shown = Page(text).text
    assert "2 paired seeds: no significance claim is possible." in shown
    assert re.search(r"\bsignificant", shown) is None


def test_the_failed_trial_is_shown_with_its_reason(text: str) -> None:
    shown = Page(text).text
    assert shown.count("the generator of basophil diverged: its loss is not a number by step 120; lower fit.lr") >= 2
    assert "not fairly tested" in shown


def test_the_published_protocol_is_labelled_as_no_evidence(text: str) -> None:
    shown = Page(text).text
    assert "It is no evidence about methods" in shown
    assert "than control in both seeds" in shown


def test_colours_come_from_the_page_so_that_a_figure_serves_light_and_dark(text: str) -> None:
    figures = re.findall(r"<svg .*?</svg>", text, flags=re.DOTALL)
    assert all("var(--ink)" in figure for figure in figures)
    assert not [colour for figure in figures for colour in re.findall(r"(?:fill|stroke): *(#[0-9a-f]{3,6})\b", figure)]


def test_hostile_names_change_no_element_and_no_table(harmless: Document, hostile: Document) -> None:
    expected, found = Page(written(harmless, NOWHERE)), Page(written(hostile, NOWHERE))
    assert found.elements == expected.elements
    assert found.tables == expected.tables
    assert found.figure_elements == expected.figure_elements
    assert {attribute for attribute, _ in found.attributes} == {attribute for attribute, _ in expected.attributes}
    assert not {"\u202e", "\u2066", "\x00"} & set(found.text)
    assert "<script>alert(1)</script>" in found.text
    assert "{{ 7 * 7 }}" in found.text


@pytest.mark.parametrize("case", ["nothing done", "one row", "one seed", "no control", "no data set", "control failed"])
def test_a_partial_run_has_a_report(case: str, make: Callable[..., Results], tmp_path: Path) -> None:
    results = make(seeds=(0,), rows=2, change=lambda each: replace(each, curves={}))
    waiting = {"status": "pending", "test": None, "curves": {}}
    if case == "nothing done":
        results = replace(results, trials=tuple(replace(each, **waiting) for each in results.trials))
    elif case == "one row":
        results = replace(results, rows=results.rows[:1], trials=results.trials[:1])
    elif case == "no control":
        results = replace(results, report=replace(results.report, control="gone"))
    elif case == "no data set":
        results = replace(results, columns=(), trials=())
    elif case == "control failed":
        results = replace(results, trials=(replace(results.trials[0], **waiting), *results.trials[1:]))
    shown = Page(page(compare(results), tmp_path)).text
    expected = {
        "nothing done": "No trial is done: there is nothing to compare.",
        "one row": "There is no row beside the control: nothing to compare.",
        "one seed": "about these trained models, not about the methods",
        "no control": "The control, gone, is not a row of this run",
        "no data set": "0 data sets",
        "control failed": "no trial of the control, WGAN-div + mixup + nonlinear mixup, is done",
    }
    assert expected[case] in shown
    assert "nan" not in shown.lower().split()
    assert ("What the seeds say" in shown) == (case == "one seed")


def test_splits_are_counted_in_the_order_of_their_use(text: str) -> None:
    assert "7 classes; images: 1,428 train, 147 validation, 295 test." in Page(text).text


def test_twelve_seeds_are_enough_for_words_that_claim_something(make: Callable[..., Results]) -> None:
    comparison = compare(make(seeds=tuple(range(12)), change=lambda each: replace(each, curves={})))
    words = {row.name: row.verdict.word for row in comparison.columns[0].rows if row.verdict}
    assert words["plain"] == "worse"
    assert words["repetition"] == "better"
    assert comparison.columns[0].claim.headline == "1 better, 1 worse, 7 no evidence"


def test_importing_the_reports_imports_nothing_heavy() -> None:
    modules = "augbench_reports.html, augbench_reports.markdown, augbench_reports.json_file, augbench_reports.csv_files"
    heavy = {"numpy", "jinja2", "pandas", "scipy", "torch", "pydantic"}
    code = f"import sys, {modules}; sys.exit(', '.join({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True).stderr.strip() == ""
