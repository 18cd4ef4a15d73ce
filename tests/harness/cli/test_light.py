"""What only looks things up starts fast: no heavy package is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"torch", "timm", "numpy", "pandas", "pydantic", "matplotlib", "torchvision", "scipy", "PIL", "pyarrow"}
CODE = f"""
import sys
from augbench.cli import main
try:
    main()
except SystemExit as end:
    print("exit", end.code, sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
"""
LOOKUPS = [
    "--help",
    "--version",
    "run --help",
    "plan --help",
    "why --help",
    "plugins list",
    "plugins show mixup",
    "cache list --store /nowhere/at/all",
    "datasets list",
    "datasets show image-folder",
]


@pytest.mark.parametrize("arguments", LOOKUPS)
def test_looking_things_up_imports_nothing_heavy(arguments: str):
    done = subprocess.run([sys.executable, "-c", CODE, *arguments.split()], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "exit 0 []"
    assert done.stdout
