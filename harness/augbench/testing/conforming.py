"""Turn the laws into the cases of a pytest test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from augbench.testing.checking import Check, checks_of, known, label
from augbench.values.components import Component

HOUSE = "augbench_house"
"""The mark of checks that take seconds."""


def conformance(
    *components: Component, expected_failures: Mapping[str, str] | None = None, house: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a test run every check of every component:

        @conformance(FlipMix(), FlipMix(low=0.3))
        def test_flip_mix(component, check):
            check(component)

    ``expected_failures`` gives a reason for each check, by name, that the components are known to break; one that they keep after
    all fails.  Checks with all that is installed take seconds: they bear the mark ``augbench_house``, and ``house=False`` leaves them out.
    Raise ``UnknownCheck`` for a name that is none.
    """
    try:
        import pytest
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("conformance makes a test for pytest, which is not installed: pip install pytest") from error

    _expect_components(components)
    reasons = expected_failures or {}
    known(reasons, *dict.fromkeys(component.kind for component in components))
    cases = [
        pytest.param(component, check, id=f"{label(component)}-{check.name}", marks=list(_marks(pytest.mark, check, reasons)))
        for component in components
        for check in checks_of(component.kind)
        if house or not check.house
    ]
    return pytest.mark.parametrize(("component", "check"), cases)


def _expect_components(components: tuple[Any, ...]) -> None:
    if not components:
        raise TypeError("conformance() names no component: write @conformance(FlipMix())")
    for component in components:
        if isinstance(component, type) and issubclass(component, Component):
            raise TypeError(f"{component.__name__} is a class: write {component.__name__}(), with the parameters to be checked")
        if not isinstance(component, Component):
            raise TypeError(f"{component!r} is no component")


def _marks(mark: Any, check: Check, reasons: Mapping[str, str]) -> Iterator[Any]:
    if check.house:
        yield getattr(mark, HOUSE)
    if check.name in reasons:
        yield mark.xfail(reason=reasons[check.name], strict=True)
