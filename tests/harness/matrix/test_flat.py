"""Settings of a cell as one flat table have the keys that a matrix would use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from augbench.matrix.flat import flat_settings
from augbench.values.results import Setting
from augbench.values.settings import Bank, ClassSettings
from augbench.values.synthesis import Fit
from support.toys import Linear, MeanNoise, MeanNoiseTwin, Shift, settings


def flat(**changes):
    return flat_settings(settings(**changes), lambda component: component.__name__.lower())


def test_components_stand_under_their_slots_with_their_parameters():
    found = flat()
    chosen = {
        key: found[key] for key in ("generator", "generator.noise", "generator.diverges", "fit.lr", "training.lr", "batch.mix.linear")
    }
    assert chosen == {
        "generator": "meannoise",
        "generator.noise": 0.1,
        "generator.diverges": False,
        "fit.lr": 0.1,
        "training.lr": 0.05,
        "batch.mix.linear": 1.0,
    }


def test_keys_of_the_harness_stand_beside_an_augmenter_s_own():
    assert {key: value for key, value in flat().items() if key.startswith("augment")} == {
        "augment.linear": "blend",
        "augment.linear.low": 0.2,
        "augment.linear.sources": "both",
        "augment.linear.pairing": "same-class",
        "augment.linear.probability": 1.0,
    }


def test_lists_are_texts_and_their_components_have_names_of_their_own():
    assert {key: value for key, value in flat().items() if key.startswith("transforms")} == {
        "transforms": "[shift, shift]",
        "transforms.shift.amount": 0.1,
        "transforms.shift-2.amount": 0.05,
        "transforms-at": "batch",
    }
    assert flat(transforms=())["transforms"] == "[]"


def test_what_is_empty_or_not_given_is_none():
    found = flat(generator=None)
    assert (found["generator"], found["predict"], found["quality.features"], found["training.length.epochs"]) == (None,) * 4
    assert not any(key.startswith("generator.") for key in found)


def test_a_class_has_its_own_settings():
    own = ClassSettings(generator=MeanNoiseTwin(), fit=Fit(lr=0.3), bank=Bank(size=3), n=2)
    found = {key: value for key, value in flat(per_class={"c": own}).items() if key.startswith("per-class.c")}
    assert (found["per-class.c.generator"], found["per-class.c.fit.lr"]) == ("meannoisetwin", 0.3)
    assert (found["per-class.c.bank.size"], found["per-class.c.batch.n"]) == (3, 2)
    assert "per-class.c.n" not in found


def test_a_member_of_a_family_is_named_as_in_the_matrix():
    @dataclass(frozen=True, kw_only=True)
    class Family(Linear):
        name: str
        checkpoint: Path | None = None
        shares: tuple[float, ...] = (0.5, 1.0)

        @classmethod
        def names(cls):
            return ["deep"]

    found = flat(backbone=Family(name="deep", checkpoint=Path("w.pt")))
    assert {key: value for key, value in found.items() if key.startswith("backbone")} == {
        "backbone": "family/deep",
        "backbone.checkpoint": "w.pt",
        "backbone.shares": "[0.5, 1.0]",
    }
    listed = flat(transforms=(Shift(), replace(Shift(), amount=0.3)), backbone=Family(name="deep"))
    assert listed["backbone.checkpoint"] is None


def test_every_value_can_be_written_as_json(load, example):
    matrix = load(example)
    for cell in matrix.cells.values():
        assert all(isinstance(value, get_args(Setting)) for value in flat_settings(cell, str).values())
    wgan = flat_settings(matrix.cells["wgan", "cell-cycle"], lambda component: component.__name__)
    assert (wgan["generator"], wgan["generator.optimizer"], wgan["training.schedule.step"]) == ("Wgan", "RmsProp", 40)


def test_equal_cells_are_equal_and_a_change_is_one_entry():
    before, after = flat(), flat(generator=MeanNoise(noise=0.2))
    assert flat() == before
    assert {key for key in before if before[key] != after[key]} == {"generator.noise"}
