"""What goes to stdout can be read, and copied, whole."""

import json

from rich.table import Table
from rich.text import Text

from augbench.cli.console import data, print_json, print_line


def test_a_narrow_terminal_folds_names_and_cuts_none(monkeypatch, capsys):
    for name, value in {"COLUMNS": "24", "FORCE_COLOR": "1", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    table = Table("name", "what it is")
    table.add_row("medmnist/bloodmnist", "cells")
    data().print(table)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines[0]) <= 24
    assert "".join(line.split("│")[1].strip() for line in lines if line.startswith("│")) == "medmnist/bloodmnist"


def test_names_move_no_cursor_and_colour_nothing(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    table = Table("a\x1b[31mb")
    table.add_row("c\x07\x9b2J\rd")
    table.add_row(Text("k\x1b[2Jl\udcff"))
    data().print(table)
    data().print("e\x1b]0;f\tg\nh", style="bold", markup=False)
    out = capsys.readouterr().out
    assert "a?[31mb" in out
    assert "c??2J?d" in out
    assert "k?[2Jl?" in out
    assert "\x1b[1me?]0;f" in out
    assert out.endswith("h\x1b[0m\n")
    assert not set("\x07\x9b\r") & set(out)


def test_json_is_utf_8_whatever_a_name_holds(capfdbinary):
    for write in (print_json, print_line):
        write({"name": "k\udcffl\u00e4"})
        assert json.loads(capfdbinary.readouterr().out.decode("utf-8")) == {"name": "k\udcffl\u00e4"}
