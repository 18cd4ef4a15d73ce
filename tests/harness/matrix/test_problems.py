"""Everything wrong is told at once, where it stands."""

from contextlib import suppress

import pytest

from augbench.config.spans import spans
from augbench.values.errors import ConfigError
from support import bad_matrices

_NAMED_BY_USER = {("rows",), ("datasets",), ("base", "augment"), ("datasets", "cell-cycle", "per-class")}


@pytest.mark.slow
def test_each_misspelt_key_is_one_problem_at_its_line(wrong, example):
    tried = 0
    for path, span in spans(example).items():
        key = path[-1]
        if isinstance(key, int) or path[:-1] in _NAMED_BY_USER or path[2:-1] == ("augment",):
            continue
        misspelt = f"{example[: span.key]}{key[0]}{key}{example[span.key_end :]}"
        (problem,) = wrong(misspelt)
        assert problem.where.line == example.count("\n", 0, span.key) + 1, path
        assert problem.hint == f"did you mean '{key}'?", path
        tried += 1
    assert tried > 120


def test_all_problems_come_at_once_in_the_order_of_the_file(wrong, small):
    text = small.replace('"plain"', '"plane"').replace("small", "smal").replace("steps = 10", 'steps = "ten"') + "other = { sampler = 3 }\n"
    assert [str(problem).partition(": ")[2] for problem in wrong(text)] == [
        """no row called 'plane'
  2 | control = "plane"
    |           ^^^^^^^ did you mean 'plain'?""",
        """no backbone called 'smal'
  5 | backbone = "smal"
    |            ^^^^^^ did you mean 'small'?""",
        """training.length.steps must be a whole number, not 'ten'
  6 | training.length.steps = "ten"
    |                         ^^^^^""",
        """sampler must be the name of a component (sampler), a table with 'use', not 3
  13 | other = { sampler = 3 }
     |                     ^""",
    ]


@pytest.mark.parametrize(("line", "message", "hint"), bad_matrices.SETTINGS)
def test_a_bad_setting_of_a_row_is_told_in_plain_words(wrong, small, line, message, hint):
    (problem,) = wrong(f"{small}[rows.other]\n{line}\n")
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.where is not None


@pytest.mark.parametrize(("old", "new", "message"), bad_matrices.SECTIONS)
def test_a_bad_section_is_told_in_plain_words(wrong, small, old, new, message):
    assert old in small
    (problem,) = wrong(small.replace(old, new, 1))
    assert problem.message == message


def test_the_same_problem_of_many_rows_is_told_once(wrong, example):
    problems = wrong(example.replace("momentum = 0.9", "momentum = 9"))
    assert [problem.message for problem in problems] == ["momentum must be at most 1, not 9"]


def test_a_value_that_every_row_hides_is_checked_all_the_same(wrong, small):
    text = small.replace("[base]", "[base]\ntraining.lr = 'fast'") + "plain.training.lr = 0.1\n"
    (problem,) = wrong(text.replace("plain = {}\n", ""))
    assert problem.message == "training.lr must be a number, not 'fast'"


def test_no_component_is_named_in_a_slot_that_false_emptied(wrong, small):
    (problem,) = wrong(small.replace("[base]", "[base]\ngenerator = false") + "plain2 = { generator.clip = 0.1 }\n")
    assert problem.message.startswith("generator is empty here (by ")


def test_a_generator_without_an_answer_to_what_it_uses_is_told(wrong, small):
    (problem,) = wrong(small + "other = { generator = 'wgan-gp' }\n")
    assert problem.message == "fit.batch-size is missing: generator 'wgan-gp' reads it and has no official preset for it"


def test_defaults_that_hold_themselves_are_told(wrong, small):
    text = small.replace("[base]", '[defaults.dataset.long-tail]\nof = { use = "long-tail" }\n[base]')
    (problem,) = wrong(text)
    assert problem.message == "'long-tail' holds itself, without end"


@pytest.mark.parametrize("section", ["rows", "datasets"])
def test_a_section_that_is_no_table_is_told(wrong, small, section):
    start = small.index(f"[{section}")
    (problem,) = wrong(f"{section} = 3\n{small[:start]}{'[rows]' + small.partition('[rows]')[2] if section == 'datasets' else ''}")
    assert problem.message == f"{section} must be a table, not 3"


def test_no_report_section_is_told(wrong, small):
    (problem,) = wrong(small.replace('[report]\ncontrol = "plain"\n', ""))
    assert problem.message == "no [report] section"


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", ["3", '""', "[]", "{}", "false", "true", "[[1]]", "{ use = 3 }", '[{ use = "mixup" }]', "nan", "{ a.b.c = 1 }"]
)
def test_any_value_in_place_of_any_other_is_read_or_told(load, example, value):
    for span in spans(example).values():
        # A header's span is its own.
        if span.value != span.key:
            with suppress(ConfigError):
                load(f"{example[: span.value]}{value}{example[span.end :]}")


def test_rows_that_read_the_same_in_a_report_are_told(wrong, small):
    (problem,) = wrong(f'{small}other = {{ label = "a  b" }}\nthird = {{ label = "a\\nb" }}\n')
    assert (problem.message, problem.hint) == ("rows 'other' and 'third' are both labelled 'a b'", "give each a label of its own")
    assert problem.where.source[problem.where.column - 1 :].startswith('"a')


def test_an_empty_label_is_the_row_s_name(load, small):
    assert [row.label for row in load(f'{small}other = {{ label = " " }}\n').rows] == ["plain", "other"]


def test_what_a_quoted_result_lacks_is_told_at_that_result(wrong, small):
    text = small.replace("[base]", '[[report.published]]\nlabel = "x"\ndataset = "cells"\n[[report.published]]\ndataset = "cells"\n[base]')
    (problem,) = wrong(text)
    assert problem.message == "a table of report.published has no published.label"
    assert (problem.where.line, problem.hint) == (text[: text.rindex('dataset = "cells"')].count("\n") + 1, "")


def test_a_dotted_axis_is_told_at_its_first_key(wrong, small):
    (problem,) = wrong(f"{small}[axes]\ntrainin.lr = [1]\n")
    assert (problem.where.column, problem.where.width, problem.hint) == (1, 7, "did you mean 'training'?")


def test_a_plugin_file_that_is_not_there_is_told_at_its_item(wrong, small, tmp_path):
    (problem,) = wrong(f'plugins = ["./gone.py"]\n{small}')
    assert problem.message == f"no plugin file at '{tmp_path / 'gone.py'}'"
    assert (problem.where.line, problem.where.column) == (1, 12)


def test_plugins_are_not_set_from_the_command_line(wrong, small):
    (problem,) = wrong(small, sets=['plugins=["json"]'])
    assert problem.message == "plugins cannot be set from the command line"
