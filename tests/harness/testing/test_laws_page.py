"""The page about checks lists every law, as it is; ``--write-golden`` writes the list anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from augbench.testing import Check, checks_of
from augbench.values.components import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "checking.md"
SECTION = re.compile(r"(<!-- laws: .*? -->\n).*(<!-- end of laws -->)", re.DOTALL)
EVERY, HOUSE = "components", "house"


def laws() -> dict[str, list[Check]]:
    """Return every law once, by the module that it stands in."""
    found: dict[str, list[Check]] = {EVERY: [], HOUSE: []} | {kind: [] for kind in KINDS}
    for kind in KINDS:
        for check in checks_of(kind):
            own = found[check.function.__module__.rpartition(".")[2]]
            own += [] if check in own else [check]
    return found


def lines() -> Iterator[str]:
    titles = {EVERY: "A component of any kind, alone", HOUSE: "A component of any kind, with all that is installed"}
    for name, checks in laws().items():
        yield f"\n### {titles.get(name, f'{name[0].upper()}{name[1:]}')}\n\n| check | law |\n|---|---|\n"
        yield from (f"| `{check.name}` | {check.law.replace('|', chr(92) + '|')} |\n" for check in checks)
    yield "\n"


def test_the_page_lists_every_law(pytestconfig: pytest.Config) -> None:
    text = PAGE.read_text(encoding="utf-8")
    true = SECTION.sub(lambda match: match[1] + "".join(lines()) + match[2], text)
    if pytestconfig.getoption("--write-golden"):
        PAGE.write_text(true, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == true, "pytest tests/harness/testing/test_laws_page.py --write-golden"
