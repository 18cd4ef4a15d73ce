"""Remarks on what has no effect."""


def test_a_value_of_a_class_that_a_row_hides_is_remarked(load, example):
    text = example + "fast = { fit.lr = 0.1 }\n"
    (note,) = load(text).notes
    line = text.count("\n")
    assert note.startswith("row 'fast': fit.lr of class 'Prophase' in data set 'cell-cycle' is hidden by ")
    assert note.endswith(f"ablation.toml:{line}")


def test_a_row_that_speaks_of_the_same_class_hides_nothing(load, example):
    assert load(example + "fast = { per-class.Prophase.fit.lr = 0.1 }\n").notes == ()


def test_another_generator_hides_the_parameters_of_a_class(load, example):
    notes = load(example.replace("bank.size = 3000 }", "bank.size = 3000, generator.k = 4 }")).notes
    assert [note.partition(" is hidden")[0] for note in notes] == [
        f"row '{row}': generator.k of class 'Telophase' in data set 'cell-cycle'" for row in ("wgan-gp", "wgan", "gan")
    ]


def test_a_slot_that_no_mix_names_is_remarked_once(load, example):
    notes = load(example + "less = { batch.mix = { generated = 2, linear = 1 } }\n").notes
    assert notes == ("row 'less': batch.mix does not name the augment slot 'rotated', so it makes no images",)


def test_a_fit_of_a_class_that_its_generator_does_not_read_is_remarked(load, example):
    notes = load(example + "whole = { generator = 'whole' }\n").notes
    assert notes == ("row 'whole': generator 'whole' learns all classes at once, so per-class fit of 'Prophase' is not read",)
