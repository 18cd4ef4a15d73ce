"""Everything wrong is told at once, where it stands."""

from contextlib import suppress

import pytest

from augbench.config.spans import spans
from augbench.values.errors import ConfigError

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


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("batch.size = 'many'", "batch.size must be a whole number, not 'many'", ""),
        ("batch.size = 1.5", "batch.size must be a whole number, not 1.5", ""),
        ("batch.size = 0", "batch.size must be at least 1, not 0", ""),
        ("batch.size = true", "batch.size must be a whole number, not true", ""),
        ("batch = 3", "batch must be a table, not 3", ""),
        ("batch.mix = { originals = -1 }", "batch.mix.originals must be at least 0, not -1", ""),
        (
            "batch.mix = { orignals = 1 }",
            "batch.mix names 'orignals', which is neither a source nor an augment slot",
            "did you mean 'originals'?",
        ),
        ("training.lr = inf", "training.lr must be a finite number, not inf", ""),
        ("training.select = 'bets'", "training.select must be one of 'last', 'best', not 'bets'", "did you mean 'best'?"),
        ("training.optimizer.momentum = 2", "momentum must be at most 1, not 2", ""),
        ("training.loss = false", "training.loss cannot be empty", "name a component (loss)"),
        ("transforms = 'flips'", "transforms must be a list, not 'flips'", ""),
        ("transforms = ['mixup']", "'mixup' makes one image of 2: a transform changes one", "use it in augment"),
        ("augment.originals = 'mixup'", "'originals' is a source of its own and cannot name a slot", "rename it"),
        ("augment.'a b' = 'mixup'", "'a b' cannot name a slot", "use letters, digits, '_', '.' and '-', a letter or digit first"),
        ("augment.a = { use = 'mixup', low = 0.9, high = 0.1 }", "augmenter 'mixup': low = 0.9 is above high = 0.1", ""),
        ("augment.a = { use = 'mixup', low = 3 }", "low must be at most 1, not 3", ""),
        ("augment.a = { use = 'mixup', pairing = 'some' }", "augment.a.pairing must be one of 'same-class', 'any', not 'some'", ""),
        ("augment.a.low = 0.1", "augment.a names no component", "give 'use'"),
        ("augment.a.sources = 'both'", "data set 'cells' has no augment.a", "give 'use'"),
        ("generator = 'wgann'", "no generator called 'wgann'", "did you mean 'wgan'?"),
        ("generator = true", "generator must be the name of a component (generator), a table with 'use', or false, not true", ""),
        ("generator = { use = 3 }", "generator.use must be the name of a component (generator), not 3", ""),
        ("generator = { use = 'wgan', optimizer = { use = 'adam', betas = [0.1] } }", "betas must be a longer list, not a list of 1", ""),
        ("generator = { use = 'wgan', optimizer = { use = 'adam', betas = [1, 'x'] } }", "betas[1] must be a number, not 'x'", ""),
        ("generator = { use = 'wgan-div', preset = 'smal' }", "no preset of generator 'wgan-div' called 'smal'", "did you mean 'small'?"),
        ("backbone = 'timm/resnet43.tv_in1k'", "no backbone called 'timm/resnet43.tv_in1k'", "did you mean 'timm/resnet34.tv_in1k'?"),
        (
            "backbone = { use = 'timm/resnet34.tv_in1k', name = 'x' }",
            "backbone 'timm/resnet34.tv_in1k' has no parameter 'name'",
            "known: pretrained",
        ),
        ("training.length = { epochs = 1, steps = 1 }", "training.length holds both epochs and steps", "keep one of them"),
        ("training.length = { steps = 1, of = 'pool' }", "training.length.of counts epochs, not steps", "keep one of them"),
        (
            "per-class.A = { training.lr = 1.0 }",
            "training cannot differ between classes",
            "per-class holds generator, fit, bank and batch.n",
        ),
        (
            "per-class.A = { batch.size = 1 }",
            "batch.size cannot differ between classes",
            "per-class holds generator, fit, bank and batch.n",
        ),
        ("per-class.A = 3", "per-class.A must be a table, not 3", ""),
        ("label = 3", "rows.other.label must be a string, not 3", ""),
        ("on.cels.training.lr = 0.1", "no data set called 'cels'", "did you mean 'cells'?"),
        ("on.cells = 3", "rows.other.on.cells must be a table, not 3", ""),
    ],
)
def test_a_bad_setting_of_a_row_is_told_in_plain_words(wrong, small, line, message, hint):
    (problem,) = wrong(f"{small}[rows.other]\n{line}\n")
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.where is not None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[rows]\nplain = {}", "", "no rows"),
        ("plain = {}", "plain = 3", "rows.plain must be a table, not 3"),
        ("plain = {}", "plain = {}\n'a/b' = {}", "'a/b' cannot name a row"),
        ('use = "bbbc048"', "", "data set 'cells' has no datasets.cells"),
        ('use = "bbbc048"', 'use = "bbbc048"\nfolds = 1', "datasets.cells.folds must be at least 2, not 1"),
        ('use = "bbbc048"', 'use = "bbbc048"\nminority = { below = 1.5 }', "datasets.cells.minority.below must be at most 1, not 1.5"),
        ('use = "bbbc048"', 'use = "bbbc048"\nminority = { belov = 0.5 }', "the key 'belov' must be 'below'"),
        ('use = "bbbc048"', 'use = "bbbc048"\nminority = {}', "minority says neither names nor 'below'"),
        ('use = "bbbc048"', 'use = "bbbc048"\nminority = [1]', "datasets.cells.minority[0] must be a string, not 1"),
        ('use = "bbbc048"', 'use = "bbbc048"\nminority = 3', "datasets.cells.minority must be a list or a table, not 3"),
        ('use = "bbbc048"', 'use = "bbbc048"\nresize = "square"', "resize 'square' has no size"),
        ('use = "bbbc048"', 'use = "bbbc048"\nset = 3', "datasets.cells.set must be a table, not 3"),
        ('use = "bbbc048"', 'use = "bbbc048"\npath = "$AUGBENCH_NOWHERE/x"', "the environment variable AUGBENCH_NOWHERE is not set"),
        ('use = "bbbc048"', 'use = "bbbc048"\npath = 3', "path must be a path, as a string, not 3"),
        ('backbone = "small"', "", "data set 'cells' has no backbone"),
        ("training.length.steps = 10", "", "data set 'cells' has no training.length"),
        ('control = "plain"', "", "[report] has no control"),
        ('control = "plain"', 'control = "plain"\nalpha = 1', "report.alpha must be less than 1, not 1"),
        ('control = "plain"', 'control = "plain"\nprimary = "auc"', "no metric called 'auc'"),
        ('control = "plain"', 'control = "plain"\npublished = [{ label = "x", dataset = "cels" }]', "no data set called 'cels'"),
        ('control = "plain"', 'control = "plain"\npublished = [{ label = "x" }]', "a table of report.published has no published.dataset"),
        ('control = "plain"', 'control = "plain"\nmetrics = ["accuracy"]', "the primary metric 'macro-f1' is not in metrics"),
        ("[base]", "[defaults.generator.wgna]\n[base]", "no generator called 'wgna'"),
        ("[base]", "[defaults.generator.wgan]\nclip = -1\n[base]", "clip must be more than 0, not -1"),
        ("[base]", "[defaults]\ngenerator = 3\n[base]", "defaults.generator must be a table, not 3"),
        ("[base]", "[axes]\nseed = 3\n[base]", "axes.seed must be a list of values, not 3"),
        ("[base]", "[axes]\nseed = [0, 0]\n[base]", "seed 0 stands here twice"),
        ("[base]", "[axes]\nseed = [0, -1]\n[base]", "a seed must be a whole number from 0, not -1"),
        ("[base]", "[axes]\nfold = [0, 1]\n[base]", "folds are no axis"),
        ("[base]", "[axes]\ntraning.lr = [0, 1]\n[base]", "no setting called 'traning.lr' to make an axis of"),
        ("[base]", "[[exclude]]\nrow = 'plane'\n[base]", "no row called 'plane'"),
        ("[base]", "[[exclude]]\ncolumn = 'cels'\n[base]", "no column called 'cels'"),
        ("[base]", "[[exclude]]\nseed = 7\n[base]", "no seed 7"),
        ("[base]", "[[exclude]]\nsamplr = 'instance'\n[base]", "no setting called 'samplr' in 'exclude'"),
        ("[base]", "[exclude]\nrow = 'plain'\n[base]", "exclude must be a list of tables, not a table"),
        ("[report]", "version = 2\n[report]", "version must be 1, not 2"),
        ("[report]", "title = 2\n[report]", "title must be a string, not 2"),
        ("[report]", "plugins = 'x.py'\n[report]", "plugins must be a list of files or modules, not 'x.py'"),
        ("[report]", "mode = 'ziip'\n[report]", "mode must be one of product, zip, ablate, leave-one-out, add-one, not 'ziip'"),
    ],
)
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
