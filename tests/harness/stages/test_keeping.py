"""A state is kept at intervals and when a stage is asked to stop, and found again where it fits."""

import json

import pytest
import torch

from augbench.plan.tasks import PrepareTask, Stage
from augbench.stages.keeping import Keeper
from augbench.store.opening import open_store
from augbench.values.failing import Halted
from augbench.values.synthesis import Fitted
from support.toys import Dots

CPU = torch.device("cpu")
STATE = Fitted(tensors={"at": torch.tensor([1.5, 2.5])}, numbers={"done": 3}, curves={"loss": ((1, 0.1),)}, chosen=2)


def stage() -> Stage:
    task = PrepareTask(name="dots", dataset=Dots(), resize=None)
    return Stage(kind="prepare", key="k" * 64, label="prepare dots", settings="{}", template=task, resample=None, inputs={})


@pytest.fixture
def keeper(tmp_path):
    return lambda **changes: Keeper(stage=stage(), store=open_store(tmp_path), device=CPU, **changes)


def test_states_are_kept_at_intervals_and_not_at_every_chance(keeper):
    now, asked = [0.0], []
    keep = keeper(clock=lambda: now[0])
    for second, expected in [(0, 0), (59, 0), (60, 1), (61, 1), (119, 1), (120, 2)]:
        now[0] = second
        keep(lambda: asked.append(now[0]) or STATE)
        assert len(asked) == expected, second


def test_states_that_take_long_to_keep_are_kept_the_less_often(keeper):
    now, asked = [0.0], []
    keep = keeper(clock=lambda: now[0])

    def slow():
        asked.append(now[0])
        now[0] += 6
        return STATE

    for second in range(0, 400, 10):
        now[0] = max(now[0], float(second))
        keep(slow)
    # Twice as long as is cheap, so half as often.
    assert asked == [60, 190, 320]


def test_what_was_kept_is_found_again(keeper):
    assert keeper().kept() is None
    with pytest.raises(Halted):
        keeper(halt=lambda: True)(lambda: STATE)
    found = keeper().kept()
    assert torch.equal(found.tensors["at"], STATE.tensors["at"])
    assert (found.numbers, found.curves, found.chosen) == (STATE.numbers, STATE.curves, STATE.chosen)


def test_a_stage_that_is_asked_to_stop_keeps_its_state_first(keeper):
    asked = []
    keep = keeper(halt=lambda: bool(asked), clock=lambda: 0.0)
    keep(lambda: STATE)
    assert keeper().kept() is None
    asked.append(True)
    with pytest.raises(Halted):
        keep(lambda: STATE)
    assert keeper().kept() is not None


def test_a_stage_whose_state_cannot_be_kept_is_not_stopped(keeper):
    keeper(halt=lambda: True)(lambda: None)
    assert keeper().kept() is None


def test_no_plugin_that_catches_every_exception_swallows_a_halt(keeper):
    def plugin():
        try:
            keeper(halt=lambda: True)(lambda: STATE)
        except Exception:
            return "swallowed"

    with pytest.raises(Halted):
        plugin()


@pytest.mark.parametrize("what", ["device", "cpu", "torch"])
def test_a_state_of_another_device_or_torch_counts_for_nothing(keeper, monkeypatch, what):
    here = Keeper._made_on
    monkeypatch.setattr(Keeper, "_made_on", lambda self: here(self) | {what: "another"})
    with pytest.raises(Halted):
        keeper(halt=lambda: True)(lambda: STATE)
    monkeypatch.undo()
    assert keeper().kept() is None


@pytest.mark.parametrize("name", ["about.json", "result.json", "weights.safetensors"])
def test_a_damaged_state_counts_for_nothing(keeper, tmp_path, name):
    with pytest.raises(Halted):
        keeper(halt=lambda: True)(lambda: STATE)
    path = next(tmp_path.rglob(name))
    path.write_bytes(path.read_bytes()[:-2] + b"??")
    assert keeper().kept() is None


def test_a_state_in_the_form_of_another_version_counts_for_nothing(keeper, tmp_path):
    keep = keeper()
    with keep.store.keep(keep.stage) as folder:
        (folder / "about.json").write_text(json.dumps({"made-on": keep._made_on(), "costs": {}}))
        (folder / "state.bin").write_bytes(b"older")
    assert keep.kept() is None
