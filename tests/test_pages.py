"""The pages of documentation make one book: the README names each once, and every link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BOOK = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*/*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")


def anchors(page: str) -> set[str]:
    """Return the names of a page's headings, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path: Path) -> Iterator[str]:
    for link in map("".join, LINK.findall(path.read_text())):
        place, _, anchor = link.partition("#")
        target = path.parent / place if place else path
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target.read_text()))):
            yield link


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    assert list(broken(path)) == []


def test_the_readme_s_table_names_every_page_once():
    table = (ROOT / "README.md").read_text().partition("## Read on")[2]
    assert sorted(re.findall(r"\(docs/([\w-]+\.md)\)", table)) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def test_a_link_to_a_heading_that_is_not_there_is_broken(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# What `bench` is: a word\n[there](#what-bench-is-a-word) [gone](#else) [file](gone.md)\n```sh\n# code\n```\n")
    assert list(broken(page)) == ["#else", "gone.md"]
