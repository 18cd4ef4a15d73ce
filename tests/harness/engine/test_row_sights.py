"""A picture of a row's batches shows those that its training draws."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import pytest
import torch

from augbench import Group, SampleContext
from augbench.engine.composing import composed_by
from augbench.engine.material import Material
from augbench.engine.row_sights import sights_of, told
from augbench.stages.run import execute
from augbench.store.opening import open_store
from augbench.values.settings import AugmentSlot, Batch, ClassSettings, Settings
from augbench_plugins.samplers.instance import Instance
from augbench_plugins.samplers.minority_focus import MinorityFocus
from support.plans import plan_of, stages_of
from support.toys import Blend, Dots, settings

MIX = {"originals": 3.0, "linear": 1.0}
OWN = settings(sampler=Instance(), batch=Batch(size=8, n=2, mix=MIX))
ROWS = {
    "without a generator": settings(generator=None, sampler=Instance(), batch=Batch(size=8, mix=MIX)),
    "with banks": settings(sampler=Instance(), batch=Batch(size=8, mix={"generated": 1.0, "linear": 1.0})),
    "with banks that nothing reads": settings(
        sampler=Instance(), batch=Batch(size=8, mix=MIX), augment={"linear": AugmentSlot(augmenter=Blend(), sources="originals")}
    ),
    "with settings of a class": settings(
        sampler=MinorityFocus(), batch=OWN.batch, per_class={"c": ClassSettings(generator=None, fit=OWN.fit, bank=OWN.bank, n=3)}
    ),
}


@dataclass(frozen=True, kw_only=True)
class Spied(Instance):
    """Keeps what it is told."""

    seen: ClassVar[list[SampleContext]] = []

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        self.seen.append(context)
        return super().compose(context)


@dataclass(frozen=True, kw_only=True)
class SpiedFocus(MinorityFocus):
    """Keeps what it is told."""

    def compose(self, context: SampleContext) -> tuple[Group, ...]:
        Spied.seen.append(context)
        return super().compose(context)


def trained(row: Settings, folder: Any) -> SampleContext:
    """Run a row's stages and return what its sampler was told first."""
    spied = replace(row, sampler=SpiedFocus() if isinstance(row.sampler, MinorityFocus) else Spied())
    Spied.seen.clear()
    store = open_store(folder)
    for stage in stages_of(plan_of(spied)):
        if stage.kind != "evaluate":
            execute(stage, store, torch.device("cpu"), lambda done, total, **numbers: None)
    return Spied.seen[0]


def sizes(groups: tuple[Group, ...]) -> list[tuple[str | None, int]]:
    return [(group.slot, group.sources.shape[1]) for group in groups if group.sources.shape[1]]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_is_shown_with_the_batches_that_its_training_has(row, tmp_path):
    material = Material(name="dots", splits=Dots().load(), resize=None, small=("c",))
    run, shown = trained(row, tmp_path), told(row, material)
    for name in (field.name for field in fields(SampleContext) if field.name not in ("streams", "block")):
        assert str(getattr(shown, name)) == str(getattr(run, name)), name
    (sight,) = (sight for sight in sights_of(row, material, lambda kind: kind.__name__) if sight.subject.kind == "sampler")
    assert sizes(composed_by(sight.subject, material, sight.told, 5).groups) == sizes(row.sampler.compose(run))


def test_parts_of_a_batch_are_shown_although_no_generator_fills_a_bank():
    material = Material(name="dots", splits=Dots().load(), resize=None, small=("c",))
    assert sizes(Instance().compose(told(ROWS["without a generator"], material))) == [(None, 6), ("linear", 2)]
