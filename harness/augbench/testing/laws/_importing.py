"""Weigh what an import of a module brings along, in an interpreter of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache

from augbench.registry.hearing import HEAVY

_TIMEOUT = 60.0
_PROGRAM = """
import json, sys
path, name, file, heavy = json.loads(sys.argv[1])
sys.path[:] = path
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
def brought(name):
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        if not file or error.name is None or not (name + ".").startswith(error.name + "."):
            raise
        spec = spec_from_file_location(name, file)
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sorted(set(heavy) & set(sys.modules))
print("\\n" + json.dumps([brought(one) for one in name]))
"""


@dataclass(frozen=True, kw_only=True)
class Weight:
    """Heavy packages that imports bring along."""

    registering: tuple[str, ...] = ()
    """With the modules that register."""
    own: tuple[str, ...] = ()
    """With the component's own module beside them."""
    error: str = ""
    """Why the modules cannot be imported by themselves."""


@lru_cache(maxsize=32)
def weighed(registering: str, own: str, file: str) -> Weight:
    """Import what registers a component, then its own module, and tell what came along; ``file`` is where the latter lies."""
    said = json.dumps([sys.path, [registering, own], file, HEAVY])
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, said], capture_output=True, text=True, timeout=_TIMEOUT, stdin=subprocess.DEVNULL
        )
        first, second = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return Weight(error=(done.stderr.strip().splitlines() or ["no word"])[-1])
    except subprocess.TimeoutExpired:
        return Weight(error=f"no end within {_TIMEOUT:.0f} s")
    return Weight(registering=tuple(first), own=tuple(second))
