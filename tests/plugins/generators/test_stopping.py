"""Which iteration is kept, on losses made up for it and in fits."""

import pytest
import torch

from augbench_plugins.generators import _fit
from augbench_plugins.generators._ledger import Ledger
from augbench_plugins.generators._stopping import Plateau, Verdict
from augbench_plugins.generators.wgan_div import WganDiv

TINY = {"width": 4, "latent": 8}


def silent(done, total, **numbers):
    pass


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def judged(losses, window=1, patience=3):
    """Return what is kept and after how many readings the fit ends, or None."""
    rule = Plateau(window=window, patience=patience)
    for count in range(1, len(losses) + 1):
        verdict = rule.judge(losses[:count])
        if verdict.over:
            return verdict.best, count
    return verdict.best, None


@pytest.mark.parametrize(
    ("losses", "best", "ended"),
    [
        pytest.param([9, 7, 5, 4, 3, 2], 5, None, id="decreases to the end"),
        pytest.param([9, 7, 5, 4, 4, 4, 4, 4], 3, 7, id="no longer decreases"),
        pytest.param([9, 7, 5, 4, 5, 6, 7, 8], 3, 7, id="starts increasing"),
        pytest.param([9, 7, 3, 20, 40, 80, 160], 2, 6, id="increases beyond its start"),
        pytest.param([0.1, 3, 9, 7, 5, 5, 5, 5], 4, 8, id="grows from zero before it decreases"),
        pytest.param([1, 2, 3, 4, 5, 6], 5, None, id="only grows"),
        pytest.param([5, 5, 5, 5, 5], 0, 4, id="never moves"),
        pytest.param([9, 7, 7, 7, 6, 6, 6, 5], 7, None, id="pauses for less than the patience"),
        pytest.param([4], 0, None, id="one reading"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_plateau_keeps_the_last_reading_that_was_lower(losses, best, ended, sign):
    assert judged([sign * loss for loss in losses]) == (best, ended)


def test_averages_and_not_single_readings_are_compared():
    losses = [9, 1, 8, 1, 7, 1, 6, 1, 5, 1, 4, 1]
    assert judged(losses) == (1, 5)
    assert judged(losses, window=2) == (10, None)


def test_until_there_is_one_average_the_latest_reading_is_kept():
    rule = Plateau(window=4, patience=1)
    assert [rule.judge([5.0] * count) for count in (1, 3)] == [Verdict(best=0, over=False), Verdict(best=2, over=False)]
    assert rule.judge([5.0] * 4) == Verdict(best=3, over=False)
    assert rule.judge([5.0] * 5) == Verdict(best=3, over=True)


@pytest.fixture
def readings(monkeypatch):
    """Return what makes the critic's losses of a fit read as given."""

    def make(losses):
        monkeypatch.setattr(Ledger, "means", lambda self, name: losses[: len(self._points[name])])

    return make


def test_a_fit_ends_on_a_plateau_with_the_weights_of_the_iteration_it_names(view, readings):
    readings([9, 7, 4, 4, 4, 4, 4, 4])
    component = WganDiv(**TINY, stop="plateau", stop_window=1, stop_patience=3)
    fitted = component.fit(view(iterations=8), rng(), silent)
    third = WganDiv(**TINY).fit(view(iterations=3), rng(), silent)
    assert fitted.chosen == third.chosen == 3
    assert all(torch.equal(fitted.tensors[name], third.tensors[name]) for name in third.tensors)
    assert [iteration for iteration, _ in fitted.curves["critic loss"]] == [*range(1, 7)]
    assert fitted.curves["critic loss"][:3] == third.curves["critic loss"]


def test_a_fit_without_a_plateau_runs_to_its_end_and_keeps_the_lowest(view, readings):
    readings([9, 7, 5, 4, 6, 6])
    fitted = WganDiv(**TINY, stop="plateau", stop_window=1, stop_patience=5).fit(view(iterations=6), rng(), silent)
    assert fitted.chosen == 4
    assert fitted.curves["critic loss"][-1][0] == 6


def test_fixed_iterations_copy_weights_once(view, monkeypatch):
    copied, kept = [], _fit.Kept.ends
    monkeypatch.setattr(_fit.Kept, "ends", lambda self, *numbers: [kept(self, *numbers), copied.append(bool(self.tensors))][0])
    assert WganDiv(**TINY).fit(view(iterations=4), rng(), silent).chosen == 4
    assert copied == [False, False, False, True]
