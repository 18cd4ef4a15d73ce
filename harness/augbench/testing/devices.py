"""Find out without a GPU whether code would wait for one, or copy between devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from augbench.testing.checking import Broken, NotApplicable, require

CUDA = "cuda"
aten = torch.ops.aten


class NoWaiting(TorchDispatchMode):
    """Refuses, of fake tensors, operations for which the host waits for the device, or which copy between them."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        """Look at an operation before and after it is made."""
        kwargs = kwargs or {}
        given = _tensors((args, kwargs))
        on_device = any(tensor.is_cuda for tensor in given)
        require(not (on_device and _by_mask(func, args)), f"{func} by a mask waits for the device; torch.where does not")
        _require_one_device(func, given)
        try:
            result = func(*args, **kwargs)
        except (DataDependentOutputException, DynamicOutputShapeException) as error:
            if on_device:
                raise Broken(f"{func} waits for the device: the host reads a number, or a size, that only the device knows") from error
            raise NotApplicable(f"it looks at numbers on the CPU ({func}), which cannot be followed without a GPU") from error
        _require_no_copy(func, given, _tensors(result), kwargs)
        return result


@contextmanager
def fake_cuda() -> Iterator[None]:
    """Let code run on tensors of a device that is not there: they have shapes and types, no numbers.

    Raise ``Broken`` where it waits for the device or copies, ``NotApplicable`` where that takes a GPU to find out.
    """
    try:
        with FakeTensorMode(allow_non_fake_inputs=True), NoWaiting():  # type: ignore[no-untyped-call]
            yield
    except (Broken, NotApplicable):
        raise
    except Exception as error:
        if ".numpy()" in str(error):
            raise Broken("NumPy reads a tensor, which lies on the device").with_traceback(error.__traceback__) from error
        raise NotApplicable(f"it cannot be tried without a GPU: {type(error).__name__}: {error}") from error


def _tensors(values: object) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(values) if isinstance(leaf, Tensor)]


def _by_mask(func: Any, args: Sequence[Any]) -> bool:
    """Tell whether places are given by a mask, of which only the device knows how many there are."""
    if func.overloadpacket not in (aten.index, aten.index_put, aten.index_put_):
        return False
    masks = [index for index in args[1] if index is not None and index.dtype in (torch.bool, torch.uint8)]
    # torch turns ``images[mask] = 0`` into a fill, which needs no number of places.
    fills = func.overloadpacket is not aten.index and len(masks) == 1 and args[2].numel() == 1 and not args[2].is_cuda
    return bool(masks) and not fills


def _require_one_device(func: Any, given: Sequence[Tensor]) -> None:
    devices = sorted({str(tensor.device) for tensor in given if tensor.dim()})
    # A copy into a tensor is one that says so.
    kept = len(devices) <= 1 or func.overloadpacket is aten.copy_
    require(kept, f"{func} is handed tensors of {' and '.join(devices)}; make them on the device of the sources")


def _require_no_copy(func: Any, given: Sequence[Tensor], made: Sequence[Tensor], kwargs: Mapping[str, Any]) -> None:
    fetched = any(tensor.is_cuda for tensor in given) and any(not tensor.is_cuda for tensor in made)
    require(not fetched, f"{func} copies from the device, for which the host waits")
    # One number is no copy: torch hands it to the kernel.
    sent = any(not tensor.is_cuda and tensor.dim() for tensor in given) and any(tensor.is_cuda for tensor in made)
    advice = "put the numbers into the draw, or make them there with torch.full or torch.arange"
    kept = not sent or bool(kwargs.get("non_blocking"))
    require(kept, f"{func} waits while it copies to the device, as torch.tensor([...], device=...) does; {advice}")
