"""The metrics and the test of docs/statistics.md work as they stand there."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from augbench import Registry
from augbench.comparison import measures
from augbench.registry.discovery import discover
from augbench.registry.local import load_local
from support.predicted import certain, predictions

PAGE = Path(__file__).parents[3] / "docs" / "statistics.md"


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Write the page's files where Python finds them."""
    files = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL))
    for name, code in files.items():
        (tmp_path / name).write_text(code)
        spec = spec_from_file_location(name.removesuffix(".py"), tmp_path / name)
        module = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
    return set(files)


def test_the_page_s_metrics_are_found_by_name_and_by_where_they_are_and_measure(pages, tmp_path):
    assert "my_scores.py" in pages
    (table,) = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    registry = discover()
    load_local(registry, tuple(table["plugins"]), tmp_path)
    macro_f1, worst, doubt = measures.metrics_of(table["report"]["metrics"], registry).values()
    made = certain([0, 0, 0, 1], [0, 0, 1, 1], 3)
    assert worst.measure(made) == pytest.approx(2 / 3)
    counts = np.array([[[2, 1, 0]], [[0, 1, 0]]])
    assert worst.of_counts(counts, counts, np.array([3, 1, 0])).tolist() == [[pytest.approx(2 / 3)], [0]]
    assert doubt.measure(predictions([0, 1], [[0.4, 0.3, 0.3], [0.6, 0.4, 0.0]])) == 0.5
    assert (macro_f1.higher_is_better, doubt.higher_is_better) == (True, False)


def test_the_page_s_test_is_found_and_tests(pages):
    assert "my_tests.py" in pages
    test = measures.test_of("my_tests:SignTest", Registry())
    found = measures.tested("my_tests:SignTest", test, [0.1, 0.2, -0.1, 0.3, 0.0])
    assert found.p == binomtest(3, 4).pvalue
    assert measures.tested("my_tests:SignTest", test, [0.0, 0.0]) is None
    assert measures.tested("my_tests:SignTest", test, [0.1] * 6).p == test.smallest_p(6) == 2**-5


def test_the_page_s_table_names_every_metric_with_its_bounds_and_direction():
    registry = discover()
    rows = re.findall(r"^\| `([\w-]+)` \| (.*?) \| (-?\d), (\d|none) \|", PAGE.read_text(), re.MULTILINE)
    assert {name for name, *_ in rows} == set(registry.names("metric"))
    for name, metric in measures.metrics_of([name for name, *_ in rows], registry).items():
        _, text, low, high = next(row for row in rows if row[0] == name)
        assert metric.bounds == (float(low), float("inf") if high == "none" else float(high))
        assert ("less is better" in text) != metric.higher_is_better
