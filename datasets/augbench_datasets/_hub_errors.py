"""What can be wrong with data sets of the Hugging Face library: every wording is made here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from augbench import AugbenchError, DataError


class NoHubName(AugbenchError, ValueError):
    """Nothing says which data set is meant."""

    def __init__(self) -> None:
        super().__init__(
            'it needs the name of a data set of the hub, as in name = "ylecun/mnist", or path = "FOLDER" of one on this machine'
        )


class BadHubName(AugbenchError, ValueError):
    """A name is none of the hub's."""

    def __init__(self, name: str) -> None:
        super().__init__(f'name = \'{name}\' is no data set of the hub, as "ylecun/mnist" is; one on this machine is path = "FOLDER"')


class BadSplits(AugbenchError, ValueError):
    """The table of splits names others than there are."""

    def __init__(self, found: Iterable[str]) -> None:
        super().__init__(
            f"splits names {', '.join(found) or 'none'}, and takes train, maybe validation, and test, "
            'as in splits = { train = "train", test = "validation" }'
        )


class NeedlessDivision(DataError):
    """Images are to be divided that have a test split already."""

    def __init__(self, where: Path | str) -> None:
        super().__init__(
            f"'{where}' has a test split already; leave split out, or name the training split alone: splits = {{ train = ... }}"
        )


class HubRefuses(AugbenchError):
    """A data set cannot be had from the hub."""

    exit_code = 1

    def __init__(self, name: str, to: Path | str, why: str) -> None:
        super().__init__(
            f"cannot fetch '{name}' from the Hugging Face hub: {why.rstrip('.')}; "
            f"fetch it elsewhere, write it with its save_to_disk(), and put that folder at '{to}'"
        )


class NotSaved(DataError):
    """Something is no data set of the library."""

    def __init__(self, path: Path | str, why: str = "") -> None:
        super().__init__(
            f"'{path}' is no data set of the Hugging Face library{why and f' ({why})'}; expected a folder that save_to_disk() has written, "
            "a .parquet file, or a folder of them named by split: train-00000-of-00001.parquet"
        )


class NoSplitCalled(DataError):
    """A split is missing."""

    def __init__(self, where: Path | str, missing: str, found: Iterable[str]) -> None:
        there = list(found)
        other = next((name for name in there if name != "train"), "validation")
        super().__init__(
            f"'{where}' has no split '{missing}' (it has {', '.join(there)}); say which is which: "
            f'splits = {{ train = "{there[0]}", test = "{other}" }}, or name the training split alone to have it divided'
        )


class NoColumnCalled(DataError):
    """A column is missing, or several could be meant."""

    def __init__(self, where: Path | str, key: str, why: str, columns: Iterable[str]) -> None:
        there = list(columns)
        super().__init__(f"'{where}' {why} (columns: {', '.join(there) or 'none'}); say which it is: {key} = \"NAME\"")


class BadColumn(DataError):
    """A column cannot be used."""

    def __init__(self, where: Path | str, column: str, why: str, hint: str) -> None:
        super().__init__(f"column '{column}' of '{where}' {why}; {hint}")
