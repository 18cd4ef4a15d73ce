"""Find the line of a component's code that a failure is about."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from augbench.registry.loading import definition

_KIT = Path(__file__).parent
_DUMPED = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)


def blamed(error: BaseException, component: type) -> str:
    """Return file:line of the component's own code where an error arose, or else of its class."""
    frames = traceback.extract_tb(error.__traceback__)
    return _last_own([(frame.filename, frame.lineno or 0) for frame in frames], component) or _defined(component)


def stuck(dump: str, component: type) -> str:
    """Return file:line where a dump of ``faulthandler`` shows the component's code, or else of its class."""
    frames = [(file, int(line)) for file, line in _DUMPED.findall(dump)]
    return _last_own(frames[::-1], component) or _defined(component)


def _defined(component: type) -> str:
    return definition(component) or component.__module__


def _last_own(frames: Sequence[tuple[str, int]], component: type) -> str:
    """Return the innermost of frames, the outermost first, that lies in the component's package or file."""
    home = _home(component)
    own = [(file, line) for file, line in frames if home and home in (Path(file), *Path(file).parents) and _KIT not in Path(file).parents]
    return f"{own[-1][0]}:{own[-1][1]}" if own else ""


def _home(component: type) -> Path | None:
    """Return the folder of the component's top-level package, or its file where it has none."""
    module = sys.modules.get(component.__module__)
    file = getattr(module, "__file__", None)
    if module is None or file is None:
        return None
    package = sys.modules.get(component.__module__.partition(".")[0])
    folder = getattr(package, "__file__", None)
    return Path(folder).parent if folder and hasattr(package, "__path__") else Path(file)
