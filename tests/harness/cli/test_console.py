"""What goes to stdout can be read, and copied, whole."""

from rich.table import Table

from augbench.cli.console import data


def test_a_narrow_terminal_folds_names_and_cuts_none(monkeypatch, capsys):
    for name, value in {"COLUMNS": "24", "FORCE_COLOR": "1", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    table = Table("name", "what it is")
    table.add_row("medmnist/bloodmnist", "cells")
    data().print(table)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines[0]) <= 24
    assert "".join(line.split("│")[1].strip() for line in lines if line.startswith("│")) == "medmnist/bloodmnist"
