"""Tell whether a plugin was written for this version of augbench."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Most requirements are others', and reading one costs the import of packaging.
_OURS = re.compile(r"augbench\s*[(\[<>=!~;]", re.IGNORECASE)


def unmet(requires: Iterable[str], version: str) -> str | None:
    """Return the first requirement of ``augbench`` that a version does not meet, or None.

    A development version, or a candidate, counts as the release that it precedes, too.  Raise ``InvalidRequirement``.
    """
    for text in filter(_OURS.match, requires):
        from packaging.requirements import Requirement
        from packaging.version import Version

        required, ours = Requirement(text), Version(version)
        if required.marker is not None and not required.marker.evaluate({"extra": ""}):
            continue
        stands_for = {version, ours.base_version} if ours.is_prerelease else {version}
        if not any(required.specifier.contains(each, prereleases=True) for each in stands_for):
            return f"augbench{required.specifier}"
    return None
