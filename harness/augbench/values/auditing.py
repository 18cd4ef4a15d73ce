"""What an audit finds in the images of a data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

RARE, VERY_RARE = 10, 5
"""Test images below which a class's F1 is hardly a measurement, and none at all."""
FEW_TO_LEARN = 20
"""Training images below which a generator mostly repeats what it has seen, and folds leave next to nothing to learn from."""

Code = Literal[
    "EMPTY_CLASS",
    "LEAKED_GROUPS",
    "DUPLICATES",
    "NEAR_DUPLICATES",
    "LABEL_CONFLICTS",
    "NEAR_CONFLICTS",
    "MOVED",
    "TURNED",
    "COLOUR_ALONE",
    "BACKGROUND_ALONE",
    "RARE_CLASS",
    "FEW_TO_LEARN",
    "BLANK",
    "SEVERAL_SIZES",
    "NOT_ALL_COMPARED",
]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image, as a person would look for it."""

    split: str
    label: str
    """Its class."""
    name: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that a user of a data set should know."""

    code: Code
    sentence: str
    """What was found, with numbers."""
    grave: bool = False
    """Whether it puts results in doubt, and not only limits them."""
    advice: str = ""
    """What to do."""
    count: int = 0
    """Images, groups or classes that it is about."""
    pictures: tuple[tuple[Picture, ...], ...] = ()
    """The images: pairs, or one by one; empty where it is about no single ones."""

    def brief(self) -> dict[str, Any]:
        """Return, for a record, all but the images and the advice."""
        return {"code": self.code, "sentence": self.sentence, "grave": self.grave, "count": self.count}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Finding:
        """Return what ``brief`` wrote.  Raise ``KeyError``, ``TypeError`` or ``ValueError`` on anything else."""
        code, sentence = (cast("Code", str(record[name])) for name in ("code", "sentence"))
        return cls(code=code, sentence=sentence, grave=record["grave"] is True, count=int(record["count"]))


@dataclass(frozen=True, kw_only=True)
class Audit:
    """A data set that was looked at."""

    name: str
    classes: tuple[str, ...]
    counts: Mapping[str, tuple[int, ...]]
    """Images of each class by split."""
    findings: tuple[Finding, ...]
    """The grave ones first."""

    @property
    def grave(self) -> bool:
        """Tell whether anything puts results in doubt."""
        return any(finding.grave for finding in self.findings)
