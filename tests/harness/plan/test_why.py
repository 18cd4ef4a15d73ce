"""A stage that will run says how it differs from the nearest artefact, and what that follows from."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from augbench.plan.cost import needed
from augbench.plan.plan import Plan
from augbench.plan.summary import Summary
from augbench.plan.tasks import REVISIONS, Stage
from augbench.plan.telling import brief, grouped, nearest_words, reason_words, why_lines, why_words
from augbench.plan.why import Reasons, Why, reasons
from augbench.values.settings import AugmentSlot, Bank, ClassSettings, Length
from augbench.values.synthesis import Fit
from support.plans import made, plan_of, stages_of
from support.toys import Blend, BlendNext, Dots, MeanNoise, MeanNoiseTwin, Shift, Tilt, settings

Store = dict[str, Summary]


def store_of(*plans: Plan) -> Store:
    return made(stage for plan in plans for stage in stages_of(plan))


def called(component: str) -> str:
    return component.rpartition(":")[2].lower()


def explained(plan: Plan, store: Store) -> tuple[Reasons, list[Stage]]:
    stages = stages_of(plan)
    return reasons(stages, store.values()), [stage for stage in stages if stage.key not in store]


def whys(plan: Plan, store: Store) -> dict[str, str]:
    """Return the words for each kind that runs; of several stages of a kind, the first."""
    known, stages = explained(plan, store)
    return {stage.kind: why_words(known.why(stage), called) for stage in reversed(stages)}


def why(plan: Plan, store: Store, kind: str) -> Why:
    known, stages = explained(plan, store)
    return known.why(next(stage for stage in stages if stage.kind == kind))


def told(plan: Plan, store: Store) -> dict[tuple[str, str], int]:
    known, stages = explained(plan, store)
    return {(reason.kind, reason_words(reason, called)): len(reason.stages) for reason in grouped(known, stages)}


def training(**changes):
    return settings(training=replace(settings().training, **changes))


def test_where_nothing_is_stored_a_stage_is_the_first_of_its_kind():
    assert set(whys(plan_of(), {}).values()) == {"none is stored yet"}


def test_a_setting_that_differs_is_named_with_both_values():
    assert whys(plan_of(training(lr=0.01)), store_of(plan_of())) == {
        "train": "training.lr: 0.05 -> 0.01",
        "evaluate": "its classifier is another (train dots/r0/s0: training.lr: 0.05 -> 0.01)",
    }


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        (settings(fit=Fit(lr=0.2, iterations=3)), "fit-generator", "fit.lr: 0.1 -> 0.2"),
        (settings(fit=Fit(lr=0.1, iterations=3, scope="train")), "fit-generator", "fit.scope: fold -> train"),
        (settings(generator=MeanNoiseTwin()), "fit-generator", "generator: meannoise -> meannoisetwin"),
        (settings(generator=MeanNoise(noise=0.2)), "fit-generator", "generator.noise: 0.1 -> 0.2"),
        (settings(bank=Bank(size=7)), "synthesise", "bank.size: 6 -> 7"),
        (settings(predict=Tilt()), "evaluate", "predict: – -> tilt"),
        (settings(transforms=()), "train", "transforms: [shift, shift] -> –"),
        (settings(transforms=(Shift(),)), "train", "transforms: [shift, shift] -> [shift]"),
        (settings(transforms=(Shift(), Shift(amount=0.3))), "train", "transforms.2.amount: 0.05 -> 0.3"),
        (settings(augment={"linear": AugmentSlot(augmenter=Blend(low=0.3))}), "train", "augment.linear.low: 0.2 -> 0.3"),
        (
            settings(augment={"linear": AugmentSlot(augmenter=Blend(), sources="originals")}),
            "train",
            "augment.linear.sources: both -> originals",
        ),
        (training(length=Length(steps=80)), "train", "training.length.steps: 70 -> 80"),
        (training(length=Length(epochs=2)), "train", "training.length.epochs: – -> 2, training.length.steps: 70 -> –"),
        (settings(batch=replace(settings().batch, size=9)), "train", "batch.size: 8 -> 9"),
        (settings(batch=replace(settings().batch, n=2)), "train", "batch.n.c: 1 -> 2"),
        (settings(numerics=replace(settings().numerics, precision="bf16")), "train", "numerics.precision: fp32 -> bf16"),
    ],
)
def test_settings_have_the_names_that_a_matrix_gives_them(changed, kind: str, words: str):
    assert whys(plan_of(changed), store_of(plan_of()))[kind] == words


def test_parameters_of_another_component_are_no_differences_of_their_own():
    changed = settings(augment={"linear": AugmentSlot(augmenter=Shift(), probability=0.5)})
    found = why(plan_of(changed), store_of(plan_of()), "train").differences
    assert [(one.path, one.what, one.before, one.after) for one in found] == [
        ("augment.linear", "component", "support.toys:Blend", "support.toys:Shift"),
        ("augment.linear.probability", "value", 1.0, 0.5),
    ]


def test_code_that_changed_is_told_by_its_component():
    def other(component: type) -> str:
        return "changed" if component is Blend else "code"

    found = why(plan_of(code=other), store_of(plan_of()), "train")
    assert why_words(found, called) == "code of augmenter blend changed"
    (one,) = found.differences
    assert (one.what, one.before, one.after, one.component) == ("code", "code", "changed", "support.toys:Blend")


@pytest.mark.parametrize(
    ("component", "words"), [("Descent", "optimizer descent"), ("Linear", "backbone linear"), ("Shift", "augmenter shift")]
)
def test_the_kind_of_a_component_is_that_of_its_slot(component: str, words: str):
    def other(one: type) -> str:
        return "changed" if one.__name__ == component else "code"

    assert f"code of {words} changed" in whys(plan_of(code=other), store_of(plan_of()))["train"]


def test_a_chain_is_followed_to_its_root():
    plan, store = plan_of(settings(fit=Fit(lr=0.2, iterations=3))), store_of(plan_of())
    found = why(plan, store, "evaluate")
    assert [cause.role for cause in found.causes] == ["classifier"]
    assert [cause.role for cause in found.causes[0].why.causes] == ["bank/c"]
    (root,) = found.roots()
    assert (root.kind, root.label, root.differences[0].path) == ("fit-generator", "fit MeanNoise to c, seed 0", "fit.lr")
    assert why_words(found.causes[0].why, called) == (
        "its bank of c is another (draw 6 images of c from MeanNoise, seed 0: its generator is another "
        "(fit MeanNoise to c, seed 0: fit.lr: 0.1 -> 0.2))"
    )


def test_a_new_seed_is_no_difference_of_settings():
    assert set(whys(plan_of(seeds=[3]), store_of(plan_of(seeds=[0, 1]))).values()) == {"new seed 3"}


def test_a_new_fold_and_another_number_of_folds_are_told_apart():
    store = {key: one for key, one in store_of(plan_of(folds=3)).items() if (one.identity["resample"] or {}).get("fold") != 2}
    assert set(whys(plan_of(folds=3), store).values()) == {"new fold 2"}
    assert whys(plan_of(folds=3), store_of(plan_of(folds=2)))["train"] == "folds: 2 -> 3"


def test_a_seed_that_was_seen_with_other_settings_names_the_settings():
    store = store_of(plan_of(seeds=[0, 1]), plan_of(training(lr=0.5), seeds=[0]))
    assert whys(plan_of(training(lr=0.01), seeds=[1]), store)["train"] == "training.lr: 0.05 -> 0.01"
    assert why(plan_of(training(lr=0.01), seeds=[1]), store, "train").nearest.label == "train dots/r0/s1"


def test_the_nearest_has_the_fewest_differences():
    far = training(lr=0.01, checks=5, length=Length(steps=10))
    store = store_of(plan_of(far), plan_of(training(lr=0.02)), plan_of(settings(transforms=())))
    assert whys(plan_of(training(lr=0.01)), store)["train"] == "training.lr: 0.02 -> 0.01"


def test_of_two_that_are_as_near_the_newest_is_named():
    older, newer = store_of(plan_of(training(lr=0.1))), store_of(plan_of(training(lr=0.2)))
    assert whys(plan_of(), newer | older)["train"] == "training.lr: 0.2 -> 0.05"
    assert whys(plan_of(), older | newer)["train"] == "training.lr: 0.1 -> 0.05"


def test_the_same_class_is_nearer_than_fewer_differences():
    store = store_of(plan_of(settings(fit=Fit(lr=0.3, iterations=9))), plan_of(settings(fit=Fit(lr=0.1, iterations=4)), minority=("b",)))
    assert whys(plan_of(), store)["fit-generator"] == "fit.iterations: 9 -> 3, fit.lr: 0.3 -> 0.1"
    only_b = {key: one for key, one in store.items() if one.identity["settings"].get("target") != "c"}
    assert whys(plan_of(), only_b)["fit-generator"] == "fit.iterations: 4 -> 3, class c instead of b"


def test_of_equal_rows_each_stage_is_compared_with_what_reads_its_like():
    rows = [training(lr=0.1), training(lr=0.2), training(lr=0.3)]
    moved = [training(lr=0.1, checks=1), training(lr=0.2, checks=1), training(lr=0.3, checks=1)]
    known, stages = explained(plan_of(*moved), store_of(plan_of(*rows)))
    words = {why_words(known.why(stage), called).partition(": ")[2] for stage in stages if stage.kind == "evaluate"}
    assert words == {"training.checks: 2 -> 1)"}


def test_other_data_are_told_by_their_preparation():
    plan = plan_of(dataset=Dots(seed=1))
    found = whys(plan, store_of(plan_of()))
    assert found["prepare"] == "data changed (digest dots-0 -> dots-1), dataset.seed: 0 -> 1"
    assert {root.kind for root in why(plan, store_of(plan_of()), "evaluate").roots()} == {"prepare"}
    assert told(plan, store_of(plan_of()))["train", "prepare: data changed (digest dots-0 -> dots-1), dataset.seed: 0 -> 1"] == 1


def test_other_rows_on_the_same_data_are_nearer_than_equal_settings_on_others():
    elsewhere = store_of(plan_of(training(lr=0.3), dataset=Dots(seed=1)))
    assert whys(plan_of(training(lr=0.3)), store_of(plan_of()) | elsewhere)["train"] == "training.lr: 0.05 -> 0.3"


def test_an_input_that_differs_beside_a_setting_is_told_too():
    plan = plan_of(settings(fit=Fit(lr=0.2, iterations=3), training=replace(settings().training, lr=0.01)))
    found = why(plan, store_of(plan_of()), "train")
    assert why_lines(found, called) == [
        "training.lr: 0.05 -> 0.01",
        "its bank of c is another, of draw 6 images of c from MeanNoise, seed 0:",
        "  its generator is another, of fit MeanNoise to c, seed 0:",
        "    fit.lr: 0.1 -> 0.2",
    ]
    assert told(plan, store_of(plan_of()))["evaluate", "train: training.lr: 0.05 -> 0.01; fit-generator: fit.lr: 0.1 -> 0.2"] == 1


def test_what_a_stage_and_its_input_have_in_common_is_told_once():
    changed = settings(numerics=replace(settings().numerics, threads=2))
    assert set(whys(plan_of(changed), store_of(plan_of())).values()) == {"numerics.threads: 1 -> 2"}


def test_an_input_that_is_read_no_more_is_named():
    two = settings(
        generator=None, per_class={name: ClassSettings(generator=MeanNoise(), fit=Fit(lr=0.1), bank=Bank(size=6), n=1) for name in "bc"}
    )
    one = replace(two, per_class={**two.per_class, "b": replace(two.per_class["b"], generator=None)})
    assert (
        whys(plan_of(one, minority=("b", "c")), store_of(plan_of(two, minority=("b", "c"))))["train"]
        == "its bank of b is another (bank/b: bank of b is no longer read)"
    )
    assert "bank of b is read now" in whys(plan_of(two, minority=("b", "c")), store_of(plan_of(one, minority=("b", "c"))))["train"]


def test_tables_are_inputs_too():
    slot = {"linear": AugmentSlot(augmenter=BlendNext())}
    plan = plan_of(settings(augment=slot, fit=Fit(lr=0.2, iterations=3)))
    assert [cause.role for cause in why(plan, store_of(plan_of(settings(augment=slot))), "train").causes] == ["bank/c", "table/linear"]


def test_an_input_of_which_nothing_is_known_any_more_is_another():
    store = store_of(plan_of())
    plan = plan_of(settings(bank=Bank(size=7)))
    banks = {stage.key for stage in stages_of(plan, "synthesise")}
    forgotten = {key: one for key, one in store.items() if one.kind != "synthesise"}
    known = reasons(stages_of(plan), forgotten.values(), stored=banks | forgotten.keys())
    (train,) = stages_of(plan, "train")
    assert why_words(known.why(train), called) == "bank.size.c: 6 -> 7"
    (tested,) = stages_of(plan_of(settings(fit=Fit(lr=0.2, iterations=3))), "train")
    other = plan_of(settings(fit=Fit(lr=0.2, iterations=3)))
    known = reasons(stages_of(other), forgotten.values(), stored={stage.key for stage in stages_of(other, "synthesise")} | forgotten.keys())
    assert why_words(known.why(tested), called) == (
        "its bank of c is another (draw 6 images of c from MeanNoise, seed 0: another one was read before)"
    )


def test_what_was_made_once_and_is_not_stored_is_gone():
    plan = plan_of()
    (train,) = stages_of(plan, "train")
    known = reasons(stages_of(plan), store_of(plan_of(seeds=[1])).values(), made={train.key})
    assert why_words(known.why(train), called) == "it was made before, and is gone"


def test_an_artefact_of_another_revision_says_so():
    def before(one: Summary) -> Summary:
        return replace(one, key=f"old {one.key}", identity={**one.identity, "revision": 0})

    store = {f"old {key}": before(one) for key, one in store_of(plan_of()).items() if one.kind == "prepare"}
    assert whys(plan_of(), store)["prepare"] == f"augbench changed (revision 0 -> {REVISIONS['prepare']})"


def test_artefacts_of_other_versions_harm_nobody():
    odd = [{}, {"settings": None, "inputs": 3}, {"settings": {"training": [{}], "target": []}}, {"resample": {"digest": {}}}]
    store = {str(n): Summary(key=str(n), kind="train", label="odd", identity=one, seconds=1, bytes=1) for n, one in enumerate(odd)}
    assert why(plan_of(), store, "train").answer == "settings"


def test_stages_with_one_reason_are_told_together():
    rows = [settings(), settings(transforms=()), settings(batch=replace(settings().batch, size=9))]
    slower = [replace(row, training=replace(row.training, lr=0.01)) for row in rows]
    store = store_of(plan_of(*rows, seeds=[0, 1]))
    assert told(plan_of(*slower, seeds=[0, 1]), store) == {
        ("train", "training.lr: 0.05 -> 0.01"): 6,
        ("evaluate", "train: training.lr: 0.05 -> 0.01"): 6,
    }


def test_new_seeds_are_told_together_and_apart_from_what_else_changed():
    store = store_of(plan_of(seeds=[0]))
    assert told(plan_of(seeds=[0, 1, 2, 5]), store)["train", "new seeds 1, 2 and 5"] == 3
    found = told(plan_of(settings(fit=Fit(lr=0.2, iterations=3)), seeds=[0, 1]), store)
    assert found["fit-generator", "fit.lr: 0.1 -> 0.2"] == 2
    assert found["train", "fit-generator: fit.lr: 0.1 -> 0.2"] == 2
    found = told(plan_of(training(lr=0.3), seeds=[0, 1]), store_of(plan_of(training(lr=0.3)), plan_of(seeds=[0, 1])))
    assert found == {("train", "new seed 1"): 1, ("evaluate", "new seed 1"): 1}


def test_many_differences_are_counted_after_the_first():
    changed = training(lr=0.01, checks=3, select="best", length=Length(steps=10))
    assert whys(plan_of(changed), store_of(plan_of()))["train"] == (
        "training.checks: 2 -> 3, training.length.steps: 70 -> 10, training.lr: 0.05 -> 0.01, 1 more difference"
    )


def test_the_nearest_is_named_with_its_day():
    (summary,) = made(stages_of(plan_of(), "train")).values()
    assert nearest_words(summary) == "train dots/r0/s0"
    assert nearest_words(replace(summary, made=time.mktime((2026, 11, 26, 12, 0, 0, 0, 0, -1)))) == "train dots/r0/s0, 2026-11-26"
    assert nearest_words(None) == ""


def test_a_reason_can_be_written_as_json():
    found = why(plan_of(settings(fit=Fit(lr=0.2, iterations=3))), store_of(plan_of()), "train").as_json()
    assert json.loads(json.dumps(found)) == found
    assert (found["answer"], found["causes"][0]["role"], found["nearest"]["label"]) == ("inputs", "bank/c", "train dots/r0/s0")
    cause = found["causes"][0]["causes"][0]
    assert cause["differences"] == [{"path": "fit.lr", "what": "value", "before": 0.1, "after": 0.2, "component": None}]


def test_only_what_a_run_would_do_is_explained():
    plan = plan_of(training(lr=0.01), stored=["prepare", "synthesise"])
    known = reasons(stages_of(plan), store_of(plan_of()).values())
    assert [reason.kind for reason in grouped(known, needed(plan))] == ["train", "evaluate"]


def test_a_component_that_comes_or_goes_is_one_difference():
    many = AugmentSlot(augmenter=BlendNext(), pairing="any", probability=0.5)
    with_two = settings(
        augment={"linear": AugmentSlot(augmenter=Blend()), "other": many},
        batch=replace(settings().batch, mix={"linear": 1.0, "other": 1.0}),
    )
    without = settings(batch=replace(settings().batch, mix={"linear": 1.0}))
    store = store_of(
        plan_of(with_two), plan_of(replace(without, transforms=(), bank=Bank(size=9), numerics=replace(without.numerics, threads=4)))
    )
    found = why(plan_of(without), store, "train")
    assert [(one.path, one.after) for one in found.differences] == [("augment.other", None), ("batch.mix.other", None)]


def test_reasons_that_are_part_of_another_are_not_told_twice():
    changed = settings(generator=MeanNoiseTwin(), fit=Fit(lr=0.2, iterations=3))
    words = "fit-generator: generator: meannoise -> meannoisetwin, fit.lr: 0.1 -> 0.2"
    assert {what: number for what, number in told(plan_of(changed), store_of(plan_of())).items() if what[0] != "fit-generator"} == {
        ("synthesise", words): 1,
        ("train", words): 1,
        ("evaluate", words): 1,
    }


def test_an_input_that_comes_with_another_setting_is_no_reason_of_its_own():
    plain = settings(generator=None, batch=replace(settings().batch, mix={"originals": 1.0}))
    found = why(plan_of(), store_of(plan_of(plain)), "train")
    assert found.causes == ()
    assert {one.path for one in found.differences} == {"augment.linear", "batch.mix.generated", "batch.mix.linear", "batch.mix.originals"}


def test_a_table_tells_each_reason_where_it_is_at_home():
    rows = [training(lr=0.01), settings(fit=Fit(lr=0.2, iterations=3))]
    known, stages = explained(plan_of(*rows), store_of(plan_of()))
    assert [(line.kind, line.count, line.words) for line in brief(grouped(known, stages), called)] == [
        ("fit-generator", 1, "fit.lr: 0.1 -> 0.2"),
        ("synthesise", 1, "follows fit-generator"),
        ("train", 1, "training.lr: 0.05 -> 0.01"),
        ("train", 1, "follows fit-generator"),
        ("evaluate", 1, "follows train"),
        ("evaluate", 1, "follows fit-generator"),
    ]


def test_a_reason_that_is_at_home_in_a_stored_stage_is_told_where_it_matters():
    other = settings(fit=Fit(lr=0.2, iterations=3))
    banks = [stage for stage in stages_of(plan_of(other)) if stage.kind in ("prepare", "fit-generator", "synthesise")]
    known, stages = explained(plan_of(other), store_of(plan_of()) | made(banks))
    assert [(line.kind, line.words) for line in brief(grouped(known, stages), called)] == [
        ("train", "fit-generator: fit.lr: 0.1 -> 0.2"),
        ("evaluate", "fit-generator: fit.lr: 0.1 -> 0.2"),
    ]
