"""Tell whether a plugin was written for this version of augbench."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

# Most requirements are others', and reading one costs the import of packaging.
_OURS = re.compile(r"augbench\s*[(\[<>=!~;]", re.IGNORECASE)


def unmet(requires: Iterable[str], version: str) -> str | None:
    """Return the first requirement of ``augbench`` that a version does not meet, or None.

    A development version, or a candidate, counts as the release that it precedes, too.  Raise ``InvalidRequirement``.
    """
    found = (_unmet(text, version) for text in requires if _OURS.match(text))
    return next(filter(None, found), None)


# Many plugins require the same.
@cache
def _unmet(text: str, version: str) -> str | None:
    from packaging.requirements import Requirement
    from packaging.version import Version

    required, ours = Requirement(text), Version(version)
    if required.marker is not None and not required.marker.evaluate({"extra": ""}):
        return None
    stands_for = {version, ours.base_version} if ours.is_prerelease else {version}
    met = any(required.specifier.contains(each, prereleases=True) for each in stands_for)
    return None if met else f"augbench{required.specifier}"
