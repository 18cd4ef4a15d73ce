"""How this process was asked for what it does."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def invoked() -> str:
    """Return the command as a person would type it; of a notebook or a script, the function that it calls."""
    program = Path(sys.argv[0])
    # python -m augbench
    as_module = program.name == "__main__.py" and program.parent.name == "augbench"
    return shlex.join(["bench", *sys.argv[1:]]) if as_module or program.stem == "bench" else "augbench.run(...)"
