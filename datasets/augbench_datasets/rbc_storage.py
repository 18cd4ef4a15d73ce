"""Red blood cells in seven shapes, as they change in storage: figshare 12432506."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Le, Len

from augbench import Card, DataError, Dataset, Download, EmptyClass, NotFetched, OddImage, Probe, Progress, Splits, data_folder
from augbench_datasets._counting import one_size
from augbench_datasets._templates import Template
from augbench_datasets.resize import CropOrPad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from augbench_datasets._cell_files import Cell
    from augbench_datasets._cell_set import CellSet
    from augbench_datasets._pictures import Header

NAME = "rbc-storage"
CLASSES = ("SmoothDisc", "CrenatedDisc", "CrenatedDiscoid", "CrenatedSpheroid", "CrenatedSphere", "SmoothSphere", "Side")
COUNTS = {"train": 40916, "validation": 14764, "test": 9054}
"""Images of the paper; nobody has published how many there are of each class."""

_REVISION = 1
# Slashes in SITE/BAG/CLASS/PICTURE; levels lie between bag and class.
_LEVELS = 3
_ARCHIVE = "12432506.zip"
_URL = "https://figshare.com/ndownloader/articles/12432506/versions/1"


@dataclass(frozen=True, kw_only=True)
class StoredRedCells(Dataset):
    """Red blood cells of stored bags from two sites in seven shapes, in two brightfield channels and a dark-field one: the paper's second
    data set.  Classes are the folders of the pictures, groups are bags.
    """

    path: Path | None = None
    """Where its files lie, at any of a few depths; unless given, where ``bench datasets fetch`` puts them."""
    train: str = "Training_Canada_Swiss"
    """Name of the folder of training pictures, with * and ? as in file names."""
    validation: str = "Test2_*"
    """Name of the folder of validation pictures; empty where there is none."""
    test: str = "Test3_*"
    """Name of the folder of test pictures."""
    sites: tuple[str, ...] | None = None
    """Folders of sites in use, such as Canadian and Swiss; all of them, unless given."""
    classes: Annotated[tuple[str, ...], Len(2)] = CLASSES
    """Folders of classes, in the order of classes."""
    leave_out: tuple[str, ...] = ("Undecidable",)
    """Folders of classes that are dropped."""
    file: str = "{cell}_{channel}.ome.tif"
    """How a picture is named; without {channel}, each picture is an image of its own."""
    channels: Annotated[tuple[str, ...], Len(1)] = ("Ch1", "Ch9", "Ch12")
    """Channels of an image, in their order: two brightfield, one dark-field."""
    dark_field: tuple[str, ...] = ("Ch12",)
    """Channels that are dark by nature."""
    dark_mean: Annotated[float, Ge(0), Le(255)] = 50.0
    """Drop cells with a near-black picture: one, not of dark field, whose mean of 255 is no higher; 0 keeps all and decodes nothing."""
    size: Annotated[int, Ge(0)] = 48
    """Height and width that are cut out of the middle; 0 leaves sizes to the column's resize."""
    smaller: Literal["drop", "pad", "refuse"] = "drop"
    """What becomes of cells with fewer pixels than that: they are dropped, or padded with the pixels of their border, or refused."""
    incomplete: Literal["refuse", "drop"] = "refuse"
    """What becomes of cells that lack a channel."""
    ignore: tuple[str, ...] = ("*.txt", "*.csv", "*.xlsx", "*.zip", "Thumbs.db")
    """Patterns of file names that are passed over; any other file that is no picture of a cell is refused."""

    def __post_init__(self) -> None:
        """Refuse a pattern that names no cell."""
        Template("file", self.file)

    def card(self) -> Card:
        """Return what is known of the images and of what has misled their users."""
        from augbench_datasets._cards import RED_CELLS

        return RED_CELLS

    def downloads(self) -> tuple[Download, ...]:
        """Name the archive of all files of the article, unless archives are there; nobody has published its checksum."""
        archive = self._place() / _ARCHIVE
        return () if self._archives() and not archive.is_file() else (Download(url=_URL, to=archive),)

    def unpack(self, progress: Progress) -> None:
        """Unpack each archive that lies there, and those in it, beside it, unless all folders are there."""
        from augbench_datasets._archives import unpack

        with suppress(DataError):
            self._folders()
            return
        for archive in self._archives():
            unpack(archive, archive.with_suffix(""), nested=("*.zip",), progress=progress)

    def probe(self) -> Probe:
        """Read every header, hash every byte, and decode what may be near-black.

        Raise ``NotFetched``, ``NotUnpacked``, ``NoSuchFolders``, ``UnmatchedFiles``, ``UnknownClasses``, ``LackingChannels``, ``OddImage``,
        ``EmptyClass``, ``AllDropped`` or ``UnreadableImage``.
        """
        found = self._cells()
        headers = found.look()
        kind = found.check(headers, None)
        dark, small = self._dark(found, headers), self._small(found, headers)
        kept = self._without(found, dark, small)
        return Probe(
            classes=self.classes,
            counts=kept.counts(),
            channels=3 if kind.channels == 3 else len(kept.cells[0].files),
            size=(self.size, self.size) if self.size else one_size(headers[cell.files[0]].size for cell in kept.cells),
            groups=kept.groups(),
            digest=kept.digest([NAME, _REVISION, self.channels, self.size, self.smaller], headers),
            notes=self._notes(kept, len(dark), len(small - dark)),
        )

    def load(self) -> Splits:
        """Return splits whose pictures are decoded, and cut or padded, when asked for."""
        found = self._cells()
        headers = found.look()
        return self._without(found, self._dark(found, headers), self._small(found, headers)).load(None, self._fit)

    def _place(self) -> Path:
        return data_folder() / NAME if self.path is None else self.path

    def _archives(self) -> list[Path]:
        return sorted(self._place().glob("*.zip"))

    def _folders(self) -> dict[str, Path]:
        """Return the folder of each split."""
        from augbench_datasets._cell_errors import NotUnpacked
        from augbench_datasets._cell_files import folders_within

        there = list(folders_within(self._place()))
        patterns = {"train": self.train, "validation": self.validation, "test": self.test}
        found = {key: _called(pattern, there) for key, pattern in patterns.items() if pattern}
        if not any(found.values()):
            archives = self._archives()
            raise NotUnpacked(archives[0], NAME) if archives else NotFetched(self._place() / self.train, NAME)
        return {key: self._only(key, patterns[key], folders) for key, folders in found.items()}

    def _only(self, key: str, pattern: str, folders: Sequence[Path]) -> Path:
        from augbench_datasets._cell_errors import NoSuchFolders
        from augbench_datasets._cell_files import folders_within

        if len(folders) == 1:
            return folders[0]
        place = self._place()
        names = [str(folder.relative_to(place)) for folder in folders or list(folders_within(place))[1:]]
        raise NoSuchFolders(key, pattern, place, names if folders else [], names)

    def _cells(self) -> CellSet:
        """Return all cells, near-black and small ones, too."""
        from augbench_datasets._cell_set import CellSet

        cells = [cell for split, folder in self._folders().items() for cell in self._of_split(split, folder)]
        return CellSet(root=self._place(), classes=self.classes, cells=tuple(cells))

    def _of_split(self, split: str, folder: Path) -> list[Cell]:
        from augbench_datasets._cell_files import Cell, Sorter, files_within

        names = [name for name in files_within(folder) if self.sites is None or name.partition("/")[0] in self.sites]
        placed = self._placed(folder, names)
        lost = [name for name in names if name.count("/") < _LEVELS]
        drop = self.incomplete == "drop"
        sorter = Sorter(template=Template("file", self.file), channels=self.channels, ignore=self.ignore, drop=drop)
        start = folder.relative_to(self._place()).as_posix()
        return [
            Cell(
                identity=f"{split}/{name}",
                label=name.split("/")[-2],
                split=split,
                files=tuple(f"{start}/{file}" for file in files),
                group="/".join(name.split("/")[:2]),
            )
            for name, files in sorter.sort(folder, placed, "file", lost).items()
        ]

    def _placed(self, folder: Path, names: Sequence[str]) -> list[str]:
        """Return the files in folders of classes, SITE/BAG/.../CLASS/PICTURE.  Raise ``UnknownClasses``."""
        from augbench_datasets._cell_errors import UnknownClasses

        deep = [(name, name.split("/")[-2]) for name in names if name.count("/") >= _LEVELS]
        if unknown := sorted({label for _, label in deep} - {*self.classes, *self.leave_out}):
            raise UnknownClasses(folder, unknown, self.classes)
        return [name for name, label in deep if label not in self.leave_out]

    def _bright(self, cell: Cell) -> list[str]:
        """Return the files of a cell that should not be black."""
        channels = self.channels if len(cell.files) == len(self.channels) else ("",) * len(cell.files)
        return [name for channel, name in zip(channels, cell.files, strict=True) if channel not in self.dark_field]

    def _dark(self, found: CellSet, headers: Mapping[str, Header]) -> set[str]:
        """Return the cells with a near-black picture."""
        from augbench_datasets._brightness import means_of

        if self.dark_mean == 0:
            return set()
        judged = {cell.identity: self._bright(cell) for cell in found.cells}
        means = means_of(found.root, [name for files in judged.values() for name in files], headers)
        return {identity for identity, files in judged.items() if any(means[name] <= self.dark_mean for name in files)}

    def _small(self, found: CellSet, headers: Mapping[str, Header]) -> set[str]:
        """Return the cells that have too few pixels, unless they are padded.  Raise ``OddImage`` where they are refused."""
        if self.smaller == "pad":
            return set()
        shortest = {cell: min(headers[cell.files[0]].size) for cell in found.cells}
        small = [cell for cell, length in shortest.items() if length < self.size]
        if small and self.smaller == "refuse":
            name = small[0].files[0]
            hint = 'set smaller = "drop" or "pad", or lower size'
            raise OddImage(name, f"{headers[name].height} x {headers[name].width} pixels", f"{self.size} x {self.size} or more", hint)
        return {cell.identity for cell in small}

    def _without(self, found: CellSet, dark: set[str], small: set[str]) -> CellSet:
        from augbench_datasets._cell_errors import AllDropped

        try:
            return found.without(dark | small)
        except EmptyClass as error:
            raise AllDropped(error, len(dark), self.dark_mean, len(small - dark), self.size) from error

    def _fit(self, image: NDArray[Any]) -> NDArray[Any]:
        """Cut or pad one image [H, W, C]."""
        return CropOrPad(size=self.size, fill="edge").apply(image) if self.size else image

    def _notes(self, kept: CellSet, dark: int, small: int) -> tuple[str, ...]:
        counts = {split: sum(parts) for split, parts in kept.counts().items()}
        here, paper = (", ".join(f"{split} {count:,}" for split, count in images.items()) for images in (counts, COUNTS))
        compared = (
            f"as many images as in the paper: {here}"
            if counts == COUNTS
            else f"other numbers of images ({here}) than in the paper ({paper})"
        )
        dropped = f"dropped: {dark:,} near-black cells (dark-mean = {self.dark_mean:g}), {small:,} smaller than size = {self.size}"
        return (compared, dropped) if dark + small else (compared,)


def _called(pattern: str, folders: Sequence[Path]) -> list[Path]:
    """Return the folders of a name, without those that hold another one of it."""
    named = [folder for folder in folders if fnmatchcase(folder.name, pattern)]
    return [folder for folder in named if not any(folder in other.parents for other in named)]
