"""Notice distributions that want augbench and give it nothing: their entry points are missing, or stand under another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches
from importlib.metadata import Distribution, distributions

from augbench.registry.entries import Note, Origin
from augbench.registry.installed import GROUP, PRESETS, VERBS

# An extra's requirement makes nobody a plugin.
_REQUIRES = re.compile(rf"^Requires-Dist:\s*{GROUP}\b(?![-_.\w])(?!.*\bextra\b)", re.MULTILINE | re.IGNORECASE)


def unplugged() -> Iterator[Note]:
    """Yield a note on each installed distribution that requires augbench and has no entry point that anybody reads."""
    notes = {}
    for found in distributions():
        # Whatever stands there was written by somebody else's tool; what hides a plugin is told where plugins are found.
        with suppress(Exception):
            if (note := _noted(found)) is not None:
                notes[note.origin] = note
    yield from notes.values()


def _noted(found: Distribution) -> Note | None:
    if not _wants_augbench(found):
        return None
    groups = sorted({point.group for point in found.entry_points})
    if set(groups) & {GROUP, VERBS, PRESETS}:
        return None
    name = str(found.metadata["Name"])
    return Note(origin=Origin(plugin=name, distribution=name, version=found.version), text=_text(groups))


def _wants_augbench(found: Distribution) -> bool:
    # As text: the metadata of all that is installed take long to parse.
    head = (found.read_text("METADATA") or "").partition("\n\n")[0]
    return _REQUIRES.search(head) is not None


def _text(groups: list[str]) -> str:
    wanted = f"[project.entry-points.{GROUP}]"
    if close := get_close_matches(GROUP, groups, 1):
        return f"has entry points of a group '{close[0]}', which nobody reads; did you mean {wanted} in pyproject.toml?"
    return f"requires augbench, and is no plugin of it: that takes {wanted} in pyproject.toml"
