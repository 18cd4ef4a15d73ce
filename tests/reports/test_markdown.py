"""report.md as an independent Markdown reader sees it."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from augbench import Comparison, numbers
from augbench.comparison import compare
from augbench.values.results import Results
from augbench_reports.document import Code, Document, Section
from augbench_reports.html import Html
from augbench_reports.markdown import Markdown, escaped, written

HOSTILE = (
    "</script><script>alert(1)</script>",
    "a|b `c` **d** [e](f) ![g](h)",
    "`",
    "$x_1%&#~^\\{} $y$",
    "two\nlines\n\n# and a heading",
    "n" * 300,
    "\u202eturned around",
    "- item",
    "1. item",
    "&lt;b&gt; <b>",
)


def shape(text: str) -> list[str]:
    """Return the kinds of all blocks and the raw HTML, as a reader of GitHub's tables parses them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found = [token.type for token in tokens]
    for token in tokens:
        found += [child.content for child in token.children or () if child.type == "html_inline" and "alt=" not in child.content]
        found += [child.type for child in token.children or () if child.type in ("link_open", "image", "em_open", "code_inline")]
    return found


@pytest.fixture(scope="module")
def report(folder: Path) -> list[Path]:
    return [folder / "report.md", *(folder / "figures").iterdir()]


@pytest.fixture(scope="module")
def text(report: list[Path]) -> str:
    return report[0].read_text("utf-8")


def test_the_report_and_its_figures_are_written(report: list[Path], text: str) -> None:
    folder = report[0].parent
    assert report[0].name == "report.md"
    named = set(re.findall(r'(?:srcset|src)="([^"]*)"', text))
    assert named == {path.relative_to(folder).as_posix() for path in report[1:]}
    assert len(named) == 14
    for path in report[1:]:
        assert ElementTree.parse(path).getroot().get("role") == "img"


def test_every_score_stands_in_the_tables(text: str, comparison: Comparison) -> None:
    for row in comparison.columns[0].rows:
        score = row.scores["macro-f1"]
        assert f" {numbers.spread(score.mean, score.sd)} |" in text


def test_no_table_is_wider_than_github_shows_well(text: str) -> None:
    widths = [line.count(" |") for line in text.splitlines() if line.startswith("| ")]
    assert 3 < max(widths) <= 12


def test_hostile_names_change_no_block(harmless: Document, hostile: Document) -> None:
    assert shape(written(hostile)) == shape(written(harmless))
    assert shape(written(hostile)).count("table_open") > 5


@pytest.mark.parametrize("name", HOSTILE)
def test_an_escaped_name_reads_as_it_was_written(name: str) -> None:
    rendered = MarkdownIt("commonmark").renderInline(escaped(name))
    shown = re.sub(r"&(lt|gt|amp|quot);", lambda found: {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[found[1]], rendered)
    assert "<" not in rendered
    assert shown == " ".join(name.replace("\u202e", "").split())


def test_mentions_references_and_links_are_broken() -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).renderInline(escaped("@here #1 https://example.org www.example.org"))
    assert re.search(r"@\w|#\d|https:/|www\.", shown) is None


def test_the_matrix_cannot_end_its_fence() -> None:
    matrix = "x\n````\n# no heading"
    page = Document(
        title="t",
        summary="s",
        flags=(),
        cards=(),
        sections=(Section(slug="a", title="A", level=2, blocks=(Code(text=matrix, summary="matrix"),)),),
    )
    fences = [token.content for token in MarkdownIt("commonmark").parse(written(page)) if token.type == "fence"]
    assert fences == [matrix + "\n"]


def test_the_same_comparison_gives_the_same_bytes(make: Callable[..., Results], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        comparison = compare(make(rows=2))
        Markdown().render(comparison, folder)
        Html().render(comparison, folder)
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert len(files) == 16
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)
