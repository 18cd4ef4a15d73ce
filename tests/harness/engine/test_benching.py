"""Components of every kind that can be timed are, beside others, and what was not measured has no number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from augbench import Component, Facts, Reason, Resize
from augbench.engine.benching import bench_all, suiting
from augbench.engine.noise import Bench
from augbench.engine.rounds import HostWatch
from augbench.engine.trying import Subject
from augbench.engine.workloads import WORKLOADS, workload
from augbench.values.trial_errors import ComponentHangs, NothingToTime, OddResult, Unsuited
from support.toys import Blend, Descent, Dots, Entropy, Flat, Linear, MeanNoise, Means, Shift, Supplement, Tilt
from support.wayward import Wayward

BENCH = Bench(device=torch.device("cpu"), size=8, batch=8, limit=5)


@dataclass(frozen=True, kw_only=True)
class Half(Resize):
    """Leaves every second pixel out."""

    def shape(self) -> tuple[int, int]:
        return 4, 4

    def apply(self, image: np.ndarray) -> np.ndarray:
        return image[::2, ::2]


TOYS: dict[str, Component] = {
    "augmenter": Blend(),
    "sampler": Supplement(),
    "loss": Entropy(),
    "adjustment": Tilt(),
    "optimizer": Descent(),
    "schedule": Flat(),
    "backbone": Linear(),
    "generator": MeanNoise(),
    "features": Means(),
    "resize": Half(),
}


def subject(component: Component) -> Subject:
    return Subject(name=type(component).__name__.lower(), component=component)


def bench(*components: Component, budget: float = 0.01, watch: HostWatch | None = None):
    return bench_all([subject(each) for each in components], BENCH, budget, 1, watch or HostWatch(), lambda done, total: None)


def test_every_kind_that_can_be_timed_has_a_toy():
    assert set(TOYS) == set(WORKLOADS)


@pytest.mark.parametrize("kind", TOYS)
def test_each_part_of_each_kind_runs_again_and_again(kind):
    parts = workload(subject(TOYS[kind]), BENCH, BENCH.material())
    for part in parts:
        part.call()
        part.call()
        assert part.amount >= 1
    assert len({part.unit for part in parts if part.joined}) <= 1


def test_global_random_streams_are_as_they_were():
    before = torch.random.get_rng_state(), np.random.get_state()[1].tolist()
    for toy in TOYS.values():
        for part in workload(subject(toy), BENCH, BENCH.material()):
            part.call()
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]


def test_drawing_and_applying_add_up():
    (speed,) = bench(Blend())
    draw, apply, together = (rate.per_second.median for rate in speed.rates)
    assert [rate.part for rate in speed.rates] == ["draw", "apply", "together"]
    assert speed.compared == speed.rates[-1]
    # Medians of sums are not sums of medians; within any round they are.
    assert together <= min(draw, apply)


def test_what_takes_longer_is_slower_than_the_reference():
    now = [0.0]

    @dataclass(frozen=True, kw_only=True)
    class Slow(Blend):
        seconds: float = 1.0

        def draw(self, context, rng):
            return super().draw(context, rng)

        def apply(self, sources, draw):
            now[0] += self.seconds
            return super().apply(sources, draw)

    once, thrice = bench(Slow(), Slow(seconds=3.0), watch=HostWatch(clock=lambda: now[0]))
    assert once.ratio is None
    assert thrice.ratio is not None
    assert thrice.ratio.median == pytest.approx(1 / 3)
    assert [each.rates[1].per_second.median for each in (once, thrice)] == pytest.approx([8.0, 8 / 3])


def test_memory_is_that_of_the_hungriest_part_and_absent_where_there_is_none():
    blend, flat = bench(Blend())[0], bench(Flat())[0]
    assert blend.memory is not None
    assert blend.memory.bytes >= 8 * 3 * 8 * 8 * 4
    assert flat.memory is None


def test_what_is_counted_in_another_unit_has_no_ratio():
    @dataclass(frozen=True, kw_only=True)
    class Once(MeanNoise):
        uses = ()

    iterative, once = bench(MeanNoise(), Once())
    assert [each.compared.unit for each in (iterative, once)] == ["updates", "fits"]
    assert once.ratio is None


def test_threads_are_as_they_were():
    before = torch.get_num_threads()
    bench(Flat())
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("base", "method", "said"),
    [
        (Blend, "draw", "gives NoneType, not an augbench.Draw"),
        (Blend, "apply", "gives NoneType, not an augbench.Mixed"),
        (Supplement, "compose", "gives NoneType, not augbench.Group's"),
        (Entropy, "loss", "gives a loss that is NoneType, not a tensor"),
        (Tilt, "adjust", "gives logits that is NoneType, not a tensor"),
        (Descent, "build", "gives NoneType, not a torch.optim.Optimizer"),
    ],
)
def test_what_gives_nothing_has_no_speed(base, method, said):
    idle = dataclass(frozen=True, kw_only=True)(type("Idle", (base,), {method: lambda *asked: None}))()
    with pytest.raises(OddResult) as raised:
        workload(subject(idle), BENCH, BENCH.material())
    assert said in str(raised.value)


def test_what_hangs_is_stopped():
    with pytest.raises(ComponentHangs, match="augmenter 'wayward' has not ended after"):
        bench_all([subject(Wayward(how="hangs"))], Bench(device=BENCH.device, size=8, batch=2, limit=0.05), 0.01, 1, HostWatch(), print)


def test_a_kind_that_cannot_be_timed_is_told():
    with pytest.raises(NothingToTime, match="dataset 'dots' cannot be timed by itself: what can is augmenter, sampler, loss, "):
        workload(subject(Dots()), BENCH, BENCH.material())


@dataclass(frozen=True, kw_only=True)
class Never(Shift):
    def supports(self, facts: Facts) -> Reason | None:
        return Reason("it suits nothing")


def test_one_that_does_not_suit_is_an_error_if_it_is_named_and_else_left_out():
    with pytest.raises(Unsuited, match="it suits nothing; choose another --size or --channels"):
        workload(subject(Never()), BENCH, BENCH.material())
    suited, left = suiting([subject(Never()), subject(Blend())], BENCH)
    assert [each.name for each in suited] == ["blend"]
    assert left == ["left out: augmenter 'never': it suits nothing"]


def test_noise_is_made_when_it_is_asked_for():
    material = Bench(device=BENCH.device, size=2048, batch=1, limit=5).material()
    assert sum(material.counts) == len(material.labels())
    assert not material._kept
