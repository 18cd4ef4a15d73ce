"""What can be wrong with cells that are several files each: every wording of these data sets is made here."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from augbench import AugbenchError, DataError, EmptyClass, numbers

_SHOWN = 3


class BadTemplate(AugbenchError, ValueError):
    """A pattern for file names cannot tell cells apart."""

    def __init__(self, key: str, template: str, why: str) -> None:
        super().__init__(f'{key} = "{template}" {why}; write {{cell}} for the name of the cell and {{channel}} for that of the channel')


class OneListOnly(AugbenchError, ValueError):
    """Half of a split is given."""

    def __init__(self, given: str, missing: str) -> None:
        super().__init__(f"{given} is given without {missing}; give both lists of the split, or neither")


class NotUnpacked(DataError):
    """The archive is there, what is in it is not."""

    def __init__(self, archive: Path | str, name: str) -> None:
        where = shlex.quote(f"path={Path(archive).parent}")
        super().__init__(f"'{archive}' is not unpacked; do so with: bench datasets fetch {name} --set {where} (it downloads nothing then)")


class NoSuchFolders(DataError):
    """A folder of a data set is not there, or there are several."""

    def __init__(self, key: str, pattern: str, root: Path | str, found: Sequence[str], others: Sequence[str]) -> None:
        several = f"several folders in '{root}' are called '{pattern}': {_some(found)}"
        none = f"no folder in '{root}' is called '{pattern}'" + (f", there are {_some(others)}" if others else "")
        super().__init__(f'{several if found else none}; say which one: {key} = "NAME"')


class AllDropped(DataError):
    """A class has cells, and all of a split were dropped."""

    def __init__(self, empty: EmptyClass, dark: int, dark_mean: float, small: int, size: int) -> None:
        said = str(empty).partition(";")[0]
        super().__init__(
            f"{said} once {dark:,} near-black cells (dark-mean = {dark_mean:g}) and {small:,} smaller than size = {size} are dropped; "
            "lower dark-mean (12 bits in files of 16 look black: 0 keeps all) or size, or leave the class out"
        )


class UnmatchedFiles(DataError):
    """Files whose names or places say nothing."""

    def __init__(self, root: Path | str, files: Sequence[str], expected: Iterable[str], keys: str) -> None:
        count = numbers.many(len(files), "file")
        super().__init__(
            f"{count} in '{root}' {'is' if len(files) == 1 else 'are'} not named as expected: {_some(files)}; "
            f"expected {' or '.join(expected)}; change {keys} if these are pictures of cells, or add their pattern to ignore"
        )


class UnknownClasses(DataError):
    """Folders that name no known class."""

    def __init__(self, root: Path | str, names: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            f"no known classes in '{root}': {_some(names)}, where {', '.join(known)} are known; add them to classes, or to leave-out"
        )


class LackingChannels(DataError):
    """Cells without one of their channels."""

    def __init__(self, root: Path | str, cells: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
        listed = [f"'{name}' has {', '.join(found) or 'none'} but not {', '.join(missing)}" for name, (found, missing) in cells.items()]
        count = numbers.many(len(cells), "cell")
        super().__init__(
            f"{count} in '{root}' lack{'s' * (len(cells) == 1)} a channel: {_some(listed, quoted=False)}; "
            "bring the files back, or name the channels that all cells have: channels = [...]"
        )


class TakenTwice(DataError):
    """One cell in two places."""

    def __init__(self, root: Path | str, cell: str, places: Sequence[str]) -> None:
        super().__init__(f"cell '{cell}' is in '{root}' more than once: in {_some(places)}; keep one")


class OtherCounts(DataError):
    """Another number of cells than published."""

    def __init__(self, root: Path | str, found: Mapping[str, tuple[int, int]]) -> None:
        listed = ", ".join(f"{name} {count:,} instead of {published:,}" for name, (count, published) in found.items())
        super().__init__(
            f"'{root}' holds other numbers of cells than published: {listed}; fetch it again, or take it as it is: counts = \"any\""
        )


class NothingLeft(DataError):
    """A class is too small for its parts."""

    def __init__(self, name: str, count: int, root: Path | str) -> None:
        cells = numbers.many(count, "cell")
        super().__init__(f"class '{name}' has {cells} in '{root}', too few to train, validate and test on; lower val, or add cells")


class Unlisted(DataError):
    """Cells that are in no list of the split."""

    def __init__(self, root: Path | str, cells: Sequence[str]) -> None:
        count = numbers.many(len(cells), "cell")
        verb = "is" if len(cells) == 1 else "are"
        super().__init__(f"{count} in '{root}' {verb} in no list: {_some(cells)}; complete the lists, or set unlisted = \"leave-out\"")


def _some(names: Sequence[str], *, quoted: bool = True) -> str:
    shown = [f"'{name}'" if quoted else name for name in names[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(names) > _SHOWN else "")
