"""A training that was cut short goes on to the bits of one that was not."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from augbench.plan.tasks import FitTask, Resample, Stage
from augbench.stages import contents, course
from augbench.stages.keeping import Keeper, never
from augbench.stages.run import execute
from augbench.values.settings import Length, Numerics
from augbench.values.synthesis import Fit
from augbench_plugins.optimizers import Adam, AdamW, RmsProp, Sgd
from support.toys import Descent, Entropy, Patient
from support.trainings import BORDERS, CPU, STEPS, TRAINING, at_call, files, halted, silent, stage, store_at

pytestmark = pytest.mark.slow


class _Numbered(torch.optim.Optimizer):
    """Descends by numbers of all kinds that it remembers: plain, counted in whole tensors, by group."""

    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr, "shrink": 1.0, "seen": float("inf")})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            group["shrink"] *= 0.999
            group["seen"] = min(group["seen"], 7.0)
            for parameter in group["params"]:
                state = self.state[parameter]
                state.setdefault("times", torch.zeros((), dtype=torch.int64)).add_(1)
                state.update(rate=state.get("rate", 1.0) * 0.99, even=not state.get("even", False), count=state.get("count", 0) + 1)
                assert type(state["even"]) is bool
                assert type(state["count"]) is int
                assert state["times"].dtype == torch.int64
                state["idle"] = None
                parameter.sub_(parameter.grad * group["lr"] * group["shrink"] * (state["rate"] + 1 / state["count"] + state["even"]))


class _Secretive(torch.optim.SGD):
    """Remembers what is neither tensor nor number."""

    def step(self):
        super().step()
        self.state[self.param_groups[0]["params"][0]]["note"] = ["a", "list"]


class _Shared(torch.optim.SGD):
    """Keeps one tensor in two places."""

    def step(self):
        super().step()
        common = torch.ones(2)
        for parameter in self.param_groups[0]["params"]:
            self.state[parameter]["common"] = common


@dataclass(frozen=True, kw_only=True)
class Own(Descent):
    """Some optimizer of a plugin."""

    name: str = "_Numbered"

    def build(self, parameters, lr):
        return globals()[self.name](parameters, lr)


class Sparing(Entropy):
    """Takes the weight decay off the last biases, so that the optimizer has two groups."""

    @property
    def bias_decays(self) -> bool:
        return False


def uninterrupted(folder, chosen: Stage, device: torch.device = CPU) -> dict[str, str]:
    store = store_at(folder)
    execute(chosen, store, device, silent)
    found = files(store)
    assert set(found) == {contents.WEIGHTS, contents.NOTES, contents.VALIDATION}
    return found


def resumed(folder, chosen: Stage, device: torch.device = CPU) -> tuple[dict[str, str], int]:
    """Run a training to its end; return its files and the step at which it first told of its progress."""
    told, store = [], store_at(folder)
    execute(chosen, store, device, lambda done, total, **numbers: told.append(done))
    assert store.kept("train") is None
    return files(store), told[0]


@pytest.mark.parametrize("select", ["last", "best"])
@pytest.mark.parametrize(
    "optimizer",
    [Sgd(), Sgd(momentum=0), Sgd(nesterov=True), Adam(), AdamW(), RmsProp(), Own(), Descent()],
    ids=lambda optimizer: repr(optimizer).split("(")[0] + repr(getattr(optimizer, "momentum", "")),
)
def test_a_training_that_is_stopped_at_every_border_ends_with_the_same_bytes(optimizer, select, tmp_path):
    chosen = stage(training=replace(TRAINING, optimizer=optimizer, select=select))
    expected = uninterrupted(tmp_path / "whole", chosen)
    for _ in BORDERS:
        halted(tmp_path / "cut", chosen, 2)
    found, first = resumed(tmp_path / "cut", chosen)
    assert first == STEPS
    assert found == expected


@pytest.mark.parametrize("border", [0, *BORDERS])
@pytest.mark.parametrize(
    "changes",
    [
        {"numerics": Numerics(precision="bf16")},
        {"numerics": Numerics(memory_format="contiguous")},
        {"resample": Resample(seed=1, digest="d", folds=3, fold=2), "training": replace(TRAINING, select="best")},
        {"resample": Resample(seed=1, digest="d", folds=3, fold=2), "transforms_at": "sources"},
        {"training": replace(TRAINING, loss=Sparing(), optimizer=AdamW())},
        {"training": replace(TRAINING, checks=0)},
    ],
    ids=["bf16", "contiguous", "best of a fold", "fold", "spared biases", "no checks"],
)
def test_a_training_that_is_stopped_once_ends_with_the_same_bytes(changes, border, tmp_path):
    chosen = stage(**changes)
    expected = uninterrupted(tmp_path / "whole", chosen)
    halted(tmp_path / "cut", chosen, 1 + border // 64)
    assert resumed(tmp_path / "cut", chosen) == (expected, min(border + 64, STEPS))


def test_the_random_state_counts(tmp_path, monkeypatch):
    """Without it, dropout takes another course: the tests above can fail."""
    chosen = stage()
    expected = uninterrupted(tmp_path / "whole", chosen)
    monkeypatch.setattr(course, "_set_random_states", lambda states, device: None)
    halted(tmp_path / "cut", chosen, 2)
    found, _ = resumed(tmp_path / "cut", chosen)
    assert found[contents.WEIGHTS] != expected[contents.WEIGHTS]


def test_a_training_without_a_border_ends_although_it_is_asked_to_stop(tmp_path):
    chosen = stage(training=replace(TRAINING, length=Length(steps=30)))
    store = store_at(tmp_path)
    execute(chosen, store, CPU, silent, at_call(2))
    assert "train" in store


@pytest.mark.parametrize("name", ["_Secretive", "_Shared"])
def test_a_training_whose_optimizer_cannot_be_written_down_is_not_stopped(name, tmp_path):
    chosen = stage(training=replace(TRAINING, optimizer=Own(name=name)))
    store = store_at(tmp_path)
    # At the first call it remembers nothing yet.
    execute(chosen, store, CPU, silent, at_call(2))
    assert "train" in store


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda state: replace(state, numbers={"done": 65.0}),
        lambda state: replace(state, numbers={}),
        lambda state: replace(state, curves={}),
        lambda state: replace(state, tensors={name: t for name, t in state.tensors.items() if "running_mean" not in name}),
        lambda state: replace(state, tensors={name: t[..., None] for name, t in state.tensors.items()}),
        lambda state: replace(state, tensors=state.tensors | {"optimizer/tensor/parameter/99/exp_avg": torch.zeros(1)}),
        lambda state: replace(state, tensors=state.tensors | {"random/cpu": torch.zeros(3)}),
        lambda state: replace(state, tensors={}, curves={}, numbers={}),
    ],
    ids=["no border", "no step", "no curves", "a buffer less", "other shapes", "a parameter more", "no random state", "nothing"],
)
def test_a_state_that_does_not_fit_counts_for_nothing(spoilt, tmp_path):
    chosen = stage()
    expected = uninterrupted(tmp_path / "whole", chosen)
    halted(tmp_path / "cut", chosen, 3)
    keeper = Keeper(stage=chosen, store=store_at(tmp_path / "cut"), device=CPU)
    keeper._save(spoilt(keeper.kept()))
    assert resumed(tmp_path / "cut", chosen) == (expected, 64)


def test_keeping_a_state_changes_no_bit(tmp_path, monkeypatch):
    chosen = stage()
    expected = uninterrupted(tmp_path / "whole", chosen)
    monkeypatch.setattr("augbench.stages.keeping.KEEP_SECONDS", 0.0)
    store = store_at(tmp_path / "kept")
    execute(chosen, store, CPU, silent, never)
    assert files(store) == expected


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[2])
from augbench.stages import keeping
from augbench.stages.run import execute
from support.trainings import CPU, stage, store_at
keeping.KEEP_SECONDS = 0.0
def slowly(done, total, **numbers):
    print(done, flush=True)
    time.sleep(0.2)
execute(stage(), store_at(sys.argv[1]), CPU, slowly)
"""


def test_a_training_that_is_killed_goes_on_from_its_last_border(tmp_path):
    expected = uninterrupted(tmp_path / "whole", stage())
    tests = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "cut"), str(tests)], stdout=subprocess.PIPE, text=True)
    assert [process.stdout.readline().strip() for _ in range(2)] == ["64", "128"]
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert resumed(tmp_path / "cut", stage()) in [(expected, 128), (expected, STEPS)]


def test_what_is_told_of_a_resumed_training_is_told_of_all_of_it(tmp_path):
    halted(tmp_path, stage(), 3)
    resumed(tmp_path, stage())
    notes = contents.load_notes(store_at(tmp_path).open("train"))
    assert (notes["steps"], notes["images"]) == (STEPS, 8 * STEPS)
    assert [step for step, _ in notes["curves"]["training loss"]] == [*BORDERS, STEPS]
    assert [step for step, _ in notes["curves"]["validation macro-f1"]] == np.arange(30, STEPS + 1, 30).tolist()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("optimizer", [Sgd(), Adam(), RmsProp(), Own()], ids=lambda optimizer: type(optimizer).__name__)
def test_a_training_on_a_gpu_goes_on_there_and_nowhere_else(optimizer, tmp_path):
    cuda, chosen = torch.device("cuda"), stage(training=replace(TRAINING, optimizer=optimizer, select="best"))
    expected = uninterrupted(tmp_path / "whole", chosen, cuda)
    halted(tmp_path / "cut", chosen, 2, cuda)
    assert Keeper(stage=chosen, store=store_at(tmp_path / "cut"), device=CPU).kept() is None
    halted(tmp_path / "cut", chosen, 2, cuda)
    assert resumed(tmp_path / "cut", chosen, cuda) == (expected, STEPS)


def test_a_fit_that_is_asked_to_stop_goes_on_where_it_was(tmp_path):
    task = FitTask(
        generator=Patient(), settings=Fit(lr=0.1, iterations=10), target="c", quality=None, resample=Resample(seed=0, digest="d"),
        numerics=Numerics(),
    )  # fmt: skip
    fit = Stage(kind="fit-generator", key="fit", label="fit", settings="{}", template=task, resample=None, inputs={"prepared": "prepare"})
    halted(tmp_path, fit, 4)
    store = store_at(tmp_path)
    execute(fit, store, CPU, silent)
    assert contents.load_fitted(store.open("fit")).numbers["began"] == 4
