"""What a GPU would be waited for, found out without one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from augbench.testing import Broken, NotApplicable
from augbench.testing.devices import CUDA, fake_cuda

Work = Callable[[Tensor], object]
ON_THE_HOST = torch.tensor([0.25, 0.75])


def tried(work: Work) -> None:
    with fake_cuda():
        work(torch.empty(4, device=CUDA))


def fill(numbers: Tensor) -> None:
    numbers[numbers > 0] = 0.0


def fill_with_others(numbers: Tensor) -> None:
    numbers[numbers > 0] = numbers[numbers > 0.5]


@pytest.mark.parametrize(
    "work",
    [
        lambda numbers: numbers.sum().item(),
        lambda numbers: numbers.tolist(),
        lambda numbers: bool((numbers > 0).all()),
        lambda numbers: numbers[: int(numbers[0])],
        lambda numbers: numbers[numbers > 0],
        lambda numbers: (numbers > 0).nonzero(),
        lambda numbers: numbers.unique(),
        lambda numbers: numbers.repeat_interleave((numbers > 0).long()),
        lambda numbers: torch.bincount(numbers.long(), minlength=4),
        lambda numbers: torch.allclose(numbers, numbers),
        lambda numbers: numbers.cpu(),
        lambda numbers: numbers.sum().cpu(),
        lambda numbers: numbers * torch.tensor([1.0, 2.0, 3.0, 4.0], device=CUDA),
        fill_with_others,
    ],
)
def test_the_host_waits(work: Work) -> None:
    with pytest.raises(Broken, match="waits"):
        tried(work)


@pytest.mark.parametrize("work", [lambda numbers: numbers + torch.ones(4), lambda numbers: numbers[torch.tensor([0, 1])]])
def test_tensors_of_two_devices_are_mixed(work: Work) -> None:
    with pytest.raises(Broken, match="is handed tensors of cpu and cuda:0; make them on the device of the sources"):
        tried(work)


def test_numpy_reads_no_tensor_of_a_device() -> None:
    with pytest.raises(Broken, match="NumPy reads a tensor, which lies on the device"):
        tried(lambda numbers: numbers.numpy())


@pytest.mark.parametrize(
    "work",
    [
        fill,
        lambda numbers: torch.where(numbers > 0, numbers, 0.0),
        lambda numbers: numbers * torch.tensor(0.5),
        lambda numbers: numbers.clamp(min=torch.tensor(0.5)),
        lambda numbers: ON_THE_HOST.to(numbers.device, non_blocking=True),
        lambda numbers: [ON_THE_HOST.tolist(), numbers],
        lambda numbers: torch.nn.functional.one_hot(numbers.long(), 4),
        lambda numbers: numbers[numbers.argsort()],
        lambda numbers: numbers.view(2, 2) @ torch.ones(2, 2, device=numbers.device),
    ],
)
def test_the_host_waits_for_nothing(work: Work) -> None:
    tried(work)


@pytest.mark.parametrize("work", [lambda numbers: torch.linspace(0, 1, 3).sum().item(), lambda numbers: f"{numbers.sum():.2f}"])
def test_what_takes_a_gpu_to_find_out_is_not_held_against_anybody(work: Work) -> None:
    with pytest.raises(NotApplicable, match="without a GPU"):
        tried(work)
