"""What cannot run is skipped before anything is trained, with the reason; facts are those of the smallest fold."""

from dataclasses import dataclass, replace

from augbench import Facts, Reason
from augbench.plan.graph import Cell
from augbench.plan.plan import facts_of, make_plan, unsupported
from augbench.values.quality import Quality
from augbench.values.settings import Bank, Batch, ClassSettings, Trial
from augbench.values.synthesis import Fit
from support.plans import plan_of
from support.toys import Blend, MeanNoise, Means, column, settings


@dataclass(frozen=True, kw_only=True)
class Picky(MeanNoise):
    """Wants many images of a class."""

    def supports(self, facts: Facts) -> Reason | None:
        few = [name for name, count in zip(facts.classes, facts.counts, strict=True) if name in facts.minority and count < 100]
        return Reason(f"too few images of {', '.join(few)}") if few else None


@dataclass(frozen=True, kw_only=True)
class Refusing(Means):
    """Serves nobody."""

    def supports(self, facts: Facts) -> Reason | None:
        return Reason("no such features")


class OneCell:
    """As much of a matrix as the planner reads."""

    notes = ()

    def __init__(self, chosen, **changes):
        self.columns = (chosen,)
        self._settings = settings(**changes)

    @property
    def cells(self):
        return {("ours", "dots"): self._settings}

    def trials(self):
        return [Trial(row="ours", column="dots", seed=0, fold=None, settings=self._settings)]


def cell(**changes) -> Cell:
    chosen = column(**changes)
    return Cell(column=chosen, probe=chosen.dataset.probe(), minority=("c",))


def plan(chosen, **changes):
    probes = {"dots": chosen.dataset.probe()}
    return make_plan(OneCell(chosen, **changes), probes, code=str, name_of=str, store=(), finished={})


def test_a_component_that_cannot_serve_a_cell_skips_it_with_its_reason():
    (trial,) = plan(column(), generator=Picky()).trials
    assert (trial.status, trial.reason, trial.stages) == ("skipped", "too few images of c", None)


def test_only_components_that_the_cell_uses_are_asked():
    assert unsupported(settings(generator=Picky(), batch=Batch(size=8, mix={"originals": 1.0})), cell()) is None


def test_a_generator_is_asked_about_its_own_class_alone():
    two = replace(cell(), minority=("b", "c"))
    own = ClassSettings(generator=Picky(), fit=Fit(), bank=Bank(), n=1)
    mixed = settings(per_class={"b": own})
    assert unsupported(mixed, two) == "too few images of b"
    assert unsupported(mixed, cell()) is None


def test_features_and_corrections_are_asked_too():
    assert unsupported(settings(quality=Quality(features=Refusing())), cell()) == "no such features"
    assert unsupported(settings(quality=Quality(features=Refusing()), batch=Batch(size=8, mix={"originals": 1.0})), cell()) is None


def test_facts_count_the_images_that_the_smallest_fold_trains_on():
    assert facts_of(settings(), cell()).counts == (12, 8, 4)
    assert facts_of(settings(), cell(folds=3)).counts == (12, 8, 4)
    assert facts_of(settings(), cell(folds=5)).counts == (18 - 4, 12 - 3, 7 - 2)


def test_the_plan_tells_scripts_which_trials_share_a_stage():
    document = plan(column(), augment={"linear": replace(settings().augment["linear"], augmenter=Blend(low=0.3))}).as_json()
    assert [trial["status"] for trial in document["trials"]] == ["to run"]
    assert {stage["kind"]: stage["shared"] for stage in document["stages"]} == dict.fromkeys(
        ["prepare", "fit-generator", "synthesise", "train", "evaluate"], 1
    )


def test_a_trial_all_of_whose_results_are_in_the_store_has_only_to_be_written_down():
    kinds = ("prepare", "fit-generator", "synthesise", "train")
    assert plan_of(stored=kinds).stored == frozenset()
    whole = plan_of(stored=(*kinds, "evaluate"))
    assert whole.stored == {"dots/r0/s0"}
    assert plan_of(stored=(*kinds, "evaluate"), done=("r0",)).stored == frozenset()
