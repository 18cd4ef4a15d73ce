"""Of each setting one can ask which line of the file set it, in which rows, and what that hides."""

from __future__ import annotations

import pytest

from augbench.matrix.explain import explain
from augbench.values.errors import ConfigError, UnknownSetting


@pytest.fixture
def ask(tmp_path, registry):
    """Return a function that explains a setting of a text: a list of (value, cells, steps)."""

    def asked(text: str, setting: str, **options):
        file = tmp_path / "ablation.toml"
        file.write_text(text)
        lines = text.splitlines()
        found = []
        for each in explain(setting, file, registry, **options).settings:
            steps = [f"{step.layer} {step.value}" for step in each.steps]
            for step in each.steps:
                # A place is that of the value, or of the preset or component that stands for it.
                if step.where is not None and step.where.file == str(file):
                    assert step.where.source == lines[step.where.line - 1]
            found.append((each.path, each.value, sorted(f"{column}/{row}" for row, column in each.cells), steps))
        return found

    return asked


def only(found: list) -> tuple:
    (one,) = found
    return one


def test_a_value_of_the_base_counts_everywhere(ask, small):
    assert ask(small, "training.length.steps") == [("training.length.steps", 10, ["cells/plain"], ["base 10"])]


def test_later_layers_come_first_and_say_what_they_hide(ask, small):
    text = (
        small.replace("[datasets.cells]", "[datasets.cells]\nset.training.lr = 0.2").replace("[base]", "[base]\ntraining.lr = 0.1")
        + 'more = { training.lr = 0.3, on.cells.training.lr = 0.4 }\n[axes]\n"training.lr" = [0.5]\n'
    )
    text = text.replace('control = "plain"', 'control = "plain[training.lr=0.5]"')
    found = ask(text, "training.lr", only=["more"], sets=["training.lr=0.6"])
    assert only(found) == (
        "training.lr",
        0.6,
        ["cells/more[training.lr=0.5]"],
        ["--set 0.6", "axes 0.5", "rows.more.on.cells 0.4", "rows.more 0.3", "datasets.cells 0.2", "base 0.1"],
    )


def test_the_place_is_that_of_the_value(ask, small, tmp_path, registry):
    ask(small, "backbone")
    (step,) = explain("backbone", tmp_path / "ablation.toml", registry).settings[0].steps
    assert (str(step.where), step.where.source) == (f"{tmp_path / 'ablation.toml'}:5:12", 'backbone = "small"')


def test_rows_with_one_origin_are_told_together(ask, example):
    found = {value: cells for _, value, cells, _ in ask(example, "generator")}
    assert found["gan"] == ["cell-cycle/gan", "rbc/gan"]
    assert len(found["wgan-div"]) == 10


def test_defaults_of_every_kind_are_named(ask, small):
    text = small.replace('backbone = "small"', 'backbone = "small"\ngenerator = "wgan-div"\nbatch.mix.generated = 1')

    def source(setting: str) -> str:
        return only(ask(text, setting))[3][0]

    assert source("backbone.width") == "default of backbone 'small' 16"
    assert source("training.lr") == "default of augbench 0.01"
    assert source("training.optimizer") == "default of augbench sgd"
    assert source("training.optimizer.momentum") == "default of augbench 0.9"
    assert source("generator.optimizer.betas") == "default of generator 'wgan-div' [0.0, 0.9]"
    assert source("fit.iterations") == "official preset of generator 'wgan-div' 1000"
    assert source("predict") == "default of augbench None"


def test_an_optimizer_that_is_named_has_its_own_defaults(ask, small):
    text = small + 'named = { training.optimizer = "sgd" }\n'
    assert only(ask(text, "training.optimizer.momentum", only=["named"]))[3] == ["default of optimizer 'sgd' 0.0"]


def test_defaults_of_the_file_and_presets_are_named(ask, small):
    text = (
        small.replace('backbone = "small"', 'backbone = "small"\ngenerator = "wgan-div"\nbatch.mix.generated = 1')
        + 'preset = { generator.preset = "small" }\n[defaults.generator]\nwgan-div = { p = 4.0, preset = "official" }\n'
    )
    assert only(ask(text, "generator.p"))[3] == ["defaults.generator.wgan-div 4.0"]
    steps = {cells[0]: steps for _, _, cells, steps in ask(text, "generator.k")}
    assert steps["cells/plain"] == ["defaults.generator.wgan-div, preset 'official' 10.0"]
    assert steps["cells/preset"] == ["rows.preset, preset 'small' 3.0", "defaults.generator.wgan-div, preset 'official' 10.0"]
    steps = {cells[0]: steps for _, _, cells, steps in ask(text, "fit.lr")}
    assert steps == {
        "cells/plain": ["defaults.generator.wgan-div, preset 'official' 0.0002"],
        "cells/preset": ["rows.preset, preset 'small' 0.001"],
    }


def test_what_was_said_of_a_component_that_was_swapped_is_not_hidden_but_gone(ask, small):
    text = small.replace("[base]", '[base]\naugment.a = { use = "mixup", low = 0.1, sources = "originals" }\nbatch.mix = { a = 1 }')
    text += 'swapped = { augment.a = "vh-mixup" }\nagain = { augment.a = { use = "vh-mixup", low = 0.3 } }\n'
    steps = {cells[0]: steps for _, _, cells, steps in ask(text, "augment.a.low")}
    assert steps["cells/plain"] == ["base 0.1"]
    assert steps["cells/again"] == ["rows.again 0.3"]
    assert steps["cells/swapped"][0].startswith("default of augmenter ")
    # The keys of the harness beside it survive.
    assert only(ask(text, "augment.a.sources"))[3] == ["base originals"]


def test_an_emptied_slot_says_who_emptied_it(ask, example):
    text = example + "none = { generator = false, batch.mix = { originals = 1 } }\n"
    found = {value: steps for _, value, _, steps in ask(text, "generator", only=["none"])}
    assert found == {None: ["rows.none None", "base wgan-div"]}
    assert "rbc/none" not in [cell for _, _, cells, _ in ask(text, "generator.optimizer") for cell in cells]


def test_a_table_is_explained_setting_by_setting(ask, small):
    paths = [path for path, *_ in ask(small, "training.length")]
    assert paths == ["training.length.epochs", "training.length.of", "training.length.steps"]


def test_steps_take_the_place_of_epochs(ask, small):
    text = small.replace("training.length.steps = 10", "training.length.epochs = 3") + "steps = { training.length = { steps = 5 } }\n"
    steps = {cells[0]: steps for _, _, cells, steps in ask(text, "training.length.epochs")}
    assert steps == {"cells/plain": ["base 3.0"], "cells/steps": ["rows.steps None", "base 3.0"]}


def test_parts_of_a_mix_and_components_of_a_list_have_places_too(ask, example):
    assert only(ask(example, "batch.mix.linear", only=["ours"]))[3] == ["base 1.0"]
    assert only(ask(example, "transforms", only=["ours"]))[3] == ["base [flips, brightness]"]
    assert only(ask(example, "transforms.brightness.high", only=["ours"]))[3] == ["base 1.5"]
    text = example + "none = { transforms = [] }\n"
    assert only(ask(text, "transforms", only=["none"]))[3] == ["rows.none []", "base [flips, brightness]"]


def test_a_class_may_have_a_place_of_its_own(ask, example):
    assert only(ask(example, "per-class.Prophase.fit.lr", only=["cell-cycle/ours"]))[3] == ["datasets.cell-cycle 2e-05", "base 0.0002"]
    assert only(ask(example, "per-class.Anaphase.batch.n", only=["cell-cycle/ours"]))[3] == ["datasets.cell-cycle 2", "base 1"]
    assert only(ask(example, "per-class.Telophase.fit.lr", only=["cell-cycle/ours"]))[3] == ["base 0.0002"]


def test_a_slot_s_name_may_hold_dots(ask, small):
    text = small.replace("[base]", '[base]\naugment."a.b" = { use = "mixup", low = 0.1 }\nbatch.mix = { "a.b" = 1 }')
    assert only(ask(text, "augment.a.b.low"))[3] == ["base 0.1"]
    assert only(ask(text, "batch.mix.a.b"))[3] == ["base 1.0"]


def test_files_that_extend_others_are_told_apart(small, tmp_path, registry):
    (tmp_path / "base.toml").write_text(small)
    (tmp_path / "ablation.toml").write_text('extends = "base.toml"\n[rows]\nmore = { training.length.steps = 20 }\n')
    found = explain("training.length.steps", tmp_path / "ablation.toml", registry).settings
    files = {each.value: [step.where.file.rpartition("/")[2] for step in each.steps] for each in found}
    assert files == {10: ["base.toml"], 20: ["ablation.toml", "base.toml"]}


def test_a_misspelt_setting_is_told_with_a_suggestion(ask, small):
    with pytest.raises(UnknownSetting, match=r"^no row has a setting 'trainig\.lr'; did you mean 'training\.lr'\?$"):
        ask(small, "trainig.lr")
    with pytest.raises(UnknownSetting, match=r"did you mean 'training\.length'"):
        ask(small, "training.lenght")
    with pytest.raises(UnknownSetting):
        ask(small, "training.")


def test_a_file_with_problems_is_refused_as_ever(ask, small):
    with pytest.raises(ConfigError, match="no setting called 'trainig'"):
        ask(small + "more = { trainig.lr = 1.0 }\n", "training.lr")
