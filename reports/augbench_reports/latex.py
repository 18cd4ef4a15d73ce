"""report.tex and tables/*.tex: the report for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from augbench import Comparison, Report, comparing
from augbench_reports.building import anchored, document
from augbench_reports.document import Block, Card, Code, Document, Figure, Flags, Picture, Section, Table, Text
from augbench_reports.tables.paper import paper_table
from augbench_reports.tex.letters import escaped, printed
from augbench_reports.tex.tabular import arrow, tabular
from augbench_reports.words import lines

PREAMBLE = r"""% pdflatex report.tex, twice: long tables find the widths of their columns the first time.
\documentclass[10pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
% Outlines instead of bitmaps, where they are installed.
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[a4paper,margin=2cm]{geometry}
\usepackage{array,booktabs,longtable}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5em}
\setlength{\emergencystretch}{3em}
"""
NEEDS = "% \\usepackage{array,booktabs,longtable}\n"


@dataclass(frozen=True, kw_only=True)
class Latex(Report):
    """Write every table as a file to put into a paper, and a document that holds them all."""

    def render(self, comparison: Comparison, folder: Path) -> tuple[Path, ...]:
        """Write report.tex and tables/*.tex."""
        page = document(comparison)
        papers = {slug: paper_table(comparison, column, slug) for slug, column in anchored(comparison)}
        tables = [*papers.values(), *(block for section in page.sections for block in section.blocks if isinstance(block, Table))]
        (folder / "tables").mkdir(exist_ok=True)
        report = _write(folder / "report.tex", written(page, papers))
        return report, *(_write(folder / "tables" / f"{table.slug}.tex", NEEDS + tabular(table)) for table in tables)


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="ascii", newline="\n")
    return path


def written(page: Document, papers: dict[str, Table]) -> str:
    """Write a document that reads its tables from files; each data set begins with the table of a paper."""
    parts = [PREAMBLE + rf"\title{{{escaped(page.title)}}}", r"\date{}", r"\begin{document}", r"\maketitle"]
    parts += [escaped(page.summary), *_flags(page.flags)]
    for card in page.cards:
        parts += _card(card)
    for section in page.sections:
        parts += _section(section)
        if section.slug in papers:
            parts.append(_input(papers[section.slug]))
    return "\n\n".join([*parts, r"\end{document}"]) + "\n"


def _items(items: Sequence[str]) -> str:
    return "\n".join([r"\begin{itemize}", *(rf"\item {item}" for item in items), r"\end{itemize}"])


def _flags(flags: Sequence[comparing.Flag]) -> list[str]:
    return [_items([rf"\texttt{{{escaped(flag.code)}}}: {escaped(flag.sentence)}" for flag in flags])] if flags else []


def _card(card: Card) -> list[str]:
    title = rf"\subsection*{{{escaped(f'{card.title}: {card.headline}')}}}"
    said = [escaped(text) for text in (card.observed, card.claim, card.noise) if text]
    said.append("; ".join(f"{escaped(name)}: {escaped(value)}" for name, value in card.facts))
    statements = [rf"{escaped(each.text)}: {arrow(each.word, each.tone)}\textbf{{{escaped(each.word)}}}" for each in card.statements]
    return [title, *said, *([_items(statements)] if statements else [])]


def _section(section: Section) -> list[str]:
    # Tables that found no place yet come before a new data set.
    begin = rf"\clearpage\section{{{escaped(section.title)}}}" if section.level == 2 else rf"\subsection{{{escaped(section.title)}}}"
    parts = [begin]
    for block in section.blocks:
        parts += _block(block)
    return parts


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            return [escaped(block.text)]
        case Flags():
            return _flags(block.flags)
        case Figure():
            return [rf"Figure \texttt{{figures/{block.slug}-light.svg}}: {escaped(block.caption)}"]
        case Picture():
            return [rf"Picture \texttt{{{escaped(block.path)}}}: {escaped(block.caption)}"]
        case Code():
            return [_code(block)]
        case Table():
            return [_input(block)]


def _input(table: Table) -> str:
    return rf"\input{{tables/{table.slug}.tex}}"


def _code(code: Code) -> str:
    text = "\\\\\n".join(rf"\mbox{{}}{printed(line)}" for line in lines(code.text).split("\n"))
    return f"{escaped(code.summary)}:\n\n{{\\scriptsize\\ttfamily\\raggedright\n{text}\\par}}"
