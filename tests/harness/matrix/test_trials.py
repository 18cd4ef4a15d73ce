"""How many trials a matrix comes to, and which."""

import pytest


def test_the_ablation_of_the_paper_has_144_trials_in_order(load, example):
    trials = load(example).trials()
    assert len(trials) == 144
    assert [trial.id for trial in trials[:6]] == [f"cell-cycle/ours/s0/f{fold}" for fold in range(5)] + ["cell-cycle/wgan-gp/s0/f0"]
    assert [trial.id for trial in trials[-2:]] == ["rbc/no-linear/s2", "rbc/standard/s2"]


_AXES = """
[axes]
seed = [0, 1]
training.lr = [0.1, 0.2, 0.3]
sampler = ["instance", "standard"]
"""


def _names(matrix):
    return [row.name for row in matrix.rows]


@pytest.mark.parametrize(
    ("mode", "control", "rows"),
    [
        ("product", "plain[training.lr=0.1,sampler=instance]", 2 * 6),
        ("ablate", "plain", 2 * 6),
        ("leave-one-out", "plain", 2 * 3),
        ("add-one", "plain", 2 * 4),
    ],
)
def test_modes_multiply_rows(load, small, mode, control, rows):
    text = f'mode = "{mode}"\n{small}'.replace("[base]", f"{_AXES}[base]").replace('"plain"', f'"{control}"') + "other = {}\n"
    matrix = load(text)
    assert len(matrix.rows) == rows
    assert len(matrix.trials()) == rows * 2
    assert len(set(_names(matrix))) == rows


def test_zip_takes_values_together(load, small, wrong):
    text = f'mode = "zip"\n{small}'.replace("[base]", f"{_AXES}[base]").replace('"plain"', '"plain[training.lr=0.2,sampler=standard]"')
    assert wrong(text)[0].message == "mode 'zip' needs axes of one length, not training.lr 3, sampler 2"
    matrix = load(text.replace(", 0.3", ""))
    assert _names(matrix) == ["plain[training.lr=0.1,sampler=instance]", "plain[training.lr=0.2,sampler=standard]"]


def test_ablate_keeps_the_row_and_changes_one_thing_at_a_time(load, small):
    matrix = load(f'mode = "ablate"\n{small}'.replace("[base]", f"{_AXES}[base]"))
    assert _names(matrix) == [
        "plain",
        *(f"plain[training.lr={lr}]" for lr in (0.1, 0.2, 0.3)),
        "plain[sampler=instance]",
        "plain[sampler=standard]",
    ]
    assert matrix.cells["plain", "cells"].training.lr == 0.01


def test_leave_one_out_starts_from_all_and_takes_one_away(load, small):
    axes = '[axes]\naugment.a = [false, "mixup"]\naugment.b = [false, "vh-mixup"]\n'
    matrix = load(f'mode = "leave-one-out"\n{small}'.replace("[base]", f"{axes}[base]"))
    assert _names(matrix) == ["plain", "plain[augment.a=false]", "plain[augment.b=false]"]
    assert [sorted(matrix.cells[name, "cells"].augment) for name in _names(matrix)] == [["a", "b"], ["b"], ["a"]]


def test_add_one_starts_from_none_and_adds_one(load, small):
    axes = '[axes]\naugment.a = [false, "mixup"]\naugment.b = [false, "vh-mixup"]\n'
    matrix = load(f'mode = "add-one"\n{small}'.replace("[base]", f"{axes}[base]"))
    assert _names(matrix) == ["plain", "plain[augment.a=mixup]", "plain[augment.b=vh-mixup]"]
    assert [sorted(matrix.cells[name, "cells"].augment) for name in _names(matrix)] == [[], ["a"], ["b"]]


def test_row_names_hold_no_slash_and_show_tables_briefly(load, small):
    axes = '[axes]\nbackbone = ["timm/resnet34.tv_in1k", { use = "small", width = 8 }]\n'
    matrix = load(f'mode = "ablate"\n{small}'.replace("[base]", f"{axes}[base]"))
    assert _names(matrix)[1:] == ["plain[backbone=timm_resnet34.tv_in1k]", "plain[backbone={use=small,width=8}]"]


@pytest.mark.parametrize(
    ("table", "trials"),
    [
        ('row = "gan"', 144 - 18),
        ('row = ["gan", "wgan"]\ncolumn = "rbc"', 144 - 6),
        ("seed = 2", 96),
        ('seed = [1, 2]\ncolumn = "cell-cycle"', 144 - 80),
        ('sampler = "standard"', 144 - 18),
        ('generator = "wgan-div"', 144 - 90),
        ("generator = { use = 'wgan-div', k = 2 }", 144 - 90),
        ("generator.k = 3", 144),
        ("augment.rotated = false", 144 - 18),
        ("training.lr = 0.003", 144 - 24),
        ("training.checks = 10\ncolumn = 'rbc'", 144 - 24),
        ("transforms-at = 'sources'", 144),
    ],
)
def test_exclude_removes_what_matches_all_of_it(load, example, table, trials):
    assert len(load(example.replace("[base]", f"[[exclude]]\n{table}\n\n[base]", 1)).trials()) == trials


@pytest.mark.parametrize(
    ("options", "trials"),
    [
        ({"only": ["rbc"]}, 24),
        ({"only": ["gan"]}, 18),
        ({"only": ["rbc/gan", "rbc/*gan"]}, 6),
        ({"only": ["rbc"], "skip": ["*gan*"]}, 15),
        ({"skip": ["cell-cycle/*"]}, 24),
    ],
)
def test_only_and_skip_select_cells(load, example, options, trials):
    assert len(load(example, **options).trials()) == trials


def test_a_pattern_that_selects_nothing_is_told(wrong, example):
    (problem,) = wrong(example, only=["rcb"])
    assert (problem.message, problem.hint) == ("no row, data set or DATASET/ROW for --only called 'rcb'", "did you mean 'rbc'?")
    (problem,) = wrong(example, only=["rbc"], skip=["rbc/*"])
    assert problem.message == "--only and --skip leave nothing to run"


def test_a_named_row_selects_all_that_axes_made_of_it(load, small):
    text = (
        small.replace("[base]", "[axes]\ntraining.lr = [0.1, 0.2]\n[base]").replace('"plain"', '"plain[training.lr=0.1]"') + "other = {}\n"
    )
    assert [trial.row for trial in load(text, only=["plain"]).trials()] == ["plain[training.lr=0.1]", "plain[training.lr=0.2]"]


def test_rows_and_columns_stay_whole_when_cells_are_not_selected(load, example):
    matrix = load(example, only=["rbc/gan"])
    assert (len(matrix.rows), len(matrix.columns), list(matrix.cells)) == (8, 2, [("gan", "rbc")])
