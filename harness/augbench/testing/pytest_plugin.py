"""Show in pytest what a check saw, in place of the kit's own traceback; nothing happens in projects that use no checks."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest

_CHECKING = "augbench.testing.checking"


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of checks that take seconds."""
    line = "augbench_house: tries a component with all that is installed, in seconds (deselect with -m 'not augbench_house')"
    config.addinivalue_line("markers", line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip a check that says nothing of its component."""
    try:
        return (yield)
    except Exception as error:
        checking = sys.modules.get(_CHECKING)
        if checking is None or _check(item) is None or not isinstance(error, checking.NOT_HERE):
            raise
        raise pytest.skip.Exception(str(error), _use_item_location=True) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Tell of a broken law: the sentence, what was seen, where to look."""
    report = yield
    check = _check(item)
    if check is not None and report.failed and report.when == "call" and call.excinfo is not None:
        report.longrepr = _told(check, item.callspec.params["component"], call.excinfo.value)  # type: ignore[attr-defined]
    return report


def _check(item: pytest.Item) -> Any:
    """Return the check that an item runs, or None."""
    checking = sys.modules.get(_CHECKING)
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    check = parameters.get("check")
    return check if checking is not None and isinstance(check, checking.Check) and "component" in parameters else None


def _told(check: Any, component: Any, error: BaseException) -> str:
    from augbench.testing.blaming import blamed
    from augbench.testing.checking import label, seen

    where = blamed(error, type(component), check.function)
    return f"{label(component)} breaks the law '{check.name}':\n    {check.law}\n{seen(error)}\n{where}"
