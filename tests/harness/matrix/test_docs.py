"""The syntax page shows what is true."""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

from augbench.registry.wording import in_toml
from augbench.values.components import dashed
from augbench.values.settings import ReportSettings

_PAGE = Path(__file__).parents[3] / "docs" / "matrix-file.md"


def _blocks():
    return re.findall(r"```toml\n(.*?)```", _PAGE.read_text(), re.DOTALL)


def test_every_example_of_the_syntax_page_is_toml():
    assert len([tomllib.loads(block) for block in _blocks()]) == 6


def test_the_first_example_of_the_syntax_page_is_a_matrix(load):
    text = _blocks()[0].replace('"image-folder"', '"bbbc048"').replace('"bilinear"', '"square"')
    assert [trial.id for trial in load(text).trials()] == ["cells/plain/s0", "cells/repetition/s0"]


def test_the_errors_of_the_syntax_page_are_worded_so(wrong, small):
    page = _PAGE.read_text()
    text = small.replace("[base]", '[base]\nsampeler = "standard"\naugment.linear = { use = "mixup", low = 3 }')
    for problem in wrong(text):
        assert problem.message in page
        assert problem.hint in page


def test_the_table_of_the_report_holds_every_key_with_its_default():
    table = _PAGE.read_text().partition("## The report")[2].partition("## ")[0]
    told = dict(re.findall(r"^\| `(?:\[\[report\.)?([a-z-]+)(?:\]\])?` \| .* \| (.*) \|$", table, re.MULTILINE))
    written = {dashed(field.name): "required" if field.default is MISSING else field.default for field in fields(ReportSettings)}
    assert set(told) == set(written)
    for key, default in written.items():
        assert told[key].strip("`") in {default, "none" if default in (None, ()) else in_toml(default)}, key
