"""Laws of the house: what a tiny trial takes from the place where a check runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from augbench import Probe
from augbench.testing.laws import house
from support.toys import Dots


@dataclass(frozen=True, kw_only=True)
class FiledDots(Dots):
    """Dots that lie in a file."""

    path: Path

    def probe(self) -> Probe:
        self.path.read_text()
        return super().probe()


@pytest.mark.slow
def test_paths_begin_where_the_check_runs(tmp_path, monkeypatch):
    (tmp_path / "dots.txt").touch()
    monkeypatch.chdir(tmp_path)
    house.check_tiny_trial_runs(FiledDots(path=Path("dots.txt")))
