"""Find the line that somebody has to mend: of a class, a method, or of the code that a failure went through."""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import pluggy

Frame = tuple[str, int]
"""A file and a line in it."""
_HARNESS = Path(__file__).parents[1]
_OURS = frozenset({"augbench_plugins", "augbench_datasets", "augbench_reports"})
_MATHS = {"torch", "torchvision", "timm", "numpy", "scipy", "pandas", "PIL", "sklearn", "pyarrow", "safetensors", "ray"}
_TOOLS = {"pydantic", "pydantic_core", "pluggy", "typer", "click", "rich", "jinja2", "packaging", "filelock", "pooch", "requests", "fsspec"}
_LIBRARIES = frozenset(_MATHS | _TOOLS)
"""Top-level packages in which nobody who writes a component looks for the fault."""

_HOOK = re.compile(r"hook '(\w+)'")


def definition(code: Any) -> str:
    """Return file:line of a class or function; empty where Python keeps no text of it."""
    try:
        return f"{inspect.getsourcefile(code)}:{inspect.getsourcelines(code)[1]}"
    except (OSError, TypeError):
        return ""


def location(error: BaseException) -> str:
    """Return file:line of the code to blame, or an empty string where only machinery is on the stack."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}:{error.offset or 1}"
    if isinstance(error, pluggy.PluginValidationError):
        return _hook_location(error)
    return _last([frame for frame in frames(error) if not _is_machinery(Path(frame[0]))])


def frames(error: BaseException) -> list[Frame]:
    """Return the places that an error went through, the outermost first."""
    return [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]


def innermost(passed: Sequence[Frame], component: type) -> str:
    """Return file:line of the innermost of frames, the outermost first, within a component's package or file; or an empty string."""
    return _last_within(passed, _home_of(component))


def standing(frame: FrameType | None) -> list[Frame]:
    """Return the places that lead to where code stands, the outermost first."""
    return [(one.filename, one.lineno or 0) for one in traceback.extract_stack(frame)] if frame else []


def entered(error: BaseException) -> str:
    """Return file:line of the code that the harness called and an error came from; empty where that is the harness or a library."""
    return entered_at(frames(error))


def entered_at(passed: Sequence[Frame]) -> str:
    """Return file:line of the innermost of frames, the outermost first, within the code that the harness called; or an empty string."""
    after = [place for place, (file, _) in enumerate(passed) if _is_harness(Path(file))]
    foreign = _in_files(passed[after[-1] + 1 :] if after else passed)
    if not foreign:
        return ""
    first = Path(foreign[0][0])
    return "" if _is_library(first) else _last_within(foreign, _package(first))


def outside(passed: Sequence[Frame]) -> str:
    """Return file:line of the innermost of frames, the outermost first, outside the harness, libraries and Python; or an empty string."""
    return _last([frame for frame in passed if not _is_harness(Path(frame[0])) and not _is_library(Path(frame[0]))])


def is_ours(place: str) -> bool:
    """Tell whether a place lies in what comes with augbench, whose faults are bugs."""
    return _top(Path(place.rpartition(":")[0])) in _OURS


def _last_within(passed: Sequence[Frame], home: Path | None) -> str:
    own = [frame for frame in passed if home and Path(frame[0]).is_relative_to(home)]
    return _last([frame for frame in own if not _is_harness(Path(frame[0]))])


def _last(passed: Sequence[Frame]) -> str:
    own = _in_files(passed)
    return f"{own[-1][0]}:{own[-1][1]}" if own else ""


def _in_files(passed: Sequence[Frame]) -> list[Frame]:
    # The __init__ of a dataclass is of no file.
    return [frame for frame in passed if not frame[0].startswith("<")]


def _hook_location(error: pluggy.PluginValidationError) -> str:
    # A wrong signature is found by looking at the function, so no traceback leads to it; the message names it.
    named = _HOOK.search(str(error))
    if code := getattr(getattr(error.plugin, named[1], None) if named else None, "__code__", None):
        return f"{code.co_filename}:{code.co_firstlineno}"
    return str(getattr(error.plugin, "__file__", "") or "")


def _home_of(component: type) -> Path | None:
    file = getattr(sys.modules.get(component.__module__), "__file__", None)
    return _package(Path(file)) if file else None


def _package(file: Path) -> Path:
    """Return the folder of a file's topmost package, or the file where it is in none."""
    folder = None
    for parent in file.parents:
        if not (parent / "__init__.py").is_file():
            break
        folder = parent
    return folder or file


def _top(file: Path) -> str:
    return _package(file).name


def _is_harness(file: Path) -> bool:
    return _HARNESS in file.parents


def _is_library(file: Path) -> bool:
    return _top(file) in _LIBRARIES or _is_standard(file)


def _is_machinery(file: Path) -> bool:
    """Tell whether a file only finds and loads plugins."""
    # Who imports the backport has the entry points of all come through it.
    return bool({"pluggy", "importlib_metadata"} & set(file.parts)) or file.parent == Path(__file__).parent or _is_standard(file)


def _is_standard(file: Path) -> bool:
    """Tell whether a file is Python's own, such as the module that refuses a mutable default."""
    return Path(inspect.__file__).parent in file.parents and not {"site-packages", "dist-packages"} & set(file.parts)
