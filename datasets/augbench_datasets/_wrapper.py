"""What data sets have in common that are made of another one."""

from __future__ import annotations

from abc import ABC

from augbench import Dataset, Download, Progress


class Wrapper(Dataset, ABC):
    """A data set made of another, whose files are the other's."""

    of: Dataset

    def downloads(self) -> tuple[Download, ...]:
        """Name the files of the other."""
        return self.of.downloads()

    def unpack(self, progress: Progress) -> None:
        """Unpack the other."""
        self.of.unpack(progress)
