"""Effects of single settings over the rows that differ in them alone."""

from collections.abc import Callable
from dataclasses import replace
from statistics import stdev

import pytest

from augbench.comparison import compare
from augbench.comparison.factors import Effectful, effects_of
from augbench.values.results import Predictions, Results, Setting, TrialResult


def row(name: str, *seeds: float, **settings: Setting) -> Effectful:
    """Make a row of scores by seed; an underscore in a setting's name stands for a dot."""
    known = {path.replace("_", "."): value for path, value in settings.items()}
    return Effectful(name=name, label=f"Row {name}", settings={"lr": 0.1, **known}, seeds=dict(enumerate(seeds)))


CROSSED = (
    row("ours", 0.9, 0.8, generator="wgan", generator_clip=1, linear="mixup"),
    row("no-linear", 0.7, 0.7, generator="wgan", generator_clip=1, linear=None),
    row("no-generator", 0.5, 0.6, generator=None, linear="mixup"),
    row("plain", 0.5, 0.4, generator=None, linear=None),
)


def test_an_effect_is_the_mean_over_pairs_that_differ_in_it_alone() -> None:
    effects, _ = effects_of(CROSSED, "ours", 0.95)
    found = {(effect.factor, effect.before, effect.after): effect for effect in effects}
    assert set(found) == {("generator", "none", "wgan"), ("linear", "none", "mixup")}
    generator, linear = found["generator", "none", "wgan"], found["linear", "none", "mixup"]
    assert generator.pairs == (("Row no-generator", "Row ours"), ("Row plain", "Row no-linear"))
    assert dict(generator.seeds) == pytest.approx({0: (0.4 + 0.2) / 2, 1: (0.2 + 0.3) / 2})
    assert (generator.mean, generator.sd) == pytest.approx((0.275, stdev([0.3, 0.25])))
    assert linear.mean == pytest.approx((0.1 + 0.15) / 2)
    assert generator.over_seeds.low < 0.275 < generator.over_seeds.high
    assert effects[0] is generator


def test_an_interaction_is_the_difference_of_two_effects_on_four_rows() -> None:
    _, (found,) = effects_of(CROSSED, "ours", 0.95)
    assert found.factors == ("generator: none -> wgan", "linear: none -> mixup")
    assert found.rows == ("Row plain", "Row no-linear", "Row no-generator", "Row ours")
    # (both - second) - (first - neither), seed by seed.
    assert dict(found.seeds) == pytest.approx({0: (0.9 - 0.5) - (0.7 - 0.5), 1: (0.8 - 0.6) - (0.7 - 0.4)})


def test_rows_that_differ_in_two_settings_say_nothing_of_either() -> None:
    effects, interactions = effects_of((CROSSED[0], CROSSED[3]), "ours", 0.95)
    assert (effects, interactions) == ((), ())


def test_what_a_generator_brings_along_is_no_factor_of_its_own() -> None:
    rows = (row("a", 0.6, generator="gan", fit_lr=0.1, fit_steps=3), row("b", 0.7, generator="wgan", fit_lr=0.2, fit_steps=3))
    (effect,), _ = effects_of(rows, "b", 0.95)
    assert (effect.factor, effect.before, effect.after, effect.mean) == ("generator", "wgan", "gan", pytest.approx(-0.1))
    same = (row("a", 0.6, generator="gan", fit_lr=0.1), row("b", 0.7, generator="gan", fit_lr=0.2))
    (effect,), _ = effects_of(same, "b", 0.95)
    assert (effect.factor, effect.before, effect.after) == ("fit.lr", "0.2", "0.1")


def test_components_of_different_parameters_are_different_levels() -> None:
    rows = (
        row("plain", 0.5, sampler="instance"),
        row("rare", 0.7, sampler="repeat", sampler_threshold=0.1, sampler_power=2),
        row("mixed", 0.6, sampler="instance", linear="mixup"),
        row("both", 0.9, sampler="repeat", sampler_threshold=0.2, sampler_power=2, linear="mixup"),
    )
    effects, interactions = effects_of(rows, "plain", 0.95)
    assert {(each.after, each.pairs) for each in effects if each.factor == "sampler"} == {
        ("repeat (threshold = 0.1)", (("Row plain", "Row rare"),)),
        ("repeat (threshold = 0.2)", (("Row mixed", "Row both"),)),
    }
    assert {each.before for each in effects if each.factor == "sampler"} == {"instance"}
    # The square is none: its sides differ.
    assert interactions == ()
    # Where all have the same, it is one level, and needs no more than its name.
    same = [
        replace(each, settings={**each.settings, "sampler.threshold": 0.1} if "rare" in each.name or "both" in each.name else each.settings)
        for each in rows
    ]
    effects, interactions = effects_of(same, "plain", 0.95)
    assert [(each.after, len(each.pairs)) for each in effects if each.factor == "sampler"] == [("repeat", 2)]
    assert len(interactions) == 1


def test_a_generator_that_was_fitted_otherwise_is_another_level() -> None:
    rows = (
        row("plain", 0.5, generator=None, fit_steps=3),
        row("short", 0.6, generator="wgan", fit_steps=10),
        row("long", 0.7, generator="wgan", fit_steps=20),
    )
    effects, _ = effects_of(rows, "plain", 0.95)
    assert [(each.factor, each.before, each.after) for each in effects] == [
        ("generator", "none", "wgan (fit.steps = 20)"),
        ("generator", "none", "wgan (fit.steps = 10)"),
    ]


def test_values_are_measured_from_the_controls_where_no_row_lacks_the_setting() -> None:
    rows = [row(name, score, loss=name) for name, score in (("ce", 0.5), ("focal", 0.6), ("ldam", 0.8))]
    effects, _ = effects_of(rows, "focal", 0.95)
    assert [(effect.before, effect.after) for effect in effects] == [("focal", "ldam"), ("focal", "ce")]


def test_seeds_that_a_row_lacks_are_left_out_and_one_seed_has_no_interval() -> None:
    rows = (row("a", 0.5, 0.6, 0.7, loss="ce"), row("b", 0.6, loss="focal"))
    (effect,), _ = effects_of(rows, "a", 0.95)
    assert effect.seeds == ((0, pytest.approx(0.1)),)
    assert (effect.sd, effect.over_seeds) == (None, None)
    apart = Effectful(name="c", label="c", settings={"lr": 0.1, "loss": "x"}, seeds={9: 0.5})
    assert effects_of((rows[0], apart), "a", 0.95) == ((), ())


def test_a_seed_of_which_folds_are_missing_and_a_row_on_other_images_have_no_effect(
    make_trial: Callable[..., TrialResult], make_results: Callable[..., Results], make_predictions: Callable[..., Predictions]
) -> None:
    other = replace(make_predictions(0), ids=tuple(reversed(make_predictions(0).ids)))
    trials = [make_trial(name, seed, 3 + fold, fold=fold) for name in ("control", "row", "elsewhere") for seed in (0, 1) for fold in (0, 1)]
    trials = [replace(each, test=other) if each.row == "elsewhere" else each for each in trials]
    trials = [replace(each, status="pending", test=None) if each.trial == "data/row/s1/f0" else each for each in trials]
    settings = {"data": {"control": {"loss": "ce"}, "row": {"loss": "focal"}, "elsewhere": {"loss": "ldam"}}}
    (column,) = compare(make_results(trials, settings=settings)).columns
    (effect,) = column.factors
    assert (effect.after, effect.seeds) == ("focal", ((0, 0.0),))
