"""What can go wrong when files are fetched, in words for a person."""

from __future__ import annotations

from pathlib import Path

from augbench.values.data import Download
from augbench.values.errors import AugbenchError, DataError
from augbench.values.numbers import size


def by_hand(download: Download) -> str:
    """Say where a file belongs that is fetched with a browser: ``put it at '/data/cells.zip' (sha256:9f86...)``."""
    known = [download.checksum or "", size(download.bytes) if download.bytes else ""]
    told = ", ".join(filter(None, known))
    return f"put it at '{download.to}'{f' ({told})' if told else ''}"


class Unreachable(AugbenchError):
    """A file cannot be had from where it should be."""

    exit_code = 1

    def __init__(self, download: Download, why: str) -> None:
        self.download = download
        super().__init__(f"cannot fetch '{download.url}': {why}; fetch it by hand, here or elsewhere, and {by_hand(download)}")


class PlainHttp(AugbenchError):
    """Nobody can tell whether a file was changed on its way."""

    def __init__(self, download: Download, url: str) -> None:
        super().__init__(
            f"'{url}' comes over plain HTTP, and nobody has published its checksum: it may be changed on the way; "
            f"fetch it all the same with --insecure, or fetch it by hand and {by_hand(download)}"
        )


class OtherContent(DataError):
    """What was fetched is not what was published."""

    def __init__(self, download: Download, expected: str, found: str) -> None:
        super().__init__(
            f"'{download.url}' gave another file than was published: expected {expected}, got {found}; nothing of it was kept: "
            f"try again later, or fetch it elsewhere and {by_hand(download)}"
        )


class OtherFile(DataError):
    """A file that is there is not the one that was published."""

    def __init__(self, path: Path | str, expected: str, found: str) -> None:
        super().__init__(f"'{path}' is not the file that was published: expected {expected}, found {found}; fetch it again with --force")


class TooLittleSpace(AugbenchError):
    """A disk has less space than files need."""

    exit_code = 1

    def __init__(self, folder: Path | str, needed: int, free: int) -> None:
        super().__init__(
            f"'{folder}' has {size(free)} free, and {size(needed)} are to be fetched; "
            'free some space, or name another folder: path = "FOLDER", or AUGBENCH_DATA for all data sets'
        )
