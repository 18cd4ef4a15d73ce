"""Compare what components give, bit by bit: tensors, arrays, numbers and texts in tuples, mappings and dataclasses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any


def difference(first: Any, second: Any) -> str:
    """Say where two trees differ first, and how; empty where they are the same.  NaN equals NaN."""
    return next(_differences(first, second, ""), "")


def _differences(first: Any, second: Any, at: str) -> Iterator[str]:
    where = f"{at.removeprefix('.')}: " if at else ""
    if type(first) is not type(second):
        yield f"{where}{type(first).__name__} and {type(second).__name__}"
    elif _is_array(first):
        yield from (f"{where}{told}" for told in _of_arrays(first, second))
    elif isinstance(first, Mapping):
        yield from _of_mappings(first, second, at, where)
    elif is_dataclass(first) and not isinstance(first, type):
        yield from chain.from_iterable(_part(first, second, own.name, at) for own in fields(first))
    elif isinstance(first, Sequence) and not isinstance(first, str | bytes):
        if len(first) != len(second):
            yield f"{where}{len(first)} and {len(second)} items"
        pairs = enumerate(zip(first, second, strict=False))
        yield from chain.from_iterable(_differences(one, other, f"{at}[{place}]") for place, (one, other) in pairs)
    elif first != second and (first == first or second == second):
        yield f"{where}{first!r} and {second!r}"


def _part(first: Any, second: Any, name: str, at: str) -> Iterator[str]:
    return _differences(getattr(first, name), getattr(second, name), f"{at}.{name}")


def _of_mappings(first: Mapping[Any, Any], second: Mapping[Any, Any], at: str, where: str) -> Iterator[str]:
    if list(first) != list(second):
        yield f"{where}the keys {list(first)} and {list(second)}"
    yield from chain.from_iterable(_differences(value, second[key], f"{at}.{key}") for key, value in first.items() if key in second)


def _is_array(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("dtype", "shape", "tolist"))


def _of_arrays(first: Any, second: Any) -> Iterator[str]:
    about = [(str(array.dtype), tuple(array.shape), str(getattr(array, "device", "cpu"))) for array in (first, second)]
    if about[0] != about[1]:
        yield " and ".join(f"{kind} {list(shape)} on {device}" for kind, shape, device in about)
        return
    differs = _differing(first, second)
    if count := int(differs.sum()):
        yield f"{count:,} of {differs.size:,} values differ{_by(first, second)}"


def _differing(first: Any, second: Any) -> Any:
    """Tell for each value whether its bits differ, or, of numbers that are not, whether only one is."""
    import numpy as np

    one, other = _plain(first), _plain(second)
    if one.dtype.hasobject or not one.size:
        return np.asarray(one != other)
    bits = [np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8).reshape(one.size, -1) for array in (one, other)]
    differs = (bits[0] != bits[1]).any(1).reshape(one.shape)
    return differs & ~((one != one) & (other != other))


def _by(first: Any, second: Any) -> str:
    import numpy as np

    one, other = (_plain(array) for array in (first, second))
    if one.dtype.kind not in "iuf":
        return ""
    gaps = np.abs(one.astype(np.float64) - other.astype(np.float64))
    known = gaps[np.isfinite(gaps)]
    return f", by up to {known.max():.3g}" if known.size else ""


def _plain(array: Any) -> Any:
    """Return a NumPy array of the same bits, or of the same values where NumPy has no such type."""
    import numpy as np

    if not hasattr(array, "detach"):
        return np.asarray(array)
    whole = array.detach().cpu()
    # NumPy has no bfloat16; float32 holds each of its values.
    return (whole.float() if str(whole.dtype) == "torch.bfloat16" else whole).numpy()
