"""Take identities apart into single settings, under the keys of a matrix, and tell where two of them differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from augbench.plan.keys import canonical

What = Literal["value", "component", "code", "content", "input"]
"""``component``: which class stands there, as ``module:Class``; ``code``: the digest of its code; ``content``: that of its files;
``input``: the key of what a stage reads."""
Leaf = tuple[str, What]
Leaves = Mapping[Leaf, str]
"""Values as canonical JSON, by path and what they say of it: JSON tells 1 from 1.0 and from true, as keys do."""
# Where a matrix has a setting that a task holds under another name.
_MATRIX_KEYS = {
    "size": "batch.size",
    "mix": "batch.mix",
    "n": "batch.n",
    "bank-size": "bank.size",
    "count": "bank.size",
    "scope": "fit.scope",
}

# Between a component and its parameters, so that they are not taken for the keys of the harness in the same table.
_OWN = "\0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One setting, in an artefact and in what is planned; None where there is none."""

    path: str
    """As in a matrix: ``training.lr``."""
    what: What = "value"
    before: Any
    after: Any
    component: str | None = None
    """Whose code or content it is, as ``module:Class``."""


def leaves(settings: Mapping[str, Any]) -> dict[Leaf, str]:
    """Return every single setting of a stage."""
    return {leaf: value for name, part in settings.items() for leaf, value in _leaves(_MATRIX_KEYS.get(name, name), part)}


def differences(before: Leaves, after: Leaves) -> tuple[Difference, ...]:
    """Return what differs, components first, then in the order of paths.

    Where a component is swapped, its parameters are no difference of their own, nor are the keys that come and go with it.
    """
    changed = [leaf for leaf in {**before, **after} if before.get(leaf) != after.get(leaf)]
    swapped = {path for path, what in changed if what == "component"}
    kept = [
        (path, what)
        for path, what in changed
        if not _follows(path, what, swapped, coming=(path, what) not in before or (path, what) not in after)
    ]
    found = [_difference(before, after, path, what) for path, what in kept]
    told = (one for one in found if (one.before, one.after) != (None, None))
    return tuple(sorted(told, key=lambda one: (one.what != "component", one.path, one.what)))


def _follows(path: str, what: What, swapped: set[str], *, coming: bool) -> bool:
    """Tell whether a leaf differs because of a component that was swapped; ``coming`` or going, it is on one side alone."""
    if path in swapped and what != "component":
        return True
    return any(path.startswith(f"{other}{_OWN}") or (coming and path.startswith(f"{other}.")) for other in swapped)


def _leaves(path: str, value: Any) -> Iterator[tuple[Leaf, str]]:
    if isinstance(value, Mapping) and "component" in value:
        yield from _component(path, value)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            # An augmenter shares its table with the keys of its slot.
            shared = key == "augmenter" and isinstance(part, Mapping) and "component" in part
            yield from _leaves(path if shared else f"{path}.{key}", part)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        # Shifting a list's items would change each of them: as long as these are other components, that is what differs.
        yield (path, "component"), canonical([item.get("component") if isinstance(item, Mapping) else item for item in value])
        for number, item in enumerate(value, 1):
            yield from _leaves(f"{path}{_OWN}{number}", item)
    else:
        yield (path, "value"), canonical(value)


def _component(path: str, value: Mapping[str, Any]) -> Iterator[tuple[Leaf, str]]:
    yield (path, "component"), canonical(value["component"])
    for what in ("code", "content"):
        if what in value:
            yield (path, what), canonical(value[what])
    for key, part in value.get("parameters", {}).items():
        yield from _leaves(f"{path}{_OWN}{key}", part)


def _difference(before: Leaves, after: Leaves, path: str, what: What) -> Difference:
    component = _read(after, path, "component") if what in ("code", "content") else None
    return Difference(
        path=path.replace(_OWN, "."), what=what, before=_read(before, path, what), after=_read(after, path, what), component=component
    )


def _read(table: Leaves, path: str, what: What) -> Any:
    text = table.get((path, what))
    return None if text is None else json.loads(text)
