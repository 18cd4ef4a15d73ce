"""GridMix: what every augmenter keeps to, and what its authors say."""

import pytest
import torch
from augbench import Augmenter, DrawContext
from augbench.testing import Check, conformance, registered

from augbench_gridmix.grid_mix import GridMix, GridMixDraw


@conformance(GridMix(), GridMix(cells=7, alpha=0.3))
def test_grid_mix(component: Augmenter, check: Check) -> None:
    check(component)


def test_a_matrix_finds_it_by_its_name() -> None:
    assert registered("augmenter", "grid-mix") is GridMix


def test_cells_are_whole_and_labels_count_by_their_area() -> None:
    sources = torch.stack([torch.ones(1, 3, 4, 6), torch.zeros(1, 3, 4, 6)], dim=1)
    first = torch.tensor([[[True, False], [False, False]]])
    mixed = GridMix(cells=2).apply(sources, GridMixDraw(first=first))
    expected = torch.zeros(4, 6)
    expected[:2, :3] = 1
    assert torch.equal(mixed.images, expected.expand(1, 3, 4, 6))
    assert mixed.pixel_weights.tolist() == [[0.25, 0.75]]


def test_a_side_that_the_grid_does_not_divide_has_cells_of_two_sizes() -> None:
    sources = torch.stack([torch.ones(1, 1, 5, 1), torch.zeros(1, 1, 5, 1)], dim=1)
    mixed = GridMix(cells=2).apply(sources, GridMixDraw(first=torch.tensor([[[True, True], [False, False]]])))
    assert mixed.images.flatten().tolist() == [1, 1, 1, 0, 0]
    assert mixed.pixel_weights[0, 0].item() == pytest.approx(0.6)


@pytest.mark.parametrize(("alpha", "low", "high"), [(0.05, 0.4, 0.5), (1.0, 0.27, 0.31), (500.0, 0.0, 0.02)])
def test_alpha_says_how_even_the_shares_are(alpha: float, low: float, high: float) -> None:
    context = DrawContext(
        steps=1,
        per_step=4000,
        shape=(1, 32, 32),
        labels=torch.zeros(4000, 2, dtype=torch.int64),
        class_counts=torch.tensor([4000]),
    )
    shares = GridMix(cells=32, alpha=alpha).draw(context, torch.Generator().manual_seed(0)).first.float().mean(dim=(1, 2))
    assert shares.mean().item() == pytest.approx(0.5, abs=0.03)
    # The standard deviation of Beta(a, a) is 1 / (2 sqrt(2 a + 1)), and 32 x 32 cells add little.
    assert low <= shares.std().item() <= high + 0.03
