"""Trials become stages; equal stages of different rows are one; what does not decide a result is in no key."""

from dataclasses import dataclass, replace

import pytest

from augbench.plan.graph import Cell, Graph
from augbench.plan.keys import canonical, identity, key_of
from augbench.values.settings import Bank, Batch, ClassSettings, Trial
from augbench.values.synthesis import Fit
from support.toys import Blend, Dots, MeanNoise, MeanNoiseTwin, column, settings


def code(component: type) -> str:
    return "digest of the code"


def graph_of(*trials: Trial, cell_column=None, minority=("b", "c")) -> Graph:
    graph = Graph(code=code, name_of=str)
    chosen = cell_column or column()
    for trial in trials:
        graph.trial(trial, Cell(column=chosen, probe=chosen.dataset.probe(), minority=minority))
    return graph


def trial(row="ours", seed=0, fold=None, **changes) -> Trial:
    return Trial(row=row, column="dots", seed=seed, fold=fold, settings=settings(**changes))


def kinds(graph: Graph) -> dict[str, int]:
    names = [stage.kind for stage in graph.stages.values()]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def test_rows_share_the_generators_of_a_class_and_seed():
    rows = [trial(), trial("no-mix", batch=Batch(size=8, mix={"generated": 1.0})), trial("twin", generator=MeanNoiseTwin())]
    assert kinds(graph_of(*rows)) == {"prepare": 1, "fit-generator": 4, "synthesise": 4, "train": 3, "evaluate": 3}


def test_every_stage_comes_after_those_it_reads():
    seen = set()
    for stage in graph_of(trial(), trial("x", seed=1)).stages.values():
        assert seen.issuperset(stage.inputs.values())
        seen.add(stage.key)


def test_no_bank_is_made_that_nothing_reads():
    plain = trial("plain", batch=Batch(size=8, mix={"originals": 1.0}))
    assert kinds(graph_of(plain)) == {"prepare": 1, "train": 1, "evaluate": 1}


def test_row_names_labels_and_paths_are_in_no_key():
    renamed = graph_of(trial("another name"), cell_column=column(name="other", label="Other"))
    assert set(renamed.stages) == set(graph_of(trial()).stages)


@pytest.mark.parametrize(
    ("change", "rerun"),
    [
        ({"bank": Bank(size=7)}, {"synthesise": 2, "train": 1, "evaluate": 1}),
        ({"fit": Fit(lr=0.2, iterations=3, n_critic=5)}, {"fit-generator": 2, "synthesise": 2, "train": 1, "evaluate": 1}),
        ({"fit": Fit(lr=0.1, iterations=3, n_critic=9)}, {}),
        ({"batch": Batch(size=8, mix={"linear": 1.0, "generated": 1.0})}, {}),
        ({"transforms": ()}, {"train": 1, "evaluate": 1}),
        ({"augment": {**settings().augment, "unread": settings().augment["linear"]}}, {}),
        ({"generator": MeanNoise(noise=0.2)}, {"fit-generator": 2, "synthesise": 2, "train": 1, "evaluate": 1}),
    ],
    ids=["bank size", "a fit field that is used", "a fit field that is not", "order of the mix", "transforms", "unread slot", "parameter"],
)
def test_only_what_a_change_decides_gets_a_new_key(change, rerun):
    before = set(graph_of(trial()).stages)
    after = graph_of(trial(**change))
    changed = Graph(code=code, name_of=str, stages={key: stage for key, stage in after.stages.items() if key not in before})
    assert kinds(changed) == rerun


def test_one_class_may_have_a_generator_of_its_own():
    own = ClassSettings(generator=MeanNoiseTwin(), fit=Fit(lr=0.1, iterations=3), bank=Bank(size=3), n=2)
    graph = graph_of(trial(per_class={"c": own}))
    fits = {stage.task.target: type(stage.task.generator).__name__ for stage in graph.stages.values() if stage.kind == "fit-generator"}
    assert fits == {"b": "MeanNoise", "c": "MeanNoiseTwin"}


@pytest.mark.parametrize(("scope", "fits"), [("fold", 6), ("train", 2)])
def test_a_generator_that_sees_the_whole_training_set_is_fitted_once_for_all_folds(scope, fits):
    trials = [trial(fold=fold, fit=Fit(lr=0.1, iterations=3, scope=scope)) for fold in range(3)]
    assert kinds(graph_of(*trials, cell_column=column(folds=3)))["fit-generator"] == fits


def test_a_key_is_the_hash_of_canonical_json():
    # printf '{"a":null,"b":[1,2.5],"key-schema":1}' | sha256sum
    text = canonical({"b": [1, 2.5], "a": None, "key-schema": 1})
    assert key_of(text) == "ec615fb7863fa223f327c09dfbade07f88ac320a7dc306e91e54f4f647cb496b"


def test_a_file_is_told_by_its_content_wherever_it_lies(tmp_path):
    @dataclass(frozen=True, kw_only=True)
    class WithFile(Blend):
        weights: object = None

    for name in ("a", "b"):
        (tmp_path / name).write_text("same")
    first, second = (identity(WithFile(weights=tmp_path / name), code) for name in ("a", "b"))
    assert first == second
    (tmp_path / "b").write_text("other")
    assert identity(WithFile(weights=tmp_path / "b"), code) != first


def test_where_a_data_set_lies_is_not_what_it_holds(tmp_path):
    @dataclass(frozen=True, kw_only=True)
    class Folder(Dots):
        path: object = None

    places = (tmp_path / "here", tmp_path / "there", None)
    here, there, by_default = (graph_of(trial(), cell_column=column(dataset=Folder(path=place))) for place in places)
    assert set(here.stages) == set(there.stages) == set(by_default.stages)
    other = graph_of(trial(), cell_column=column(dataset=replace(Folder(path=tmp_path / "here"), seed=1)))
    assert not set(here.stages) & set(other.stages)
