"""The executor of docs/executors.md works as it stands there, and its table names what each takes."""

import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from augbench.registry.collect import Registry
from augbench.registry.describe import parameters
from augbench.registry.discovery import discover
from augbench.registry.local import load_local
from support import light

PAGE = (Path(__file__).parents[4] / "docs" / "executors.md").read_text()


@pytest.fixture
def night(tmp_path) -> Iterator[Path]:
    """Write the page's file; forget it when the test is over."""
    [(name, code)] = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / name).write_text(code)
    yield tmp_path
    sys.modules.pop("night", None)


@pytest.mark.slow
def test_a_matrix_may_bring_the_executor_of_the_page(night):
    now = datetime.now().hour
    hours = f"begin = {now}, end = {(now + 2) % 24}"
    outcome = light.run(night, engine=f'{{ use = "night", {hours} }}', matrix='plugins = ["./night.py"]\n' + light.MATRIX)
    assert (outcome.done, outcome.failed) == (6, 0)


def test_it_begins_nothing_by_day(night):
    registry = Registry()
    load_local(registry, ("./night.py",), night)
    executor = registry.resolve("executor", "night").component
    now = datetime.now().hour
    for hours, is_night in (({"begin": now, "end": (now + 2) % 24}, True), ({"begin": (now + 2) % 24, "end": now}, False)):
        assert executor(**hours).is_night() == is_night


def test_the_page_lists_the_parameters_of_ray():
    listed = re.findall(r"^\| `([a-z]+)` \| ", PAGE.partition("## ray")[2], re.MULTILINE)
    assert sorted(listed) == sorted(parameter.name for parameter in parameters(discover().resolve("executor", "ray").component))
