"""A data set is fetched when it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from augbench.engine.downloading import Patience
from augbench.engine.fetching import fetch, place
from augbench.values.errors import NotFetched
from augbench.values.fetch_errors import Unreachable
from support.fetched import Dots
from support.light import Numbers
from support.serving import Page, serving

CONTENT = bytes(range(100, 140))


class Silent:
    """A watcher that notes what was begun."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, str]] = []

    def began(self, what: str, unit: str = "bytes") -> None:
        self.begun.append((what, unit))

    def moved(self, done: int, total: int | None) -> None: ...

    def said(self, text: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Built(Numbers):
    """A data set whose library fetches what it is made of."""

    path: Path

    def unpack(self, progress):
        self.path.mkdir(exist_ok=True)
        progress(1, 2)

    def probe(self):
        if not self.path.is_dir():
            raise NotFetched(self.path, "built")
        return super().probe()


def test_files_are_fetched_unpacked_and_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with serving() as server:
        server.pages["dots.bin"] = Page(CONTENT)
        dots, watcher = Dots(url=server.url("dots.bin"), path=tmp_path), Silent()
        brought = fetch("dots", dots, watcher, insecure=True)
    assert (brought.outcome, [file.to.name for file in brought.files]) == ("fetched", ["dots.bin"])
    assert brought.probe == dots.probe()
    assert watcher.begun == [("dots.bin", "bytes"), ("dots: unpacking", "parts")]
    assert place(dots) == tmp_path


def test_a_data_set_that_its_own_library_fetches_is_unpacked(tmp_path: Path):
    built = Built(path=tmp_path / "built")
    brought, again = fetch("built", built, Silent()), fetch("built", built, Silent())
    assert (brought.outcome, brought.probe, again.outcome) == ("fetched", built.probe(), "there")
    assert place(built) == tmp_path / "built"


def test_a_data_set_without_files_is_left_alone():
    assert fetch("numbers", Numbers(), Silent()).outcome == "nothing to fetch"
    assert place(Numbers()) is None


def test_what_cannot_be_had_is_an_error_and_leaves_nothing(tmp_path: Path):
    dots = Dots(url="https://no-such-host.invalid/dots.bin", path=tmp_path / "dots")
    with pytest.raises(Unreachable):
        fetch("dots", dots, Silent(), Patience(timeout=5.0))
    assert [path.name for path in (tmp_path / "dots").iterdir() if not path.name.startswith(".")] == []
