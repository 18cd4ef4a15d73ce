"""How much an augmenter costs beside the one operation that it cannot do without."""

import time
from collections.abc import Callable, Iterator

import pytest
import torch

from augbench import DrawContext
from augbench_plugins.augmenters.mixup import Mixup
from augbench_plugins.augmenters.nonlinear_mixup import NonlinearMixup

pytestmark = pytest.mark.slow
BATCH, SHAPE = 32, (3, 64, 64)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def sources() -> torch.Tensor:
    return torch.rand(BATCH, 2, *SHAPE)


def context() -> DrawContext:
    return DrawContext(
        steps=1, per_step=BATCH, shape=SHAPE, labels=torch.zeros(BATCH, 2, dtype=torch.int64), class_counts=torch.tensor([BATCH])
    )


def quickest(*calls: Callable[[], object], repeats: int = 400) -> list[float]:
    """Return the least time of each call, taken in turn: whatever else the machine does meets all of them alike."""
    least = [float("inf")] * len(calls)
    for _ in range(repeats):
        for index, call in enumerate(calls):
            start = time.perf_counter()
            call()
            least[index] = min(least[index], time.perf_counter() - start)
    return least


def test_mixup_costs_one_lerp(sources: torch.Tensor, capsys: pytest.CaptureFixture[str]) -> None:
    draw = Mixup().draw(context(), torch.Generator().manual_seed(0))
    share = draw.weight[:, None, None, None]
    ours, lerp = quickest(lambda: Mixup().apply(sources, draw), lambda: torch.lerp(sources[:, 1], sources[:, 0], share))
    with capsys.disabled():
        print(f"\nmixup {ours * 1e6:.0f} us, lerp {lerp * 1e6:.0f} us: {ours / lerp:.2f} times")
    assert ours / lerp <= 1.5


@pytest.mark.parametrize("augmenter", [Mixup(), NonlinearMixup()], ids=["mixup", "nonlinear-mixup"])
def test_a_batch(benchmark, sources: torch.Tensor, augmenter: Mixup) -> None:
    draw = augmenter.draw(context(), torch.Generator().manual_seed(0))
    assert benchmark(augmenter.apply, sources, draw).images.shape == (BATCH, *SHAPE)
