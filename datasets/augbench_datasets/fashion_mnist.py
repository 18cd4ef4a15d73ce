"""Fashion-MNIST: pictures of clothes, where fetched or as Debian's package brings them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from augbench import Card, Dataset, Download, Probe, Splits, data_folder

if TYPE_CHECKING:
    from augbench_datasets._labelled import Labelled

CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
MIRROR = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
# As torchvision 0.29 has them; sizes as the server gives them.
FILES = {
    "train-images-idx3-ubyte.gz": ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
    "train-labels-idx1-ubyte.gz": ("25c81989df183df01b3e8a0aad5dffbe", 29_515),
    "t10k-images-idx3-ubyte.gz": ("bef4ecab320f06d8554ea6380940ec79", 4_422_102),
    "t10k-labels-idx1-ubyte.gz": ("bb300cfdad3c16e7a12a480ee83cd310", 5_148),
}
CARD = Card(
    title="Fashion-MNIST",
    source="https://github.com/zalandoresearch/fashion-mnist",
    licence="MIT",
    citation="Xiao, Rasul, Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms. arXiv, 2017",
    images="70,000 grey images of 28 x 28",
    counts={"train": dict.fromkeys(CLASSES, 6000), "test": dict.fromkeys(CLASSES, 1000)},
    traps=(
        "As published, all classes are of one size: an imbalance has to be made, such as with long-tail.",
        "There is no validation split: set folds, or leave training.select = 'last'.",
    ),
)
_DEBIAN = Path("/usr/share/datasets/fashion-mnist")
_REVISION = 1


@dataclass(frozen=True, kw_only=True)
class FashionMnist(Dataset):
    """70,000 pictures of clothes in ten classes, 28 x 28, grey: four idx files, gzipped or not."""

    path: Path | None = None
    """The folder of the four files, or one that holds FashionMNIST/raw as torchvision lays it out.  Unless given: where
    'bench datasets fetch' puts them, and where Debian's package dataset-fashion-mnist does."""
    channels: Literal["rgb"] | None = None
    """"rgb" repeats the channel of grey pictures: for what needs colours, such as nonlinear-mixup."""

    def card(self) -> Card:
        """Tell what is published."""
        return CARD

    def probe(self) -> Probe:
        """Read headers and labels, and hash every pixel.  Raise ``NotFetched`` or ``UnreadableData``."""
        return self._read().probe("fashion-mnist", _REVISION)

    def load(self) -> Splits:
        """Return the two splits."""
        return self._read().splits()

    def downloads(self) -> tuple[Download, ...]:
        """Name the four files; none where Debian's package, whose archives are packed otherwise, stands in for them."""
        folder = self.path or _fetched()
        if self.path is None and not _holds(folder) and _holds(_DEBIAN):
            return ()
        return tuple(
            Download(url=MIRROR + name, to=folder / name, checksum=f"md5:{digest}", bytes=size) for name, (digest, size) in FILES.items()
        )

    def _read(self) -> Labelled:
        from augbench_datasets._idx import MNIST, folder_with, read_four

        folders = (_fetched(), _DEBIAN) if self.path is None else (self.path, self.path / "FashionMNIST" / "raw")
        labelled = read_four(folder_with(folders, MNIST, "fashion-mnist"), MNIST, CLASSES)
        return labelled.in_colour() if self.channels else labelled


def _fetched() -> Path:
    return data_folder() / "fashion-mnist"


def _holds(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)
