"""SMOTE as a mixer: whom it mixes, and how far."""

import pytest
import scipy.stats
import torch
from sklearn.neighbors import NearestNeighbors

from augbench import Facts, TableView
from augbench.stages.images import ResidentImages
from augbench_plugins.augmenters.mixup import MixupDraw
from augbench_plugins.augmenters.smote import Smote


def view(counts, shape=(3, 5, 5)):
    pixels = torch.randint(0, 256, (sum(counts), *shape), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    # Out of order: nothing may hang on classes standing together.
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(1))
    return TableView(images=ResidentImages(pixels[order], 255.0), labels=labels[order], device=torch.device("cpu"))


def test_partners_are_the_nearest_of_the_class_by_scikit_learn() -> None:
    seen = view([30, 9])
    table = Smote(k=4).partners(seen)
    for label in (0, 1):
        members = (seen.labels == label).nonzero()[:, 0]
        pixels = seen.images.take(members).flatten(1).double().numpy()
        found = NearestNeighbors(n_neighbors=5).fit(pixels).kneighbors(pixels, return_distance=False)[:, 1:]
        assert torch.equal(table[members], members[torch.from_numpy(found)])


def test_large_classes_are_compared_in_parts_to_the_same_end(monkeypatch) -> None:
    from augbench_plugins import _nearest

    whole = Smote(k=3).partners(view([40]))
    monkeypatch.setattr(_nearest, "ROWS", 7)
    monkeypatch.setattr(_nearest, "COLUMNS", 11)
    assert torch.equal(Smote(k=3).partners(view([40])), whole)


def test_a_class_of_few_repeats_its_neighbours_and_one_alone_is_its_own() -> None:
    seen = view([3, 1])
    table = Smote(k=5).partners(seen)
    alone = int((seen.labels == 1).nonzero())
    assert table[alone].tolist() == [alone] * 5
    others = set((seen.labels == 0).nonzero()[:, 0].tolist())
    for member in others:
        assert set(table[member].tolist()) == others - {member}


def test_an_image_moves_by_a_uniform_share_of_the_way(context, images, rng) -> None:
    moved = 1 - Smote().draw(context(4000), rng()).weight.numpy()
    assert scipy.stats.kstest(moved, scipy.stats.uniform(0, 1).cdf).pvalue > 0.01
    sources = images(3)
    mixed = Smote().apply(sources, MixupDraw(weight=torch.tensor([1.0, 0.0, 0.25])))
    assert torch.equal(mixed.images[0], sources[0, 0])
    assert torch.equal(mixed.images[1], sources[1, 1])
    assert torch.allclose(mixed.images[2], 0.25 * sources[2, 0] + 0.75 * sources[2, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("count", "said"), [(6, None), (5, "smote looks at k = 5 neighbours, and class 'b' has 5 training images: lower k to 4 or less")]
)
def test_too_few_images_are_told_before_anything_runs(count, said) -> None:
    facts = Facts(shape=(1, 8, 8), classes=("a", "b"), counts=(50, count), minority=("b",), batch_size=8)
    assert Smote().supports(facts) == said
