"""What takes many minutes runs only where it is asked for, and golden files are written where that is asked for."""

import os

import pytest

# One thread, as a stage has: on a busy machine threads that wait for each other take many times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# No test can pull the plug of the machine, and waiting for disks takes half the time of those that run a matrix.
os.fsync = os.fstat  # type: ignore[assignment]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew."""
    parser.addoption("--write-golden", action="store_true", help="write the golden files of the reports instead of comparing them")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked ``long`` unless ``-m`` names the mark: checks with all that is installed are."""
    for item in items:
        if item.get_closest_marker("augbench_house"):
            item.add_marker("long")
    if "long" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
