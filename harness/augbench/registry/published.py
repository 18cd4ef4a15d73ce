"""Read what a distribution says of itself: where it lives, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata

_PAGES = ("homepage", "home", "repository", "source", "source code", "documentation")
_LICENCE = "License :: OSI Approved :: "


@dataclass(frozen=True, kw_only=True)
class Published:
    """A distribution's own words; empty where it has none."""

    home_page: str = ""
    licence: str = ""


def published(distribution: str) -> Published:
    """Return what an installed distribution says; nothing of what is none."""
    try:
        said = metadata(distribution)
    except (PackageNotFoundError, ValueError):
        return Published()
    return Published(home_page=_home_page(said), licence=_licence(said))


def _home_page(said: PackageMetadata) -> str:
    told = (line.partition(",") for line in said.get_all("Project-URL") or ())
    pages = {label.strip().lower(): address.strip() for label, _, address in told}
    return next((pages[label] for label in _PAGES if label in pages), _value(said, "Home-page"))


def _licence(said: PackageMetadata) -> str:
    # The whole text stands there now and then.
    named = _value(said, "License-Expression") or _value(said, "License").partition("\n")[0]
    classified = [line.removeprefix(_LICENCE) for line in said.get_all("Classifier") or () if line.startswith(_LICENCE)]
    return named or ", ".join(classified)


def _value(said: PackageMetadata, key: str) -> str:
    text = said[key] if key in said else ""  # noqa: SIM401 - a message has no get in Python 3.11
    return "" if text == "UNKNOWN" else str(text).strip()
