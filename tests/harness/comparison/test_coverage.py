"""How often intervals hold the truth and tests err, over thousands of test sets of models whose true scores are known.

A confusion like that of blood cells in a cell cycle, with three rare classes; ``pytest -s`` prints the tables.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from augbench.comparison import delta, intervals, resampling
from augbench.comparison.counting import counted
from augbench.comparison.permutation import permutation_test
from augbench.values.formulas import macro_f1

RECALL = np.array([0.95, 0.90, 0.90, 0.80, 0.65, 0.60, 0.70])
BETTER = np.array([0.94, 0.89, 0.90, 0.85, 0.75, 0.70, 0.80])
"""On the rare classes, at the cost of the others."""
CLASSES, LEVEL, REPLICATES = 7, 0.95, 1000
ENOUGH = (300, 180, 180, 60, 30, 30, 30)
FEW = (300, 180, 180, 60, 15, 10, 12)
RARE = (300, 180, 180, 60, 7, 2, 3)


@dataclass(frozen=True, kw_only=True)
class Method:
    """Where its models' predictions come from: each class is right so often, and else taken for another by how common that is."""

    recall: np.ndarray
    counts: tuple[int, ...]
    spread: float = 0.0
    """Of the recall of each class, from seed to seed."""

    def seeds(self, rng, *shape):
        """Draw models: confusions [..., K, K], rows sum to 1."""
        recall = np.clip(self.recall + self.spread * rng.standard_normal((*shape, CLASSES)), 0.05, 0.99)[..., None]
        others = np.tile(np.array(self.counts) / sum(self.counts) + 0.01, (CLASSES, 1)) * (1 - np.eye(CLASSES))
        return (1 - recall) * others / others.sum(axis=1, keepdims=True) + recall * np.eye(CLASSES)

    def truth(self):
        """Return the mean over seeds of macro-F1 on endlessly many images."""
        shares = np.array(self.counts) / sum(self.counts)
        joint = shares[:, None] * self.seeds(np.random.default_rng(1), 20_000 if self.spread else 1)
        return float(macro_f1(np.diagonal(joint, axis1=1, axis2=2) * 1e6, joint.sum(axis=1) * 1e6, shares * 1e6).mean())


def predictions(rng, labels, confusions, alike):
    """Let models [m, ...] predict images, [m, ..., N]; within each of the m, models see a share of images with the same eyes."""
    leading = confusions.shape[:-2]
    common = rng.random((leading[0], *(1,) * (len(leading) - 1), len(labels)))
    seen = np.where(rng.random((*leading, len(labels))) < alike, common, rng.random((*leading, len(labels))))
    return (seen[..., None] > confusions.cumsum(axis=-1)[..., labels, :-1]).sum(axis=-1)


def simulated(rng, methods, seeds, alike, simulations, together):
    """Simulate rows of seeds: labels, predictions [m, S, methods, N], macro-F1 of them and its replicates [B, ...]."""
    for _ in range(0, simulations, together):
        counts = np.array(methods[0].counts)
        labels = np.repeat(np.arange(CLASSES), counts) if together > 1 else rng.choice(CLASSES, counts.sum(), p=counts / counts.sum())
        confusions = np.stack([method.seeds(rng, together, seeds) for method in methods], axis=2)
        predicted = predictions(rng, labels, confusions, alike)
        flat = predicted.reshape(-1, len(labels))
        values = macro_f1(*counted(labels, flat, CLASSES)).reshape(predicted.shape[:-1])
        key = int(rng.integers(2**60))
        replicates = resampling.replicated(labels, flat, CLASSES, {"f1": macro_f1}, replicates=REPLICATES, seed=key)["f1"]
        yield labels, predicted, values, replicates.reshape(REPLICATES, *values.shape)


class Table:
    """Counts hits, prints them and holds them to what is nominal."""

    def __init__(self, title):
        self.lines, self.missed = [f"\n{title}"], []

    def add(self, what, hits, held):
        """``hits`` are intervals as (low, high, truth); ``held``: whether they must cover."""
        low, high, truth = np.array(hits).T
        covered, error = ((low <= truth) & (truth <= high)).mean(), np.sqrt(LEVEL * (1 - LEVEL) / len(low))
        self.lines.append(
            f"{what:58} covers {covered:.3f} ({(truth < low).mean():.3f} below, {(truth > high).mean():.3f} above), "
            f"width {(high - low).mean():.3f}, n = {len(low)}{'' if held else ', not held to it'}"
        )
        if held and covered < LEVEL - 3 * error:
            self.missed.append(self.lines[-1])

    def settle(self, capsys):
        with capsys.disabled():
            print("\n".join(self.lines))
        assert self.missed == []


def cover_images(simulations, together, sizes, capsys):
    """Cover one model's value, and a paired difference, with other test images."""
    table = Table(f"95 % intervals over {'images of given classes' if together > 1 else 'images'}: macro-F1, counts of the rarest three")
    for counts in sizes:
        rng, held = np.random.default_rng(3), min(counts) >= 30
        methods = [Method(recall=recall, counts=counts) for recall in (RECALL, BETTER)]
        truths = [method.truth() for method in methods]
        found = {name: [] for name in ("bias-corrected", "percentile", "delta method", "difference")}
        for labels, predicted, values, replicates in simulated(rng, methods, 1, 0.5, simulations, together):
            for place, (value, _) in enumerate(values[:, 0]):
                own, other = replicates[:, place, 0].T
                error = delta.standard_errors(delta.influence(labels, predicted[place, 0, :1], CLASSES))[0]
                for name, interval in {
                    "bias-corrected": intervals.of_value(own, value, LEVEL),
                    "percentile": intervals.of_difference(own, LEVEL),
                }.items():
                    found[name].append((interval.low, interval.high, truths[0]))
                found["delta method"].append((value - 1.96 * error, value + 1.96 * error, truths[0]))
                interval = intervals.of_difference(other - own, LEVEL)
                found["difference"].append((interval.low, interval.high, truths[1] - truths[0]))
        for name, hits in found.items():
            table.add(f"{counts[-3:]} {name}", hits, held and name != "percentile")
    table.settle(capsys)


def cover_seeds(simulations, seeds, spreads, shares, capsys):
    """Cover the difference of two methods with other seeds and other test images."""
    table = Table("95 % intervals over seeds and images of a difference in macro-F1; spread of recall over seeds; images seen alike")
    for count, spread, alike in product(seeds, spreads, shares):
        rng = np.random.default_rng(4)
        methods = [Method(recall=recall, counts=ENOUGH, spread=spread) for recall in (RECALL, BETTER)]
        truth = methods[1].truth() - methods[0].truth()
        found = {"over both": [], "resampled seeds and images": [], "images alone": []}
        for _, _, values, replicates in simulated(rng, methods, count, alike, simulations, 50):
            for own, drawn in zip(values[..., 1] - values[..., 0], np.moveaxis(replicates[..., 1] - replicates[..., 0], 1, 0), strict=True):
                again = rng.integers(0, count, drawn.shape)
                for name, interval in {
                    "over both": intervals.of_seeds(drawn, own, LEVEL, seed=int(rng.integers(2**60))),
                    "resampled seeds and images": intervals.of_difference(np.take_along_axis(drawn, again, 1).mean(axis=1), LEVEL),
                    "images alone": intervals.of_difference(drawn.mean(axis=1), LEVEL),
                }.items():
                    found[name].append((interval.low, interval.high, truth))
        for name, hits in found.items():
            table.add(f"{count} seeds, {spread}, {alike}: {name}", hits, name == "over both")
    table.settle(capsys)


def err(simulations, counts, folds, capsys, alpha=0.05):
    """Compare models of one method: how often a test calls them different."""
    rng, p = np.random.default_rng(5), []
    labels = np.repeat(np.arange(CLASSES), counts)
    for _ in range(simulations):
        confusions = Method(recall=RECALL, counts=counts).seeds(rng, 1, 2, folds)
        first, second = predictions(rng, labels, confusions, 0.6)[0]
        p.append(permutation_test(labels, first, second, CLASSES, macro_f1, replicates=399, seed=int(rng.integers(2**60))).p)
    rejected, error = np.mean(np.array(p) <= alpha), np.sqrt(alpha * (1 - alpha) / simulations)
    with capsys.disabled():
        print(
            f"\npermutation of macro-F1, rarest {counts[-3:]}, {folds} models a side: rejects {rejected:.4f} at {alpha}, n = {simulations}"
        )
    assert rejected <= alpha + 3 * error


@pytest.mark.slow
def test_intervals_over_images_cover_what_is_true(capsys) -> None:
    cover_images(1000, 100, (ENOUGH, RARE), capsys)


@pytest.mark.slow
def test_intervals_over_seeds_and_images_cover_what_is_true(capsys) -> None:
    cover_seeds(400, (3, 5), (0.0, 0.1), (0.7,), capsys)


@pytest.mark.slow
@pytest.mark.parametrize(("counts", "folds"), [(ENOUGH, 1), (RARE, 1), (RARE, 2)])
def test_swapping_rejects_equal_models_no_more_often_than_it_says(counts, folds, capsys) -> None:
    err(1000, counts, folds, capsys)


@pytest.mark.long
@pytest.mark.parametrize("together", [1, 100])
def test_intervals_over_images_cover_what_is_true_in_many_test_sets(together, capsys) -> None:
    cover_images(3000, together, (ENOUGH, FEW, RARE), capsys)


@pytest.mark.long
def test_intervals_over_seeds_and_images_cover_what_is_true_in_many_test_sets(capsys) -> None:
    cover_seeds(1000, (2, 3, 5, 10), (0.0, 0.03, 0.1), (0.0, 0.7), capsys)


@pytest.mark.long
@pytest.mark.parametrize(("counts", "folds"), [(ENOUGH, 1), (FEW, 1), (RARE, 1), (RARE, 3)])
def test_swapping_rejects_equal_models_no_more_often_than_it_says_in_many_test_sets(counts, folds, capsys) -> None:
    err(5000, counts, folds, capsys)
