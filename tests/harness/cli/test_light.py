"""What only looks things up starts fast: no heavy package is imported."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from augbench.store.run_folder import SCHEMA

HEAVY = {"torch", "timm", "numpy", "pandas", "pydantic", "torchvision", "scipy", "PIL", "pyarrow"}
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
    "status --help",
    "reproduce --help",
    "plugins list",
    "plugins show mixup",
    "cache list --store /nowhere/at/all",
    "datasets list",
    "datasets preview --help",
    "init --help",
    "new-plugin --help",
    "schema --help",
    "init --list",
    "datasets show image-folder",
]


@pytest.mark.parametrize("arguments", LOOKUPS)
def test_looking_things_up_imports_nothing_heavy(arguments: str):
    done = subprocess.run([sys.executable, "-c", CODE, *arguments.split()], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "exit 0 []"
    assert done.stdout


def test_looking_at_a_run_imports_nothing_heavy(tmp_path):
    run = {"schema": SCHEMA, "title": "Cells", "smoke": False, "trials": [], "request": None}
    (tmp_path / "run.json").write_text(json.dumps(run))
    done = subprocess.run([sys.executable, "-c", CODE, "status", str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "exit 0 []"
    assert done.stdout.startswith(f"Cells: {tmp_path}\n")
