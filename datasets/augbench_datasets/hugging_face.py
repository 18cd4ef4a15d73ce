"""Data sets of the Hugging Face hub, and those that its library has saved."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from augbench import Card, Dataset, Probe, Progress, Splits, data_folder
from augbench.values.errors import MissingExtra
from augbench_datasets._division import Division
from augbench_datasets._hub_errors import BadHubName, BadSplits, NoHubName

if TYPE_CHECKING:
    from augbench_datasets._hub_splits import HubSplits

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?")
_SPLITS = {"train", "validation", "test"}


@dataclass(frozen=True, kw_only=True)
class HuggingFace(Dataset):
    """A data set of the Hugging Face hub by its name, or a folder that the library's save_to_disk() has written, or Parquet files.

    The network is asked by ``bench datasets fetch`` alone, and no code that comes with a data set is run.
    """

    preload: ClassVar[tuple[str, ...]] = ("datasets",)

    name: str | None = None
    """Its name on the hub, such as ylecun/mnist."""
    path: Path | None = None
    """A folder or a .parquet file of your own; of a name, where it lies: where bench datasets fetch puts it, unless given."""
    config: str | None = None
    """Which of its configurations, where the hub has several."""
    revision: str | None = None
    """A commit, tag or branch of it; a commit is the same for ever."""
    image: str | None = None
    """The column of images; the only one, unless given."""
    label: str | None = None
    """The column of labels; the only one with names of classes, or one called label, unless given."""
    group: str | None = None
    """A column of groups, such as patients or slides."""
    splits: Mapping[str, str] | None = None
    """Which splits to take: { train = "train", validation = "valid", test = "test" }; those of these names, unless given."""
    split: Division | None = None
    """How a training split alone is divided: { test = 0.2, val = 0.2, by = "group" or "class", seed = 0 }."""
    channels: Literal["rgb", "grey"] | None = None
    """Convert all images to this; unless given, all must be of one kind."""

    def __post_init__(self) -> None:
        """Refuse what names nothing, and to go on without the library."""
        if self.name is None and self.path is None:
            raise NoHubName
        if self.name is not None and not _NAME.fullmatch(self.name):
            raise BadHubName(self.name)
        if self.splits is not None and not {"train"} <= set(self.splits) <= _SPLITS:
            raise BadSplits(self.splits)
        if not _installed():
            raise MissingExtra("hugging-face", "hugging-face")

    def card(self) -> Card:
        """Name its page."""
        if self.name is None:
            own = self.path.resolve().name if self.path else ""
            return Card(title=own, source=f"a data set of the Hugging Face library, {own}")
        at = f", revision {self.revision}" if self.revision else ""
        note = "Licence and citation stand on its page." + (
            "" if self.revision else " Without a revision, what is fetched may change there."
        )
        return Card(title=self.name, source=f"https://huggingface.co/datasets/{self.name}{at}", notes=(note,))

    def unpack(self, progress: Progress) -> None:
        """Fetch a named data set with the library, and save it.  Raise ``HubRefuses``."""
        if self.name is not None:
            from augbench_datasets._hub_fetch import fetch

            fetch(self.name, self.config, self.revision, self._place())

    def probe(self) -> Probe:
        """Read labels and groups, look at the header of each image, and hash its file.

        Raise ``NotFetched``, ``NotSaved``, ``BadColumn``, ``UnreadableImage``, ``OddImage``, or another ``DataError``.
        """
        return self._splits().probe()

    def load(self) -> Splits:
        """Return splits whose images are decoded when asked for."""
        return self._splits().load()

    def _splits(self) -> HubSplits:
        from augbench_datasets._hub_splits import read_splits

        return read_splits(self, self._place())

    def _place(self) -> Path:
        if self.path is not None:
            return self.path
        from urllib.parse import quote

        parts = [self.name, self.config, self.revision]
        return data_folder() / "hugging-face" / "--".join(quote(part.replace("/", "--"), safe="") for part in parts if part)


def _installed() -> bool:
    found = importlib.util.find_spec("datasets")
    # A folder of this name, such as augbench's own, is found as well.
    if found is None or found.origin is None:
        return False
    try:
        return int(importlib.metadata.version("datasets").partition(".")[0]) >= 4
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False
