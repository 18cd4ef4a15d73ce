"""The command line, called in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from augbench.cli import build


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that calls ``bench`` with arguments, on a wide terminal without colours."""
    for name, value in {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AUGBENCH_STORE", raising=False)

    def call(*arguments: str) -> Result:
        monkeypatch.setattr("sys.argv", ["bench", *arguments])
        return CliRunner().invoke(build(), list(arguments))

    return call
