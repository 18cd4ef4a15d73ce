"""Jurkat cells in seven phases of the cell cycle: BBBC048 of the Broad Bioimage Benchmark Collection."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Len, Lt

from augbench import Card, Dataset, Download, NotFetched, OddImage, Probe, Progress, Splits, data_folder
from augbench_datasets._cell_errors import NotUnpacked, OneListOnly
from augbench_datasets._counting import one_size
from augbench_datasets._templates import Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from augbench_datasets._cell_set import CellSet
    from augbench_datasets._pictures import Header

NAME = "bbbc048"
CLASSES = ("G1", "S", "G2", "Prophase", "Metaphase", "Telophase", "Anaphase")
TRAIN = dict(zip(CLASSES, (12900, 7754, 7741, 546, 61, 24, 13), strict=True))
TEST = dict(zip(CLASSES, (1433, 862, 860, 60, 7, 3, 2), strict=True))
"""As published: these, and no others, are in the authors' lists."""

_REVISION = 1
_ARCHIVE, _INNER = "BBBC048v1.zip", "CellCycle.zip"
_URL = f"https://data.broadinstitute.org/bbbc/BBBC048/{_ARCHIVE}"
_AUTHORS_CODES = ("Anaphase", "Telophase", "G2", "Prophase", "Metaphase", "G1", "S")


@dataclass(frozen=True, kw_only=True)
class JurkatCells(Dataset):
    """32,266 Jurkat cells in seven phases of the cell cycle, of which four are rare: the paper's first data set."""

    path: Path | None = None
    """Where its files lie, at any of a few depths; unless given, where ``bench datasets fetch`` puts them."""
    pictures: Literal["channels", "merged"] = "channels"
    """Stack one picture for each channel, or take the three-channel picture that comes with each cell."""
    channels: Annotated[tuple[str, ...], Len(1)] = ("Ch3", "Ch4", "Ch6")
    """Channels of an image, in their order: Ch3 is brightfield, Ch4 and Ch6 are the two stains."""
    file: str = "{cell}_{channel}.ome.jpg"
    """How the picture of one channel is named."""
    merged_file: str = "{cell}_merged.jpg"
    """How the picture of all channels is named."""
    size: Annotated[int, Ge(0)] = 66
    """Height and width that every picture must have; 0 lets them differ."""
    convert: bool = False
    """Take the luminance of coloured pictures of one channel, instead of refusing them."""
    ignore: tuple[str, ...] = ("*.lst", "*.lst~", "*.txt", "*.zip", "Thumbs.db")
    """Patterns of file names that are passed over; any other file that is no picture of a cell is refused."""
    counts: Literal["published", "any"] = "published"
    """Refuse other numbers of cells than published, or take what is there."""
    train_list: Path | None = None
    """The authors' list of training images, train_fold_1.lst; without lists, as many test cells of each class are drawn."""
    test_list: Path | None = None
    """The authors' list of test images, test_fold_1.lst."""
    codes: tuple[str, ...] = _AUTHORS_CODES
    """The classes of labels 0, 1, ... in the lists; the class itself comes from the folder."""
    unlisted: Literal["refuse", "leave-out"] = "refuse"
    """What to do with cells that are in no list."""
    seed: Annotated[int, Ge(0)] = 0
    """Of the drawn test cells, and of the validation cells; another seed draws others."""
    val: Annotated[float, Ge(0), Lt(1)] = 0.0
    """Share of each class's training cells that is validated on; the source has no validation split, and the paper has folds."""

    def __post_init__(self) -> None:
        """Refuse patterns that name no cell, and half a split."""
        Template("file", self.file)
        Template("merged-file", self.merged_file)
        for given, other in (("train_list", "test_list"), ("test_list", "train_list")):
            if getattr(self, given) is not None and getattr(self, other) is None:
                raise OneListOnly(given.replace("_", "-"), other.replace("_", "-"))

    def card(self) -> Card:
        """Return what is known of the images and of what has misled their users."""
        from augbench_datasets._cards import JURKAT

        # With validation cells, the training cells are not those published.
        return replace(JURKAT, counts={"test": TEST} if self.val else {"train": TRAIN, "test": TEST})

    def downloads(self) -> tuple[Download, ...]:
        """Name the one archive, unless the one in it is there; nobody has published its checksum."""
        archive = self._archive()
        return (Download(url=_URL, to=archive),) if archive.name == _ARCHIVE else ()

    def unpack(self, progress: Progress) -> None:
        """Unpack the archive, and the one in it, beside it."""
        from augbench_datasets._archives import unpack

        archive = self._archive()
        if self._root() is None:
            unpack(archive, archive.with_suffix(""), nested=("*.zip",), progress=progress)

    def probe(self) -> Probe:
        """Read every header and hash every byte of the pictures in use.

        Raise ``NotFetched``, ``NotUnpacked``, ``UnmatchedFiles``, ``LackingChannels``, ``OtherCounts``, ``OddImage``, ``UnreadableImage``,
        or what is wrong with a list.
        """
        found = self._cells()
        headers = found.look()
        kind = found.check(headers, self._grey())
        self._check_pictures(found, headers)
        return Probe(
            classes=CLASSES,
            counts=found.counts(),
            channels=3 if kind.channels == 3 and self._grey() is None else len(found.cells[0].files),
            size=one_size(header.size for header in headers.values()),
            digest=found.digest([NAME, _REVISION, self.pictures, self.channels, self.convert], headers),
            notes=self._notes(found),
        )

    def load(self) -> Splits:
        """Return splits whose pictures are decoded when asked for."""
        return self._cells().load(self._grey(), lambda image: image)

    def _place(self) -> Path:
        return data_folder() / NAME if self.path is None else self.path

    def _archive(self) -> Path:
        inner = self._place() / _INNER
        return inner if inner.is_file() else self._place() / _ARCHIVE

    def _grey(self) -> Literal["grey"] | None:
        return "grey" if self.convert and self.pictures == "channels" else None

    def _root(self) -> Path | None:
        """Return the folder that holds those of the classes."""
        from augbench_datasets._cell_files import folders_within

        return next((folder for folder in folders_within(self._place()) if sum((folder / name).is_dir() for name in CLASSES) > 1), None)

    def _cells(self) -> CellSet:
        from augbench_datasets._cell_files import Cell
        from augbench_datasets._cell_set import CellSet

        root = self._root()
        if root is None:
            archive = self._archive()
            raise NotUnpacked(archive, NAME) if archive.is_file() else NotFetched(self._place() / "CellCycle", NAME)
        files = self._sorted(root)
        splits = self._splits(root, files)
        cells = [Cell(identity=name, label=_label(name), split=splits[name], files=files[name]) for name in sorted(splits, key=_order)]
        return CellSet(root=root, classes=CLASSES, cells=tuple(cells))

    def _sorted(self, root: Path) -> Mapping[str, tuple[str, ...]]:
        """Return the files of each cell, which is called CLASS/CELL."""
        from augbench_datasets._cell_files import Sorter, files_within

        templates = [Template("file", self.file), Template("merged-file", self.merged_file)]
        wanted, other = templates if self.pictures == "channels" else templates[::-1]
        sorter = Sorter(template=wanted, channels=self.channels, others=(other,), ignore=self.ignore)
        names = list(files_within(root))
        placed = [name for name in names if name.count("/") == 1 and _label(name) in CLASSES]
        files = sorter.sort(root, placed, "file or merged-file", sorted(set(names) - set(placed)))
        _check_unique(root, files)
        if self.counts == "published":
            _check_counts(root, files)
        return files

    def _splits(self, root: Path, files: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        from augbench_datasets._drawn_splits import draw, validate

        listed = self._listed(root, files)
        splits = draw(root, files, TRAIN, TEST, self.seed) if listed is None else listed
        return validate(root, splits, self.val, self.seed)

    def _listed(self, root: Path, files: Mapping[str, tuple[str, ...]]) -> dict[str, str] | None:
        from augbench_datasets._split_lists import SplitLists

        if self.train_list is None or self.test_list is None:
            return None
        templates = (Template("merged-file", self.merged_file), Template("file", self.file))
        lists = SplitLists(paths={"train": self.train_list, "test": self.test_list}, codes=self.codes, templates=templates)
        return lists.split(root, files.keys(), leave_out=self.unlisted == "leave-out")

    def _check_pictures(self, found: CellSet, headers: Mapping[str, Header]) -> None:
        """Raise ``OddImage`` where a picture has another size than 66 x 66, or is coloured and should not be."""
        for name in found.files():
            height, width = headers[name].size
            if self.size and (height, width) != (self.size, self.size):
                hint = "mend or remove the file, or set size = 0 where sizes may differ"
                raise OddImage(name, f"{height} x {width} pixels", f"{self.size} x {self.size}", hint)
            if self.pictures == "channels" and headers[name].kind.channels == 3 and not self.convert:
                raise OddImage(name, "rgb", "grey, as pictures of one channel are", "set convert = true to take their luminance")

    def _notes(self, found: CellSet) -> tuple[str, ...]:
        notes = []
        counts = found.counts()
        if self.train_list is None:
            drawn = "/".join(map(str, counts["test"]))
            notes.append(
                f"no lists are given: {drawn} cells of {'/'.join(CLASSES)} were drawn for testing (seed {self.seed}), "
                "which are not the authors' own; name their lists with train-list and test-list"
            )
        if self.val:
            notes.append(f"of each class a share of {self.val:g} of the training cells is kept for validation (seed {self.seed})")
        if other := _other_counts(cell.label for cell in found.cells):
            listed = ", ".join(f"{name} {count:,} instead of {published:,}" for name, (count, published) in other.items())
            notes.append(f"other numbers of cells than published: {listed}")
        return tuple(notes)


def _label(name: str) -> str:
    return name.partition("/")[0]


def _order(name: str) -> tuple[str, int, str]:
    """Sort by class, then by number."""
    label, _, cell = name.partition("/")
    return label, int(cell) if cell.isdecimal() else -1, cell


def _check_unique(root: Path, files: Mapping[str, object]) -> None:
    from augbench_datasets._cell_errors import TakenTwice

    places: dict[str, str] = {}
    for name in files:
        label, _, cell = name.partition("/")
        if (other := places.setdefault(cell, label)) != label:
            raise TakenTwice(root, cell, [other, label])


def _check_counts(root: Path, files: Mapping[str, object]) -> None:
    from augbench_datasets._cell_errors import OtherCounts

    if other := _other_counts(map(_label, files)):
        raise OtherCounts(root, other)


def _other_counts(labels: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return, of each class of another size than published, the cells that there are and those that were published."""
    found = Counter(labels)
    published = {name: TRAIN[name] + TEST[name] for name in CLASSES}
    return {name: (found[name], published[name]) for name in CLASSES if found[name] != published[name]}
