"""What is published of the sets that torchvision knows: files and MD5s (as torchvision 0.29 has them), classes, cards."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from augbench_datasets import fashion_mnist

_DIGITS = ("0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file to fetch: where it is, where it belongs below the folder, and its MD5."""

    url: str
    to: PurePosixPath
    md5: str


@dataclass(frozen=True, kw_only=True)
class Published:
    """One set."""

    format: Literal["idx", "emnist", "cifar", "mat", "stl"]
    sources: tuple[Source, ...]
    classes: tuple[str, ...] = ()
    """Empty where a file of the set names them."""
    counts: tuple[int, int]
    """Images to train on, and to test on."""
    images: str
    origin: str
    licence: str
    citation: str
    traps: tuple[str, ...] = ()


def _raw(name: str, mirror: str, digests: Mapping[str, str]) -> tuple[Source, ...]:
    return tuple(Source(url=mirror + file, to=PurePosixPath(name, "raw", file), md5=digest) for file, digest in digests.items())


_CIFAR = "Krizhevsky: Learning Multiple Layers of Features from Tiny Images. Technical report, University of Toronto, 2009"
_NEAR_DUPLICATES = "Some test images have near duplicates among the training images (Barz and Denzler 2020, doi:10.3390/jimaging6060041)."
SETS: Mapping[str, Published] = {
    "CIFAR10": Published(
        format="cifar",
        sources=(
            # The binary version, which torchvision does not read: no pickle is ever opened.
            Source(
                url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                to=PurePosixPath("cifar-10-binary.tar.gz"),
                md5="c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        counts=(50_000, 10_000),
        images="60,000 colour images of 32 x 32",
        origin="https://www.cs.toronto.edu/~kriz/cifar.html",
        licence="none stated",
        citation=_CIFAR,
        traps=(_NEAR_DUPLICATES,),
    ),
    "CIFAR100": Published(
        format="cifar",
        sources=(
            Source(
                url="https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
                to=PurePosixPath("cifar-100-binary.tar.gz"),
                md5="03b5dce01913d631647c71ecec9e9cb8",
            ),
        ),
        counts=(50_000, 10_000),
        images="60,000 colour images of 32 x 32",
        origin="https://www.cs.toronto.edu/~kriz/cifar.html",
        licence="none stated",
        citation=_CIFAR,
        traps=(_NEAR_DUPLICATES, "The classes are the 100 fine ones."),
    ),
    "EMNIST": Published(
        format="emnist",
        sources=(
            Source(
                url="https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
                to=PurePosixPath("EMNIST", "raw", "gzip.zip"),
                md5="58c8d27c78d21e728a6bc7b3cc06412e",
            ),
        ),
        # Of one of its splits each, below.
        counts=(0, 0),
        images="handwritten letters and digits, grey, 28 x 28",
        origin="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        licence="none stated",
        citation="Cohen, Afshar, Tapson, van Schaik: EMNIST: an extension of MNIST to handwritten letters. arXiv:1702.05373, 2017",
        traps=("The pictures lie on their side, as published: rows and columns are swapped.",),
    ),
    "FashionMNIST": Published(
        format="idx",
        sources=_raw("FashionMNIST", fashion_mnist.MIRROR, {name: digest for name, (digest, _) in fashion_mnist.FILES.items()}),
        classes=fashion_mnist.CLASSES,
        counts=(60_000, 10_000),
        images=fashion_mnist.CARD.images,
        origin=fashion_mnist.CARD.source,
        licence=fashion_mnist.CARD.licence,
        citation=fashion_mnist.CARD.citation,
    ),
    "KMNIST": Published(
        format="idx",
        sources=_raw(
            "KMNIST",
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            {
                "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
                "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
                "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
                "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
            },
        ),
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        counts=(60_000, 10_000),
        images="70,000 grey images of 28 x 28: cursive Japanese characters",
        origin="https://github.com/rois-codh/kmnist",
        licence="CC BY-SA 4.0",
        citation="Clanuwat, Bober-Irizar, Kitamoto et al.: Deep Learning for Classical Japanese Literature. arXiv:1812.01718, 2018",
    ),
    "MNIST": Published(
        format="idx",
        sources=_raw(
            "MNIST",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            {
                "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
                "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
                "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
            },
        ),
        classes=_DIGITS,
        counts=(60_000, 10_000),
        images="70,000 grey images of 28 x 28: handwritten digits",
        origin="http://yann.lecun.com/exdb/mnist/",
        licence="CC BY-SA 3.0, as Keras' documentation says; none stated at the source",
        citation="LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition. Proceedings of the IEEE, 1998",
        traps=("So easy that methods hardly differ on it.",),
    ),
    "STL10": Published(
        format="stl",
        sources=(
            Source(
                url="http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz",
                to=PurePosixPath("stl10_binary.tar.gz"),
                md5="91f7769df0f17e558f3565bffb0c7dfb",
            ),
        ),
        counts=(5_000, 8_000),
        images="13,000 colour images of 96 x 96",
        origin="https://cs.stanford.edu/~acoates/stl10/",
        licence="none stated; its pictures are ImageNet's, whose terms forbid commercial use",
        citation="Coates, Lee, Ng: An Analysis of Single Layer Networks in Unsupervised Feature Learning. AISTATS, 2011",
        traps=("Its 100,000 images without labels, and its ten published folds, are not read.",),
    ),
    "SVHN": Published(
        format="mat",
        sources=(
            Source(
                url="http://ufldl.stanford.edu/housenumbers/train_32x32.mat",
                to=PurePosixPath("train_32x32.mat"),
                md5="e26dedcc434d2e4c54c9b2d4a06d8373",
            ),
            Source(
                url="http://ufldl.stanford.edu/housenumbers/test_32x32.mat",
                to=PurePosixPath("test_32x32.mat"),
                md5="eb5a983be6a315427106f1b164d9cef3",
            ),
        ),
        classes=tuple(string.digits),
        counts=(73_257, 26_032),
        images="99,289 colour images of 32 x 32: digits of house numbers",
        origin="http://ufldl.stanford.edu/housenumbers/",
        licence="non-commercial use only",
        citation="Netzer, Wang, Coates et al.: Reading Digits in Natural Images with Unsupervised Feature Learning. NIPS workshop, 2011",
        traps=("Neighbouring digits show at the sides of many pictures.", "Its extra 531,131 training images are not read."),
    ),
}

_MERGED = string.digits + string.ascii_uppercase + "abdefghnqrt"
EMNIST: Mapping[str, tuple[tuple[str, ...], tuple[int, int]]] = {
    "balanced": (tuple(_MERGED), (112_800, 18_800)),
    "byclass": (tuple(string.digits + string.ascii_uppercase + string.ascii_lowercase), (697_932, 116_323)),
    "bymerge": (tuple(_MERGED), (697_932, 116_323)),
    "digits": (tuple(string.digits), (240_000, 40_000)),
    "letters": (tuple(string.ascii_lowercase), (124_800, 20_800)),
    "mnist": (tuple(string.digits), (60_000, 10_000)),
}
"""Classes, and images to train and to test on, of EMNIST's own splits."""
