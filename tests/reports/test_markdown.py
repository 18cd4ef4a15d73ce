"""report.md as GitHub's own reader and another one see it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

from augbench import Comparison, numbers
from augbench_reports.building import document
from augbench_reports.document import Code, Document, Figure, Section
from augbench_reports.markdown import escaped, written

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


class Rendered(HTMLParser):
    """What GitHub makes of a page, before it takes away what it does not allow: elements and the cells of every table's lines."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.tables: list[list[int]] = []
        self.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.links += [value or "" for name, value in attributes if name in ("href", "src", "srcset")]
        assert {name for name, _ in attributes} <= {"align", "alt", "href", "lang", "media", "src", "srcset"}
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("th", "td"):
            self.tables[-1][-1] += 1


@pytest.fixture(scope="module")
def report(folder: Path) -> list[Path]:
    return [folder / "report.md", *(folder / "figures").iterdir()]


@pytest.fixture(scope="module")
def text(report: list[Path]) -> str:
    return report[0].read_text("utf-8")


def test_the_report_and_its_figures_are_written(report: list[Path], text: str, comparison: Comparison) -> None:
    folder = report[0].parent
    figures = [block for section in document(comparison).sections for block in section.blocks if isinstance(block, Figure)]
    assert report[0].name == "report.md"
    named = set(re.findall(r'(?:srcset|src)="([^"]*)"', text))
    assert named == {path.relative_to(folder).as_posix() for path in report[1:]}
    assert len(named) == 2 * len(figures) > 0
    for path in report[1:]:
        assert ElementTree.parse(path).getroot().get("role") == "img"


def test_every_score_stands_in_the_tables(text: str, comparison: Comparison) -> None:
    for row in comparison.columns[0].rows:
        score = row.scores["macro-f1"]
        assert f" {numbers.spread(score.mean, score.sd)}<br>{escaped(numbers.interval(score.interval.low, score.interval.high))} |" in text


def test_no_table_is_wider_than_github_shows_well(text: str) -> None:
    tables = Rendered(text).tables
    assert len(tables) > 10
    assert 3 < max(max(widths) for widths in tables) <= 12
    assert all(len(set(widths)) == 1 for widths in tables)


def test_github_sees_nothing_but_what_it_allows(text: str) -> None:
    usual = {"p", "strong", "br", "ul", "li", "blockquote", "code", "pre", "h1", "h2", "h3", "table", "thead", "tbody", "tr", "th", "td"}
    found = Rendered(text)
    assert set(found.elements) - usual == {"picture", "source", "img", "details", "summary"}
    assert all(re.fullmatch(r"(figures|generators)/[\w.-]+\.(svg|png)", link) for link in found.links)


def test_hostile_names_change_nothing_that_github_sees(harmless: Document, hostile: Document) -> None:
    expected, found = Rendered(written(harmless)), Rendered(written(hostile))
    assert found.elements == expected.elements
    assert found.tables == expected.tables
    assert found.links == expected.links


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
    shown = MarkdownIt("gfm-like", {"linkify": False}).renderInline(
        escaped("@here #1 GH-1 o/r#1 a@b.org https://example.org www.example.org")
    )
    assert re.search(r"@\w|#\d|GH-\d|https:/|www\.", shown) is None


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
