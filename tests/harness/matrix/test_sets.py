"""What --set and extends change."""

import pytest

from augbench.matrix import wanted


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("training.lr=0.5", lambda m: m.cells["plain", "cells"].training.lr == 0.5),
        ("sampler=standard", lambda m: type(m.cells["plain", "cells"].sampler).__name__ == "Standard"),
        ("training.length={ epochs = 2 }", lambda m: m.cells["plain", "cells"].training.length.epochs == 2),
        ("title=No quotes here", lambda m: m.title == "No quotes here"),
        ("axes.seed=[4, 5]", lambda m: m.seeds == (4, 5)),
        ("datasets.cells.folds = 3", lambda m: len(m.trials()) == 3),
        ("rows.plain.batch.n=4", lambda m: m.cells["plain", "cells"].batch.n == 4),
    ],
)
def test_set_reaches_settings_and_the_file(load, small, text, read):
    assert read(load(small, sets=[text]))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("training.lr", "--set takes KEY=VALUE", "as in training.lr=0.01"),
        ("a b=3", "--set takes KEY=VALUE", "as in training.lr=0.01"),
        ("training.lr=fast", "training.lr must be a number, not 'fast'", ""),
        ("traning.lr=1", "no setting or section called 'traning'", "did you mean 'training'?"),
        ("datasets.cels.folds=3", "no data set called 'cels'", "did you mean 'cells'?"),
        ("rows.plane.batch.n=3", "no row called 'plane'", "did you mean 'plain'?"),
    ],
)
def test_a_bad_set_is_told_with_its_text(wrong, small, text, message, hint):
    (problem,) = wrong(small, sets=[text])
    assert (problem.message, problem.hint, problem.where.file, problem.where.source) == (message, hint, "--set", text)


def test_set_asks_nothing_of_rows_that_are_not_selected(load, wrong, small):
    text = small.replace("[base]", "[base]\ngenerator = 'wgan'") + "gan = { generator = 'gan' }\n"
    assert wrong(text, sets=["generator.clip=0.5"])[0].message == "generator 'gan' has no parameter 'clip'"
    assert load(text, sets=["generator.clip=0.5"], only=["plain"]).cells["plain", "cells"].generator.clip == 0.5


def test_extends_merges_whole_documents_before_layers(load, small, tmp_path):
    (tmp_path / "base.toml").write_text(small + "first = { training.lr = 0.3 }\n")
    matrix = load('extends = "base.toml"\n[base]\ntraining.lr = 0.2\n[rows]\nlast = {}\nfirst = { batch.n = 3 }\n')
    assert [row.name for row in matrix.rows] == ["plain", "first", "last"]
    assert [matrix.cells[row.name, "cells"].training.lr for row in matrix.rows] == [0.2, 0.3, 0.2]
    assert matrix.cells["first", "cells"].batch.n == 3


def test_a_file_that_two_others_extend_counts_once(load, small, tmp_path):
    (tmp_path / "root.toml").write_text(small)
    (tmp_path / "left.toml").write_text('extends = "root.toml"\ntitle = "left"\n[base]\nbatch.n = 5\n')
    (tmp_path / "right.toml").write_text('extends = "root.toml"\n')
    matrix = load('extends = ["left.toml", "right.toml"]\n')
    assert (matrix.title, matrix.cells["plain", "cells"].batch.n) == ("left", 5)


def test_paths_of_an_extended_file_start_at_its_own_folder(load, small, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "base.toml").write_text(small.replace('use = "bbbc048"', 'use = "bbbc048"\npath = "x"'))
    assert load('extends = "lib/base.toml"\n').columns[0].dataset.path == tmp_path / "lib" / "x"


def test_problems_of_an_extended_file_name_that_file(wrong, small, tmp_path):
    (tmp_path / "base.toml").write_text(small.replace("[base]", "[base]\ntraining.lr = 'x'"))
    (problem,) = wrong('extends = "base.toml"\n')
    assert (problem.where.file, problem.where.line) == (str(tmp_path / "base.toml"), 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('extends = "ablation.toml"\n', "the files extend each other: ablation.toml -> ablation.toml"),
        ('extends = "other.toml"\n', "the files extend each other: ablation.toml -> other.toml -> ablation.toml"),
        ("extends = 3\n", "extends must be a file, a preset or a list of them, not 3"),
    ],
)
def test_a_bad_extends_is_told(wrong, small, tmp_path, text, message):
    (tmp_path / "other.toml").write_text('extends = "ablation.toml"\n')
    assert wrong(text + small)[0].message == message


def test_an_extended_file_that_is_not_there_is_told(wrong, small, tmp_path):
    assert wrong(f'extends = "nowhere.toml"\n{small}')[0].message == f"no matrix file at '{tmp_path / 'nowhere.toml'}'"


def test_plugins_are_known_before_anything_else_is_valid(tmp_path):
    (tmp_path / "mix.py").touch()
    (tmp_path / "base.toml").write_text('plugins = ["./mix.py"]\n')
    (tmp_path / "m.toml").write_text('extends = "base.toml"\nbase = "not yet looked at"\n')
    assert wanted(tmp_path / "m.toml").plugins == (str(tmp_path / "mix.py"),)


def test_plugins_are_files_beside_the_matrix_or_modules(load, small, tmp_path):
    (tmp_path / "mix.py").touch()
    assert load(f'plugins = ["./mix.py", "pkg.mod"]\n{small}').plugins == (str(tmp_path / "mix.py"), "pkg.mod")


def test_the_matrix_keeps_its_text(load, small, tmp_path):
    matrix = load(small)
    assert (matrix.text, matrix.path, matrix.title, matrix.seeds) == (small, tmp_path / "ablation.toml", "ablation", (0,))
