"""Many plugins, three of them broken, do not slow a look at what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from support.sites import Site

PLUGINS, BROKEN, RUNS = 50, 3, 3
FACTOR = 2.0
PLUGIN = """
from augbench import hookimpl


@hookimpl
def register(registry):
    registry.augmenter("mix-{0}", "parts_{0}:Mix", "Mix two images in way {0}")
    registry.sampler("sampler-{0}", "parts_{0}:Sampling", "Sample in way {0}")
    registry.loss("loss-{0}", "parts_{0}:Loss", "Punish in way {0}")
"""
PARTS = (Path(__file__).parents[2] / "examples/augbench-gridmix/augbench_gridmix/grid_mix.py").read_text()
PARTS += "\n\nclass Mix: ...\n\n\nclass Sampling: ...\n\n\nclass Loss: ...\n"
CODE = "import sys; from augbench.cli import main; sys.argv = ['bench', *sys.argv[1:]]; main()"
FAULTS = ("def broken(:\n", "import nowhere_at_all\n", "from augbench import hookimpl\n\n\n@hookimpl\ndef register(registri):\n    pass\n")


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """Give a folder of distributions as pip leaves them."""
    site = Site(tmp_path)
    for number in range(PLUGINS):
        code = FAULTS[number] if number < BROKEN else PLUGIN.format(number)
        site.install(f"augbench-plugin-{number}", requires=["torch>=2", "augbench>=0.1,<1"], **{f"plugin_{number}": code})
        site.write(f"parts_{number}.py", PARTS)
    return tmp_path


def seconds(arguments: list[str], path: str) -> float:
    """Return the time of the CPU that a whole process takes: one thread, which waits for nothing but its turn."""
    began = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", CODE, *arguments], env={"PYTHONPATH": path}, capture_output=True, check=True)
    ended = getrusage(RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["plugins", "list"], ["plugins", "show", "mixup"]], ids=" ".join)
def test_fifty_plugins_take_less_than_twice_the_time_of_none(crowded: Path, arguments: list[str]):
    # By turns, so that whatever else the machine does slows both; the first run of each writes bytecode.
    both = [(seconds(arguments, ""), seconds(arguments, str(crowded))) for _ in range(RUNS + 1)][1:]
    none, many = min(first for first, _ in both), min(second for _, second in both)
    print(f"{' '.join(arguments)}: {none:.3f} s with none, {many:.3f} s with {PLUGINS}")
    assert many < FACTOR * none
