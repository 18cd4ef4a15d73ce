"""Someone else's synthetic images as banks."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from augbench import Facts, Fitted, Generator, Progress, Reason, Resize, TrainingView, numbers
from augbench_datasets._errors import NoBank, NoClassInPath

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PLACEHOLDER = "{class}"


@dataclass(frozen=True, kw_only=True)
class BankFolder(Generator):
    """The pictures of a folder for each class, such as those of another program's generator.

    Which of them make a bank is drawn at random, without repetition; grey pictures are repeated over the channels of a colour
    data set, colour ones averaged for a grey one.
    """

    uses: ClassVar[tuple[str, ...]] = ()

    path: Path
    """The folder of a class, with {class} for its name: ``banks/{class}``."""
    resize: Resize | None = None
    """How pictures are brought to the data set's size, where they are not of it."""

    def __post_init__(self) -> None:
        """Refuse a path that is the same for all classes."""
        if PLACEHOLDER not in str(self.path):
            raise NoClassInPath(self.path)

    def content(self) -> str:
        """Return a digest of the names and bytes of all pictures."""
        import hashlib

        found = hashlib.sha256()
        before = str(self.path).partition(PLACEHOLDER)[0]
        # Of a path that names the class twice this finds mixed folders, too, which do no harm; a class may be named '.x'.
        pattern = glob.escape(str(self.path)).replace(PLACEHOLDER, "*")
        for folder in sorted(glob.glob(pattern, include_hidden=True)):
            for picture in _pictures(Path(folder)):
                digest = hashlib.sha256(picture.read_bytes()).hexdigest()
                found.update(f"{folder.removeprefix(before)}/{picture.name}\0{digest}\0".encode())
        return found.hexdigest()

    def supports(self, facts: Facts) -> Reason | None:
        """Tell which minority class has no folder, or too few pictures in it."""
        channels, height, width = facts.shape
        if channels not in (1, 3):
            return Reason(f"pictures have 1 or 3 channels, and the data set has {channels}")
        if self.resize and self.resize.shape() != (height, width):
            made = " x ".join(map(str, self.resize.shape()))
            return Reason(f"generator.resize makes {made} pixels, and the data set has {height} x {width}")
        return next((reason for name in facts.minority if (reason := self._lacking(name, facts.bank_size.get(name, 1)))), None)

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn nothing."""
        return Fitted(tensors={})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Read pictures of the target.  Raise ``NoBank``, ``UnreadableImage``, or ``OddImage`` for one of another size."""
        import numpy as np
        import torch

        from augbench_datasets._bank_pictures import read_picture

        assert view.target is not None, "reads one class"
        name = view.classes[view.target]
        if reason := self._lacking(name, count):
            raise NoBank(reason)
        pictures = _pictures(self._folder(name))
        chosen = torch.randperm(len(pictures), generator=rng)[:count]
        read = [read_picture(pictures[index], view.images.shape, view.images.scale, self.resize) for index in chosen.tolist()]
        return torch.from_numpy(np.stack(read))

    def _lacking(self, name: str, wanted: int) -> Reason | None:
        if name in (".", "..") or "/" in name or "\\" in name:
            return Reason(f"class '{name}' cannot name a folder")
        folder = self._folder(name)
        if not folder.is_dir():
            return Reason(f"no folder '{folder}' with pictures of class '{name}'")
        if (there := len(_pictures(folder))) < wanted:
            count = numbers.many(there, "picture")
            mend = f"set bank.size = {there} or less, or add some" if there else "add some"
            return Reason(f"'{folder}' holds {count} of class '{name}', fewer than bank.size = {wanted}: {mend}")
        return None

    def _folder(self, name: str) -> Path:
        return Path(str(self.path).replace(PLACEHOLDER, name))


def _pictures(folder: Path) -> list[Path]:
    from augbench_datasets._listing import SUFFIXES

    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith("."))
