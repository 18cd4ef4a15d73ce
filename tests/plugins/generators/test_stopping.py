"""Which iteration is kept, on losses made up for it and in fits."""

from dataclasses import replace

import pytest
import torch

from augbench import Facts
from augbench.values.errors import NotJudged
from augbench_plugins.generators._ledger import Ledger
from augbench_plugins.generators._stopping import Kept, Lowest, Plateau, Verdict
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
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
        monkeypatch.setattr(Ledger, "values", lambda self, name: losses[: len(self._points.get(name, []))])

    return make


def test_a_fit_ends_on_a_plateau_with_the_weights_of_the_iteration_it_names(view, readings):
    readings([9, 7, 4, 4, 4, 4, 4, 4])
    component = WganDiv(**TINY, stop="critic-loss", stop_window=1, stop_patience=3)
    fitted = component.fit(view(iterations=8), rng(), silent)
    third = WganDiv(**TINY).fit(view(iterations=3), rng(), silent)
    assert fitted.chosen == third.chosen == 3
    assert all(torch.equal(fitted.tensors[name], third.tensors[name]) for name in third.tensors)
    assert [iteration for iteration, _ in fitted.curves["critic loss"]] == [*range(1, 7)]
    assert fitted.curves["critic loss"][:3] == third.curves["critic loss"]


def test_a_fit_without_a_plateau_runs_to_its_end_and_keeps_the_lowest(view, readings):
    readings([9, 7, 5, 4, 6, 6])
    fitted = WganDiv(**TINY, stop="critic-loss", stop_window=1, stop_patience=5).fit(view(iterations=6), rng(), silent)
    assert fitted.chosen == 4
    assert fitted.curves["critic loss"][-1][0] == 6


def test_fixed_iterations_copy_weights_once(view, monkeypatch):
    taken, take = [], Kept.take
    monkeypatch.setattr(Kept, "take", lambda self, iteration, network: taken.append(iteration) or take(self, iteration, network))
    assert WganDiv(**TINY).fit(view(iterations=4), rng(), silent).chosen == 4
    assert taken == [4]


@pytest.mark.parametrize(
    ("distances", "best", "ended"),
    [([5, 4, 3, 2], 3, None), ([5, 2, 3, 3, 2, 9], 1, 5), ([1, 2, 3, 4], 0, 4), ([3], 0, None), ([5, -0.1, 4, 3], 1, None)],
)
def test_the_lowest_distance_is_kept(distances, best, ended):
    rule = Lowest(watches="kid", patience=3)
    verdicts = [rule.judge(distances[:count]) for count in range(1, len(distances) + 1)]
    assert verdicts[-1].best == best
    assert next((count for count, verdict in enumerate(verdicts, 1) if verdict.over), None) == ended


class Judge:
    """Gives out distances that were made up, and remembers what it was shown."""

    def __init__(self, distances, images=5):
        self.distances, self.images, self.checks = list(distances), images, len(distances) - 1
        self.shown = []

    def __call__(self, images):
        self.shown.append(images)
        distance = self.distances[len(self.shown) - 1]
        return {"kid": distance, "frechet": -distance}


@pytest.mark.parametrize("family", [Gan, WganDiv])
@pytest.mark.parametrize(("stop", "chosen", "last"), [("kid", 4, 8), ("frechet", 0, 4)])
def test_a_fit_keeps_the_check_with_the_smallest_distance(family, stop, chosen, last, view):
    judge = Judge([9.0, 5.0, 1.0, 3.0, 2.0])
    seen = replace(view(iterations=8), judge=judge)
    fitted = family(**TINY, stop=stop, stop_patience=2).fit(seen, rng(), silent)
    assert fitted.chosen == chosen
    assert [at for at, _ in fitted.curves["kid"]] == [0, 2, 4, 6, 8][: last // 2 + 1]
    if chosen:
        shorter = family(**TINY).fit(view(iterations=chosen), rng(), silent)
        assert all(torch.equal(fitted.tensors[name], shorter.tensors[name]) for name in shorter.tensors)


def test_judging_shows_the_same_latents_each_time_and_changes_no_training(view):
    judge = Judge([1.0] * 4)
    judged = Wgan(**TINY).fit(replace(view(iterations=6), judge=judge), rng(), silent)
    plain = Wgan(**TINY).fit(view(iterations=6), rng(), silent)
    assert all(torch.equal(judged.tensors[name], plain.tensors[name]) for name in plain.tensors)
    assert judged.curves["critic loss"] == plain.curves["critic loss"]
    assert {(images.shape, images.dtype) for images in judge.shown} == {((5, 3, 32, 32), torch.uint8)}
    again = Judge([1.0] * 4)
    Wgan(**TINY).fit(replace(view(iterations=6), judge=again), rng(), silent)
    assert all(torch.equal(first, second) for first, second in zip(judge.shown, again.shown, strict=True))


class Mute(Judge):
    """Measures nothing, as of a class of one image."""

    def __call__(self, images):
        return {}


def test_a_rule_with_nothing_to_watch_keeps_the_last_iteration(view):
    seen = replace(view(iterations=3), judge=Mute([0.0, 0.0]))
    assert WganDiv(**TINY, stop="kid").fit(seen, rng(), silent).chosen == 3


@pytest.mark.parametrize("judge", [None, Judge([1.0])], ids=["no judge", "no checks"])
@pytest.mark.parametrize("stop", ["kid", "frechet"])
def test_a_rule_that_needs_a_judge_is_an_error_before_the_fit_where_there_is_none(stop, judge, view):
    with pytest.raises(NotJudged) as caught:
        Gan(**TINY, stop=stop).fit(replace(view(), judge=judge), rng(), silent)
    assert str(caught.value) == (
        f"generator 'gan' for class 'eosinophil' cannot keep its best check, as stop = '{stop}' says: its fit is not judged; "
        "set quality.features and quality.checks, or another stop"
    )


def test_progress_shows_the_last_distance_until_the_next_check(view):
    told = []
    seen = replace(view(iterations=5), judge=Judge([9.0, 5.0, 1.0]))
    Wgan(**TINY).fit(seen, rng(), lambda done, total, **numbers: told.append((done, numbers["kid"], sorted(numbers))))
    assert told == [(done, kid, ["critic_loss", "generator_loss", "kid"]) for done, kid in ((1, 9), (2, 5), (3, 5), (4, 5), (5, 1))]


def test_a_rule_that_needs_a_judge_is_refused_where_there_is_none():
    facts = Facts(shape=(3, 32, 32), classes=("a", "b"), counts=(9, 3), minority=("b",), batch_size=8, judged=False)
    assert WganDiv(stop="kid").supports(facts) == "stop = 'kid' needs a fit that is judged: set quality.features and quality.checks"
    assert WganDiv(stop="critic-loss").supports(facts) is None
    assert WganDiv(stop="kid").supports(replace(facts, judged=True)) is None
