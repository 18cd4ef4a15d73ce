"""Which layer wins, and what survives a swap."""

from pathlib import Path

import pytest


def _only(matrix, row="plain", column="cells"):
    return matrix.cells[row, column]


def test_the_least_matrix_takes_the_defaults_of_the_harness(load, small):
    settings = _only(load(small))
    assert (type(settings.sampler).__name__, settings.generator, settings.augment, settings.transforms) == ("Anyhow", None, {}, ())
    assert (settings.training.optimizer.momentum, settings.training.optimizer.weight_decay) == (0.9, 1e-4)
    assert (type(settings.training.schedule).__name__, type(settings.training.loss).__name__) == ("Constant", "CrossEntropy")
    assert settings.batch.mix == {"originals": 1}
    assert settings.mix() == {"originals": 1}


def test_later_layers_win_in_the_order_of_the_design(load, small):
    layers = [
        ("[base]", "[defaults.optimizer.sgd]\nmomentum = 0.1\n[base]"),
        ("[base]", "[base]\ntraining.optimizer = { use = 'sgd', momentum = 0.2 }"),
        ('use = "bbbc048"', 'use = "bbbc048"\nset.training.optimizer.momentum = 0.3'),
        ("plain = {}", "plain = { training.optimizer.momentum = 0.4 }"),
        ("plain = { ", "plain = { on.cells.training.optimizer.momentum = 0.5, "),
        ("[base]", "[axes]\n'training.optimizer.momentum' = [0.6]\n[base]"),
    ]
    text, seen = small, [_only(load(small)).training.optimizer.momentum]
    for old, new in layers:
        text = text.replace(old, new, 1)
        control = text.replace('"plain"', '"plain[training.optimizer.momentum=0.6]"') if "[axes]" in text else text
        seen.append(next(iter(load(control).cells.values())).training.optimizer.momentum)
    last = load(control, sets=["training.optimizer.momentum=0.7"])
    seen.append(next(iter(last.cells.values())).training.optimizer.momentum)
    assert seen == [0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]


def test_layers_of_a_class_win_in_the_order_of_the_design(load, small):
    text = small.replace("[base]", "[base]\nbank.size = 1")
    seen = []
    for old, new in [
        ('use = "bbbc048"', 'use = "bbbc048"\nset.bank.size = 2'),
        ('use = "bbbc048"', 'use = "bbbc048"\nper-class."*".bank.size = 3'),
        ('use = "bbbc048"', 'use = "bbbc048"\nper-class.A.bank.size = 4'),
        ("plain = {}", "plain = { bank.size = 5 }"),
        ("plain = { ", "plain = { per-class.A.bank.size = 6, "),
        ("plain = { ", "plain = { on.cells = { bank.size = 7 }, "),
        ("plain = { on.cells = { ", "plain = { on.cells = { per-class.A.bank.size = 8, "),
    ]:
        text = text.replace(old, new, 1)
        seen.append(_only(load(text)).of_class("A").bank.size)
    assert seen == [2, 3, 4, 5, 6, 7, 8]
    assert _only(load(text)).of_class("B").bank.size == 7
    assert _only(load(text, sets=["bank.size=9"])).of_class("A").bank.size == 9


def test_a_class_of_its_own_builds_on_what_is_said_of_every_class(load, small):
    text = small.replace('use = "bbbc048"', 'use = "bbbc048"\nper-class = { "*" = { bank.size = 3 }, A = { batch.n = 2 } }')
    settings = _only(load(text))
    assert (settings.of_class("A").bank.size, settings.of_class("A").n, settings.of_class("B").n) == (3, 2, 1)


def test_another_use_starts_afresh_and_harness_keys_survive(load, small):
    base = 'generator = { use = "wgan-div", p = 4 }\naugment.a = { use = "mixup", low = 0.2, sources = "originals", probability = 0.5 }'
    text = (
        small.replace("[base]", f"[base]\n{base}")
        + 'gp = { generator = "wgan", augment.a = "vh-mixup" }\nsame = { generator = "wgan-div" }\n'
    )
    matrix = load(text)
    assert _only(matrix, "same").generator.p == 4
    swapped = _only(matrix, "gp").augment["a"]
    assert (type(swapped.augmenter).__name__, swapped.augmenter.low, swapped.sources, swapped.probability) == (
        "VhMixup",
        0,
        "originals",
        0.5,
    )
    assert type(_only(matrix, "gp").generator).__name__ == "Wgan"


def test_naming_a_component_that_was_only_implied_starts_from_its_own_defaults(load, small):
    assert _only(load(small + "named = { training.optimizer = 'sgd' }\n"), "named").training.optimizer.momentum == 0
    assert _only(load(small + "told = { training.optimizer.momentum = 0.5 }\n"), "told").training.optimizer.weight_decay == 1e-4


def test_the_rows_plain_and_repetition_of_the_design(load, example):
    plain = '{ generator = false, sampler = "instance", augment.linear = false, augment.rotated = false, batch.mix = { originals = 1 } }'
    text = f"{example}plain = {plain}\nrepetition = {plain.replace('instance', 'random-oversampling')}\n"
    settings = _only(load(text), "plain", "rbc")
    assert (settings.generator, settings.augment, settings.mix(), settings.reads_banks()) == (None, {}, {"originals": 1}, False)


def test_a_part_of_mix_whose_slot_is_empty_counts_nothing(load, example):
    matrix = load(example + "half = { augment.rotated = false }\n")
    assert _only(matrix, "half", "rbc").mix() == {"generated": 2, "linear": 1}


def test_a_nested_component_starts_from_the_default_of_its_field(load, small):
    text = small + "a = { generator = { use = 'whole', optimizer.betas = [0.5, 0.6] } }\nb = { generator = 'whole' }\n"
    text += "c = { generator = { use = 'whole', optimizer = 'adam' } }\n"
    matrix = load(text)
    assert [_only(matrix, row).generator.optimizer.betas for row in "abc"] == [(0.5, 0.6), (0.0, 0.9), (0.9, 0.999)]


def test_defaults_reach_a_nested_component_that_nobody_named(load, small):
    text = small.replace("[base]", "[defaults.optimizer.adam]\nbetas = [0.1, 0.2]\n[base]") + "a = { generator = 'whole' }\n"
    assert _only(load(text), "a").generator.optimizer.betas == (0.1, 0.2)


def test_a_preset_expands_at_its_layer_and_sets_the_fit_that_the_generator_uses(load, small):
    text = small.replace("[base]", '[base]\nfit = { lr = 0.5, batch-size = 7 }\ngenerator = { use = "wgan-div", k = 9 }')
    text += "a = { generator.preset = 'small' }\nb = { generator = { preset = 'small', k = 1 }, fit.lr = 0.25 }\n"
    matrix = load(text)
    plain, first, second = (_only(matrix, row) for row in ("plain", "a", "b"))
    assert (plain.generator.k, plain.fit.lr, plain.fit.iterations) == (9, 0.5, 1000)
    assert (first.generator.k, first.fit.lr, first.fit.iterations, first.fit.batch_size) == (3, 1e-3, 200, 7)
    assert type(first.generator.optimizer).__name__ == "RmsProp"
    assert (second.generator.k, second.fit.lr, second.fit.iterations) == (1, 0.25, 200)


def test_a_preset_in_defaults_answers_before_the_official_one_and_after_base(load, small):
    text = small.replace("[base]", '[defaults.generator.wgan-div]\npreset = "small"\n[base]\ngenerator = "wgan-div"\nfit.lr = 0.5')
    settings = _only(load(text))
    assert (settings.generator.k, settings.fit.lr, settings.fit.iterations, settings.fit.batch_size) == (3, 0.5, 200, 64)


def test_the_official_preset_answers_only_what_the_generator_uses(load, small):
    settings = _only(load(small + "other = { generator = 'gan' }\n"), "other")
    assert (settings.fit.iterations, settings.fit.batch_size, settings.fit.lr, settings.fit.n_critic) == (700, 8, 1e-4, None)


def test_steps_and_epochs_replace_each_other(load, small):
    text = (
        small
        + "a = { training.length.epochs = 3 }\nb = { training.length = { epochs = 2, of = 'pool' }, on.cells.training.length.steps = 5 }\n"
    )
    matrix = load(text)
    lengths = [_only(matrix, row).training.length for row in ("plain", "a", "b")]
    assert [(length.epochs, length.of, length.steps) for length in lengths] == [
        (None, "originals", 10),
        (3, "originals", None),
        (None, "originals", 5),
    ]


def test_an_axis_passes_over_rows_whose_slot_is_empty(load, small):
    text = small.replace("[base]", "[axes]\ngenerator.p = [2, 3]\n[base]\ngenerator = 'wgan-div'") + "none = { generator = false }\n"
    matrix = load(text.replace('"plain"', '"plain[generator.p=2]"'))
    assert _only(matrix, "plain[generator.p=3]").generator.p == 3
    assert _only(matrix, "none[generator.p=3]").generator is None


@pytest.mark.parametrize(
    ("value", "expected"), [("images", "{folder}/images"), ("../x", "{parent}/x"), ("/a/b", "/a/b"), ("$HERE/y", "{here}/y")]
)
def test_paths_start_at_the_folder_of_their_file(load, small, tmp_path, monkeypatch, value, expected):
    monkeypatch.setenv("HERE", "z")
    text = small.replace('use = "bbbc048"', f'use = "bbbc048"\npath = "{value}"')
    wanted = expected.format(folder=tmp_path, parent=tmp_path.parent, here=Path.cwd() / "z")
    assert load(text).columns[0].dataset.path == Path(wanted)


def test_a_path_given_by_set_starts_at_the_current_folder_and_spares_the_undefined_variable(load, small):
    text = small.replace('use = "bbbc048"', 'use = "bbbc048"\npath = "${AUGBENCH_NOWHERE}"')
    assert load(text, sets=["datasets.cells.path=pictures"]).columns[0].dataset.path == Path.cwd() / "pictures"


def test_a_data_set_nests_another(load, small):
    text = small.replace('use = "bbbc048"', 'use = "long-tail"\nof = { use = "bbbc048", shades = [3, 4] }\nratio = 10')
    dataset = load(text).columns[0].dataset
    assert (dataset.ratio, dataset.of.shades) == (10.0, (3, 4))
