"""Find the line that somebody has to mend: of a class, a method, or of the code that a failure went through."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

Frame = tuple[str, int]
"""A file and a line in it."""
_HARNESS = Path(__file__).parents[1]
_OURS = frozenset({"augbench_plugins", "augbench_datasets", "augbench_reports"})
_MATHS = {"torch", "torchvision", "timm", "numpy", "scipy", "pandas", "PIL", "sklearn", "pyarrow", "safetensors", "ray"}
_TOOLS = {"pydantic", "pydantic_core", "pluggy", "typer", "click", "rich", "jinja2", "packaging", "filelock", "pooch", "requests", "fsspec"}
_LIBRARIES = frozenset(_MATHS | _TOOLS)
"""Top-level packages in which nobody who writes a component looks for the fault."""


def definition(code: Any) -> str:
    """Return file:line of a class or function; empty where Python keeps no text of it."""
    try:
        return f"{inspect.getsourcefile(code)}:{inspect.getsourcelines(code)[1]}"
    except (OSError, TypeError):
        return ""


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
    after = [place for place, (file, _) in enumerate(passed) if _HARNESS in Path(file).parents]
    # The __init__ of a dataclass is of no file.
    foreign = [frame for frame in (passed[after[-1] + 1 :] if after else passed) if not frame[0].startswith("<")]
    if not foreign:
        return ""
    first = Path(foreign[0][0])
    return "" if _top(first) in _LIBRARIES or _is_standard(first) else _last_within(foreign, _package(first))


def outside(passed: Sequence[Frame]) -> str:
    """Return file:line of the innermost of frames, the outermost first, outside the harness, libraries and Python; or an empty string."""
    others = [(file, line) for file, line in passed if not file.startswith("<") and _HARNESS not in Path(file).parents]
    own = [(file, line) for file, line in others if _top(Path(file)) not in _LIBRARIES and not _is_standard(Path(file))]
    return f"{own[-1][0]}:{own[-1][1]}" if own else ""


def is_ours(place: str) -> bool:
    """Tell whether a place lies in what comes with augbench, whose faults are bugs."""
    return _top(Path(place.rpartition(":")[0])) in _OURS


def _last_within(passed: Sequence[Frame], home: Path | None) -> str:
    own = [
        frame for frame in passed if home and home in (Path(frame[0]), *Path(frame[0]).parents) and _HARNESS not in Path(frame[0]).parents
    ]
    return f"{own[-1][0]}:{own[-1][1]}" if own else ""


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


def _is_standard(file: Path) -> bool:
    return Path(inspect.__file__).parent in file.parents and "site-packages" not in file.parts
