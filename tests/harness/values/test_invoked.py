"""A record says by which command its run was asked for."""

import pytest

from augbench.values.invoked import invoked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/usr/bin/bench", "run", "--set", "axes.seed=[0, 1]"], "bench run --set 'axes.seed=[0, 1]'"),
        (["/lib/augbench/__main__.py", "plan"], "bench plan"),
        (["bench.exe", "plan"], "bench plan"),
        (["ipykernel_launcher.py", "-f", "kernel.json"], "augbench.run(...)"),
        (["/home/me/table.py"], "augbench.run(...)"),
    ],
)
def test_a_notebook_is_told_from_a_command_line(monkeypatch, words, said):
    monkeypatch.setattr("sys.argv", words)
    assert invoked() == said
