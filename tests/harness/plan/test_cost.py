"""What stages will cost is told by the nearest that were made before, and every estimate says what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest

from augbench.plan.cost import Cost, Estimate, costs, needed, ranks, total, words
from augbench.plan.plan import Plan
from augbench.plan.summary import Summary
from augbench.values.data import Probe, Resize
from augbench.values.settings import Bank, Length, Settings
from augbench.values.synthesis import Fit
from support.plans import made, plan_of, stages_of
from support.toys import Dots, MeanNoise, MeanNoiseTwin, settings


@dataclass(frozen=True, kw_only=True)
class Doubled(Resize):
    """Images of 16 x 16."""

    def shape(self) -> tuple[int, int]:
        return 16, 16

    def apply(self, image):
        return image.repeat(2, 0).repeat(2, 1)


def cost_of(kind: str, plan: Plan, summaries: dict[str, Summary], probes: Iterable[Probe] = ()) -> Cost:
    found = costs(stages_of(plan), summaries, probes)
    (cost,) = {found[stage.key] for stage in stages_of(plan, kind)}
    return cost


def training(**changes) -> Settings:
    return settings(training=replace(settings().training, **changes))


def test_a_stage_that_was_made_before_costs_what_it_did():
    plan = plan_of()
    assert cost_of("train", plan, made(stages_of(plan, "train"), 7.0)) == Cost(seconds=7.0, bytes=10, basis="measured")


def test_another_seed_costs_the_median_of_those_made():
    before = made(stages_of(plan_of(seeds=range(5)), "train"), 1.0)
    assert cost_of("train", plan_of(seeds=[9]), before) == Cost(seconds=3.0, bytes=10, basis="alike")


def test_other_inputs_are_alike():
    before = made(stages_of(plan_of(settings(fit=Fit(lr=0.3, iterations=3))), "train"), 4.0)
    assert cost_of("train", plan_of(), before).basis == "alike"


def test_equal_settings_on_another_data_set_are_not_alike():
    before = made(stages_of(plan_of(), "evaluate"), 4.0)
    bigger = Dots(seed=1, test=(12, 8, 6))
    probes = [Dots().probe(), bigger.probe()]
    assert cost_of("evaluate", plan_of(dataset=bigger), before, probes) == Cost(seconds=8.0, bytes=20, basis="scaled")


@pytest.mark.parametrize(
    ("kind", "changed", "factor", "size"),
    [
        ("train", training(length=Length(steps=140)), 2.0, 10),
        ("train", training(length=Length(epochs=70), lr=0.01), 70 * 24 / (70 * 8), 10),
        ("train", training(length=Length(epochs=70, of="pool")), 70 * (24 + 6) / (70 * 8), 10),
        ("fit-generator", settings(fit=Fit(lr=0.1, iterations=30)), 10.0, 10),
        ("synthesise", settings(bank=Bank(size=60)), 10.0, 100),
    ],
    ids=["steps", "epochs", "epochs of the pool", "iterations", "images of a bank"],
)
def test_other_settings_of_the_same_component_cost_in_proportion_to_their_work(kind: str, changed: Settings, factor: float, size: int):
    before = made(stages_of(plan_of(), kind), 4.0)
    cost = cost_of(kind, plan_of(changed), before, [Dots().probe()])
    assert (cost.seconds, cost.bytes, cost.basis) == (pytest.approx(4.0 * factor), size, "scaled")


def test_folds_see_fewer_images_than_all():
    # 24 + 13 images for training and validation, of which a fold of four leaves three quarters.
    before = made(stages_of(plan_of(training(length=Length(steps=70))), "train"), 4.0)
    cost = cost_of("train", plan_of(training(length=Length(epochs=1)), folds=4), before, [Dots().probe()])
    assert cost.seconds == pytest.approx(4.0 * (37 * 0.75) / (70 * 8))


def test_larger_images_cost_more():
    before = made(stages_of(plan_of()), 4.0)
    plan = plan_of(resize=Doubled())
    both = [*stages_of(plan_of()), *stages_of(plan)]
    found = costs(both, {key: one for key, one in before.items() if one.kind == "fit-generator"}, [Dots().probe()])
    small, large = (found[stage.key].seconds for stage in both if stage.kind == "fit-generator")
    assert large == pytest.approx(4 * small)


def test_another_component_costs_what_its_kind_does():
    before = made(stages_of(plan_of(), "fit-generator"), 4.0)
    assert cost_of("fit-generator", plan_of(settings(generator=MeanNoiseTwin())), before) == Cost(seconds=4.0, bytes=10, basis="kind")


def test_parameters_of_a_generator_may_differ():
    before = made(stages_of(plan_of(), "fit-generator"), 4.0)
    assert cost_of("fit-generator", plan_of(settings(generator=MeanNoise(noise=0.2))), before).basis == "scaled"


def test_where_nothing_is_known_an_estimate_is_a_guess():
    plan = plan_of()
    assert {cost.basis for cost in costs(stages_of(plan), {}).values()} == {"guess"}
    assert set(costs(stages_of(plan), {})) == {stage.key for stage in stages_of(plan)}


def test_a_guess_grows_with_the_work():
    short, long = (cost_of("train", plan_of(training(length=Length(steps=steps))), {}, [Dots().probe()]) for steps in (70, 70_000))
    assert long.seconds > 10 * short.seconds > 0
    # Images are stored as they are: a byte for each of their numbers.
    (bank,) = {cost_of("synthesise", plan_of(settings(bank=Bank(size=50))), {}, [Dots().probe()]).bytes}
    assert bank == 50 * 3 * 8 * 8


def test_an_artefact_of_another_version_harms_nobody():
    odd = {
        str(number): Summary(key=str(number), kind="train", label="", identity=identity, seconds=2.0, bytes=1)
        for number, identity in enumerate(
            [{}, {"settings": None}, {"settings": {"training": 3}, "resample": {"digest": 3}}, {"inputs": None}]
        )
    }
    assert cost_of("train", plan_of(), odd).basis == "kind"


def test_what_is_needed_is_what_open_trials_lack():
    assert [stage.kind for stage in needed(plan_of())] == ["prepare", "fit-generator", "synthesise", "train", "evaluate"]
    assert [stage.kind for stage in needed(plan_of(stored=["prepare", "fit-generator"]))] == ["synthesise", "train", "evaluate"]


def test_nothing_is_made_that_only_a_stored_stage_would_read():
    assert [stage.kind for stage in needed(plan_of(stored=["prepare", "train"]))] == ["evaluate"]


def test_a_finished_trial_needs_nothing():
    assert needed(plan_of(done=["r0"])) == ()


def test_a_rank_is_the_longest_way_to_the_end():
    plan = plan_of(settings(), training(lr=0.5), stored=())
    price = {"prepare": 1.0, "fit-generator": 2.0, "synthesise": 4.0, "train": 8.0, "evaluate": 16.0}
    stages = stages_of(plan)
    found = ranks(stages, {stage.key: Cost(seconds=price[stage.kind], bytes=0, basis="guess") for stage in stages})
    assert {stage.kind: found[stage.key] for stage in stages} == {
        "prepare": 31.0,
        "fit-generator": 30.0,
        "synthesise": 28.0,
        "train": 24.0,
        "evaluate": 16.0,
    }


def test_the_end_comes_no_sooner_than_the_longest_chain():
    plan = plan_of(seeds=range(4), stored=["prepare", "fit-generator", "synthesise"])
    price = dict.fromkeys((stage.key for stage in stages_of(plan)), Cost(seconds=3.0, bytes=5, basis="alike"))
    assert total(needed(plan), price, 2) == Estimate(seconds=24.0, wall=12.0, slots=2, bytes=40, stages={"alike": 8})
    assert total(needed(plan), price, 100).wall == 6.0
    nothing = total(needed(plan_of(done=["r0"])), {}, 2)
    assert (nothing.seconds, nothing.wall, nothing.bytes, nothing.stages) == (0, 0, 0, {})


def test_an_estimate_says_what_it_rests_on():
    estimate = Estimate(seconds=1, wall=1, slots=1, bytes=1, stages={"alike": 1200, "scaled": 3, "guess": 1})
    assert words(estimate) == "1,200 stages alike, 3 scaled by work, 1 guessed"
    assert words(replace(estimate, stages={"measured": 1})) == "1 stage made before"
    assert words(replace(estimate, stages={})) == "no stage is left"
