"""report.tex and its tables: LaTeX that compiles, whatever names are."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

from augbench import Comparison, numbers
from augbench_reports.building import document
from augbench_reports.document import Cell, Table
from augbench_reports.latex import PREAMBLE, Latex
from augbench_reports.tex.letters import escaped, letter_of
from augbench_reports.tex.tabular import LONGEST, ROOM, tabular

# Where CI is set, a compiler that is missing is a failure: .ci/viewers installs it.
compiler = pytest.mark.skipif(shutil.which("pdflatex") is None and not os.environ.get("CI"), reason="no pdflatex: .ci/viewers installs it")


def compile_tex(folder: Path) -> str:
    """Compile a report and return what was logged; no error is passed over."""
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    return (folder / "report.log").read_text("latin-1")


def read(text: str) -> str:
    """Return what a reader of LaTeX sees in a text."""
    # What the parser does not know.
    for command, letter in ((r"\char34{}", '"'), (r"\textless{}", "<"), (r"\textgreater{}", ">"), (r"\textbar{}", "|")):
        text = text.replace(command, letter)
    shown = LatexNodes2Text(math_mode="text", strict_latex_spaces=True).latex_to_text(text)
    return shown.replace("ˆ", "^").replace("˜", "~")


def table(columns: int = 3, rows: int = 2, text: str = "0.5", **more: object) -> Table:
    head = (Cell(text="Row"), *(Cell(text=f"Column {place}", numeric=True) for place in range(1, columns)))
    lines = tuple((Cell(text=f"Row {line}"), *(Cell(text=text, numeric=True) for _ in range(1, columns))) for line in range(rows))
    return replace(Table(slug="a-table", caption="A table", head=head, rows=lines), **more)


def tabulars(text: str) -> list[list[int]]:
    """Return the cells of every line of every table."""
    found = re.findall(r"\\toprule\n(.*?)\\(?:bottomrule|end\{longtable\})", text, flags=re.DOTALL)
    return [[len(re.findall(r"(?<!\\)&", line)) + 1 for line in body.split("\n") if line.endswith(r"\\")] for body in found]


@pytest.mark.parametrize(
    "text",
    [
        "a\"b `c` <d>|e ~^\\ {}$%&#_ x 'y'",
        "[f]* *g [h",
        "-- --- ,, '' <<a>>",
        "é Łódź ñ ç Å ß đ ı",
        "/a/long/path/of_a/file-name.txt",
        "n" * 90,
        "\\input{/etc/passwd} \\write18{ls} ^^5cx",
    ],
)
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    assert read(escaped(text)) == text
    assert escaped(text).isascii()


def test_symbols_of_the_report_have_commands() -> None:
    assert escaped("0.5 ± 0.1 − 3 – 4 … × ≤ → ↑ α Ω m²") == (
        r"0.5 $\pm$ 0.1 $-$ 3 \textendash{} 4 \ldots{} $\times$ $\leq$ $\rightarrow$ $\uparrow$ $\alpha$ $\Omega$ m\textsuperscript{2}"
    )


def test_other_letters_show_their_number() -> None:
    assert read(escaped("中文 😀️")) == "[U+4E2D][U+6587] [U+1F600]"


def test_no_two_hyphens_become_a_dash() -> None:
    assert escaped("--matrix ---") == "-{}-matrix -{}-{}-"


def test_a_table_has_three_rules_and_a_label() -> None:
    written = tabular(table(marked=frozenset({1}), note="As it is."))
    assert [written.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule", r"\hline")] == [1, 1, 1, 0]
    assert r"\caption{A table}\label{tab:a-table}" in written
    assert r"\begin{tabular}{lrr}" in written
    assert r"\textbf{Row 1} & 0.5 & 0.5 \\" in written
    assert "As it is." in written.split(r"\end{tabular}")[1]


def test_verdicts_have_arrows_beside_their_words() -> None:
    row = tuple(Cell(text=word, tone=tone) for word, tone in (("better", ""), ("better", "good"), ("worse", "worse")))
    assert r"better & $\uparrow$ better & $\downarrow$ worse \\" in tabular(replace(table(rows=0), rows=(row,)))


def test_a_long_table_breaks_over_pages() -> None:
    assert r"\begin{table}" in tabular(table(rows=LONGEST))
    written = tabular(table(rows=LONGEST + 1))
    assert r"\begin{longtable}" in written
    assert r"\begin{table}" not in written
    assert written.count("Column 1 & Column 2") == 2


def test_a_wide_table_is_split_by_columns_and_loses_none() -> None:
    wide = table(columns=14, text="0.839 ± 0.012", note="Once.")
    written = tabular(wide)
    parts = tabulars(written)
    assert [len(set(lines)) for lines in parts] == [1] * len(parts)
    assert sum(lines[0] - 1 for lines in parts) == 13
    assert len(parts) > 1
    assert re.findall(r"Column \d+", written) == [f"Column {place}" for place in range(1, 14)]
    assert re.findall(r"\\label\{(.*?)\}", written)[:2] == ["tab:a-table", "tab:a-table-2"]
    assert written.count("Once.") == 1


def test_columns_fit_on_the_page() -> None:
    notes = tuple(Cell(text="word " * 40, note="more " * 40) for _ in range(4))
    written = tabular(replace(table(columns=4, rows=0), rows=(notes,)))
    widths = [float(found) for found in re.findall(r"p\{([\d.]+)\\linewidth\}", written)]
    assert len(widths) == 4
    assert 0.8 < sum(widths) < 1
    assert ROOM > 0


@pytest.fixture(scope="module")
def made(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("latex")
    Latex().render(comparison, folder)
    return folder


@pytest.fixture(scope="module")
def hostile_made(hostile_comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    Latex().render(hostile_comparison, folder)
    return folder


def test_the_report_reads_every_table_once(made: Path) -> None:
    read_files = re.findall(r"\\input\{(tables/[\w-]+\.tex)\}", (made / "report.tex").read_text("ascii"))
    assert sorted(read_files) == sorted(path.relative_to(made).as_posix() for path in (made / "tables").iterdir())
    assert len(read_files) == len(set(read_files)) > 10
    labels = [label for path in read_files for label in re.findall(r"\\label\{(.*?)\}", (made / path).read_text("ascii"))]
    assert len(labels) == len(set(labels))


def test_the_table_for_a_paper_has_the_numbers_of_the_comparison(made: Path, comparison: Comparison) -> None:
    lines = (made / "tables" / "phantom-paper.tex").read_text("ascii").split("\n")
    for row in comparison.columns[0].rows:
        (line,) = [line for line in lines if read(line.split(" & ")[0]) == row.label]
        cells = [read(cell) for cell in line.removesuffix(r" \\").split(" & ")[1:]]
        spreads = [numbers.spread(row.scores[name].mean, row.scores[name].sd) for name in comparison.metrics]
        assert cells[: len(spreads)] == [each.replace("−", "-") for each in spreads]
        if row.difference and row.difference.widest:
            signed, interval, holm = cells[len(spreads) : -1]
            widest = row.difference.widest
            assert signed == numbers.signed(row.difference.mean).replace("−", "-")
            assert interval == numbers.interval(widest.low, widest.high).replace("−", "-")
            assert holm == numbers.p_value(row.difference.holm)
            assert cells[-1] == row.verdict.word


def shown(text: str) -> list[list[str]]:
    """Return what a reader sees in the cells of a table, its parts beside each other again; a note stands after a slash."""
    parts: list[list[list[str]]] = []
    for body in re.findall(r"\\toprule\n(.*?)\\(?:bottomrule|endfirsthead)(.*?)\\end\{(?:tabular|longtable)\}", text, flags=re.DOTALL):
        lines = [line.removesuffix(r" \\") for line in "".join(body).partition(r"\bottomrule")[0].split("\n") if line.endswith(r" \\")]
        if r"\endfoot" in body[1]:
            lines = lines[:1] + [
                line.removesuffix(r" \\") for line in body[1].partition(r"\endfoot")[2].split("\n") if line.endswith(r" \\")
            ]
        parts.append([[read(cell.replace(r"\par", " / ")) for cell in re.split(r"(?<!\\) & ", line)] for line in lines])
    return [[*lines[0], *(cell for line in lines[1:] for cell in line[1:])] for lines in zip(*parts, strict=True)]


def test_every_cell_reads_as_in_the_other_formats(made: Path, comparison: Comparison) -> None:
    tables = [block for section in document(comparison).sections for block in section.blocks if isinstance(block, Table)]
    assert len(tables) > 10
    for table in tables:
        found = shown((made / "tables" / f"{table.slug}.tex").read_text("ascii"))
        for cells, line in zip((table.head, *table.rows), found, strict=True):
            expected = [f"{cell.text} / {cell.note}" if cell.note else cell.text for cell in cells]
            assert [cell.lstrip("↑↓ ") for cell in line] == [text.replace("−", "-") for text in expected]


def test_a_parser_finds_no_fault(made: Path, hostile_made: Path) -> None:
    for folder in (made, hostile_made):
        for path in folder.rglob("*.tex"):
            nodes, _, _ = LatexWalker(path.read_text("ascii"), tolerant_parsing=False).get_latex_nodes()
            assert path.name == "report.tex" or any(isinstance(node, LatexEnvironmentNode) for node in nodes)


@compiler
@pytest.mark.slow
def test_the_report_compiles_and_fits_its_pages(made: Path) -> None:
    log = compile_tex(made)
    assert "Undefined control sequence" not in log
    assert not [wide for wide in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(wide) > 10]
    assert (made / "report.pdf").stat().st_size > 10_000


@compiler
@pytest.mark.slow
def test_a_report_of_hostile_names_compiles(hostile_made: Path) -> None:
    log = compile_tex(hostile_made)
    assert "passwd" not in "".join(re.findall(r"\(([^\s()]+)", log))
    assert "There were multiply-defined labels" not in log


@compiler
@pytest.mark.slow
def test_every_letter_that_is_not_shown_by_its_number_compiles(tmp_path: Path) -> None:
    letters = [letter_of(chr(code)) for code in (*range(0x20, 0x7F), *range(0xA0, 0x2600))]
    known = [written for written in letters if not written.startswith("{[}U+")]
    text = "\n".join([PREAMBLE, r"\begin{document}", *known, r"\end{document}"])
    (tmp_path / "report.tex").write_text(text, "ascii")
    assert len(known) > 500
    assert "LaTeX Warning: Command" not in compile_tex(tmp_path)
