"""What can go wrong, as classes with fields; every wording a user meets is made here, or in ``run_errors`` for runs and stores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from augbench.values.extras import LIBRARIES, install

# What dataclasses say of a field.
_MUTABLE = re.compile(r"mutable default <class '([\w.]+)'> for field (\w+) is not allowed")
_LONGEST = 1000
"""Characters of somebody's message that are told."""
_UNCHANGEABLE = "type a list as tuple[float, ...] and write (), give a table field(default_factory=dict)"


class AugbenchError(Exception):
    """Anything that augbench reports in one message, without a traceback."""

    exit_code = 2


@dataclass(frozen=True)
class Position:
    """A place in a text file; line and column count from 1."""

    file: str
    line: int
    column: int
    source: str = ""
    """The whole source line."""
    width: int = 1
    """Characters to underline."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a matrix file: what, where, how to mend it."""

    message: str
    where: Position | None = None
    hint: str = ""

    def __str__(self) -> str:
        hint = f"  {self.hint}" if self.hint else ""
        if self.where is None:
            return f"{self.message}{hint}"
        return f"{self.where}: {self.message}{_excerpt(self.where, self.hint)}"


def _excerpt(where: Position, hint: str) -> str:
    if not where.source:
        return f"\n  {hint}" if hint else ""
    gutter = len(str(where.line))
    # Tabs keep their width, so that the caret stands under its word.
    indent = "".join("\t" if letter == "\t" else " " for letter in where.source[: where.column - 1])
    caret = "^" * max(1, min(where.width, len(where.source) - where.column + 1))
    return f"\n  {where.line} | {where.source}\n  {' ' * gutter} | {indent}{caret}{' ' + hint if hint else ''}"


class ConfigError(AugbenchError):
    """Everything wrong in the matrix, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        count = len(self.problems)
        summary = "" if count == 1 else f"\n\n{count} problems"
        super().__init__("\n\n".join(map(str, self.problems)) + summary)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or which there are."""
    names = sorted(known)
    if close := get_close_matches(name, names, 1, 0.6):
        return f"did you mean '{close[0]}'?"
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known: {listed}" if names else ""


def reason(error: BaseException) -> str:
    """Say on one line what an error of somebody's code is."""
    if isinstance(error, AugbenchError):
        return str(error)
    try:
        # Where a syntax error is, and how its line reads, is told elsewhere.
        said = str(error.msg) if isinstance(error, SyntaxError) else " ".join(str(error).split())
    except Exception:
        said = "its message cannot be read"
    if len(said) > _LONGEST:
        said = f"{said[:_LONGEST]} ... ({len(said) - _LONGEST:,} more characters)"
    if found := _MUTABLE.match(said):
        said = f"the default of field '{found[2]}' is a {found[1]}, which could be changed; {_UNCHANGEABLE}"
    return f"{type(error).__name__}: {said}".removesuffix(": ")


def placed(where: str) -> str:
    """Write a place to stand behind a sentence; nothing where none is known."""
    return f" ({where})" if where else ""


class MissingFile(AugbenchError):
    """A file that a command needs is not there."""

    def __init__(self, path: Path | str, what: str = "matrix file", hint: str = "") -> None:
        self.path = Path(path)
        super().__init__(f"no {what} at '{path}'{'; ' + hint if hint else ''}")


class UnusableFile(AugbenchError):
    """The system refuses a file or folder."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"cannot use '{path}': {why}")


class UnwritablePath(AugbenchError):
    """A matrix file has no way to name a path."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"the path '{path}' {why}; rename the folder, or make a link to it and name that")


class NoSource(AugbenchError):
    """Whether a class has changed cannot be told."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Python keeps no text of '{name}', so nobody could tell whether it has changed; put it into a file and import it")


class OutdatedCode(AugbenchError):
    """A module in memory is another than its file."""

    def __init__(self, module: str) -> None:
        mend = "start Python anew, or importlib.reload it and make its components again"
        super().__init__(f"module '{module}' has changed since Python imported it; {mend}")


class NoToml(AugbenchError):
    """A value of Python that a matrix cannot hold."""

    def __init__(self, value: object) -> None:
        super().__init__(f"a matrix cannot hold {type(value).__name__} {value!r}; it holds texts, numbers, lists, tables and components")


class FileThere(AugbenchError):
    """A file would be overwritten."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"'{path}' is there already, and is left as it is; choose another with --out FILE, or replace it with --force")


class DataError(AugbenchError):
    """A data set that cannot be used as it is."""


class UnreadableImage(DataError):
    """A file is no image, or a broken one."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"cannot read the image '{path}': {why}; mend or remove the file")


class OddImage(DataError):
    """An image has another size or mode than the others."""

    def __init__(self, path: Path | str, found: str, expected: str, hint: str) -> None:
        super().__init__(f"the image '{path}' is {found}, the others are {expected}; {hint}")


class NotFetched(DataError):
    """Files of a data set are not on this machine."""

    def __init__(self, missing: Path | str, name: str) -> None:
        super().__init__(
            f"'{missing}' is not there; get it with 'bench datasets fetch {name}', or say where its files lie: path = \"FOLDER\""
        )


class UnreadableData(DataError):
    """A file of a data set is broken, or another than it should be."""

    def __init__(self, path: Path | str, why: str, hint: str = "fetch it again") -> None:
        super().__init__(f"cannot read '{path}': {why}; {hint}")


class OddPixels(DataError):
    """An image's numbers are of a type that data sets do not have."""

    def __init__(self, path: Path | str, found: str) -> None:
        super().__init__(f"the image '{path}' holds {found} numbers; data sets hold uint8 or uint16: convert it")


class RefusedImage(DataError):
    """A resize cannot bring an image to its size."""

    def __init__(self, path: Path | str, error: DataError) -> None:
        super().__init__(f"the image '{path}' {error}")


class NoSuchSplit(DataError):
    """A data set has no split of this name."""

    def __init__(self, dataset: str, name: str, known: Sequence[str]) -> None:
        super().__init__(f"data set '{dataset}' has no {name} split; it has {', '.join(known)}")


class EmptyClass(DataError):
    """A class has no images in a split."""

    def __init__(self, name: str, split: str, where: Path | str) -> None:
        super().__init__(f"class '{name}' has no images in the {split} split of '{where}'; add some or remove the class everywhere")


class TooFewForFolds(DataError):
    """A class has fewer images, or groups, than there are folds."""

    def __init__(self, dataset: str, name: str, count: int, folds: int, unit: str = "images") -> None:
        there = f"{count} training {unit if count != 1 else unit.removesuffix('s')}"
        mend = f"set folds = {count} or less" if count > 1 else "leave folds out, or add some"
        super().__init__(f"class '{name}' of data set '{dataset}' has {there}, fewer than folds = {folds}; {mend}")


class NotInEveryFold(DataError):
    """Whole groups cannot be dealt out so that each fold holds a class."""

    def __init__(self, name: str, folds: int) -> None:
        mend = f"set folds = {folds - 1} or less" if folds > 2 else "leave folds out"
        super().__init__(
            f"no way was found to give each of {folds} folds images of class '{name}' with groups whole; {mend}, or try another seed"
        )


class BrokenComponent(AugbenchError):
    """A component's code cannot be imported or built."""

    def __init__(self, kind: str, name: str, origin: str, error: BaseException, where: str = "") -> None:
        self.kind, self.name, self.reason, self.where = kind, name, reason(error), where
        source = f" from {origin}" if origin else ""
        super().__init__(f"{kind} '{name}'{source} does not load: {self.reason}{placed(where)}")


class BrokenMeasure(AugbenchError):
    """A metric, a test or a format cannot be built or raises, or what it gives makes no sense."""

    def __init__(self, kind: str, name: str, error: BaseException, where: str = "") -> None:
        super().__init__(f"{kind} '{name}' fails: {reason(error)}{placed(where)}; mend it, or leave it out of [report]")


class UnknownComponent(AugbenchError):
    """No component has this name."""

    def __init__(self, kind: str, name: str, known: Sequence[str], notes: Sequence[str] = ()) -> None:
        self.hint = "; ".join(filter(None, [suggestion(name, known), *notes]))
        self.summary = f"no {kind} called '{name}'"
        super().__init__(f"{self.summary}; {self.hint}" if self.hint else self.summary)


class DuplicateName(AugbenchError):
    """Several plugins register one name."""

    def __init__(self, kind: str, name: str, origins: Sequence[str], addresses: Sequence[str]) -> None:
        written = " or ".join(f"'{address}'" for address in addresses)
        super().__init__(f"{kind} '{name}' is registered by {' and by '.join(origins)}; write {written} to choose")


class ClashingPresets(AugbenchError):
    """Two distributions ship a preset of one name."""

    def __init__(self, name: str, distributions: Sequence[str]) -> None:
        self.name = name
        super().__init__(f"the preset '{name}' is shipped by {' and by '.join(distributions)}; uninstall one of them")


class DiskFull(AugbenchError):
    """No space is left where results are written."""

    exit_code = 1

    def __init__(self, path: Path | str | None = None) -> None:
        place = f"for '{path}'" if path else "to write to"
        super().__init__(f"no space left {place}; what is finished is intact: free some space and run the same command again")


class StageError(AugbenchError):
    """A stage that cannot give a result; the trials that need it fail, the others go on."""

    exit_code = 1


class Diverged(StageError):
    """A loss is no longer a number."""

    def __init__(self, what: str, step: int, hint: str) -> None:
        self.what, self.step = what, step
        super().__init__(f"{what} diverged: its loss is not a number by step {step}; {hint}")


class NoImages(StageError):
    """A batch needs images of a class that none of the allowed sources has."""

    def __init__(self, label: int, sources: str) -> None:
        self.label, self.sources = label, sources
        what = "original or synthetic" if sources == "both" else {"originals": "original", "generated": "synthetic"}[sources]
        super().__init__(f"class {label} has no {what} image to make a batch of; give it a generator or set the slot's sources = 'both'")


class EmptyStream(StageError):
    """A slot's images are drawn from sources that hold none at all."""

    def __init__(self, slot: str, sources: str) -> None:
        self.slot, self.sources = slot, sources
        super().__init__(
            f"augment.{slot} draws from sources = '{sources}', and there is no such image; "
            f"give the row a generator, or set augment.{slot}.sources = 'originals'"
        )


class SupplementTooLarge(StageError):
    """The supplementary batch leaves no room for originals."""

    def __init__(self, n: Mapping[str, int], needed: int, size: int) -> None:
        self.n, self.needed, self.size = dict(n), needed, size
        listed = ", ".join(f"{name} n = {number}" for name, number in n.items())
        super().__init__(
            f"the supplementary batch takes {needed} images ({listed}) and leaves no original in a batch of {size}; "
            f"set batch.size to {needed + 1} or more, or lower batch.n or the parts of batch.mix"
        )


class EmptyRange(AugbenchError, ValueError):
    """A parameter's lower end lies above its upper end."""

    def __init__(self, low: str, low_value: float, high: str, high_value: float) -> None:
        super().__init__(f"{low} = {low_value:g} is above {high} = {high_value:g}; swap them")


class UnknownParameter(AugbenchError, ValueError):
    """A method of a library has no parameter of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"it has no parameter '{name}'; {suggestion(name, known) or 'it has none at all'}")


class BadTransform(StageError):
    """A transform of torchvision cannot be built, or does not suit the images."""

    def __init__(self, name: str, error: BaseException) -> None:
        self.name = name
        why = f"{type(error).__name__}: {str(error).partition(chr(10))[0].rstrip('.')}"
        super().__init__(f"tv/{name} cannot be used: {why}; mend its parameters or its dtype, or choose another transform")


class NoLinearHead(StageError):
    """A loss changes a network's last layer, and the network has none of the usual kind."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        super().__init__(
            f"the loss sets up the network's last layer, but the network has no linear layer of {classes} outputs; "
            "choose another backbone or another loss"
        )


class NesterovWithoutMomentum(AugbenchError, ValueError):
    """Nesterov's step looks ahead along a momentum that is not there."""

    def __init__(self) -> None:
        super().__init__("nesterov = true needs a momentum above 0; set one or leave nesterov out")


class NothingToFitOn(StageError):
    """A correction is fitted on validation images, and there are none."""

    def __init__(self, what: str, field: str) -> None:
        super().__init__(
            f"{what} is fitted on validation images, and the data set has none; set folds, add a validation split, or set predict.{field}"
        )


class MissingExtra(AugbenchError, ValueError):
    """A component needs a library that comes as an extra."""

    def __init__(self, name: str, extra: str) -> None:
        super().__init__(f"'{name}' needs {LIBRARIES[extra]}; {install(extra)}")


class TooFewNeighbours(StageError):
    """A class has no more images than a method looks at neighbours of each."""

    def __init__(self, method: str, class_name: str, k: int, count: int) -> None:
        super().__init__(
            f"{method} looks at k = {k} neighbours, and class '{class_name}' has {count} training image{'s' * (count != 1)} here; "
            "a fold by groups may hold few of a class: lower k or folds, or set fit.scope = 'train'"
        )


class NoSafePair(StageError):
    """Every image of a class lies among images of other classes alone."""

    def __init__(self, class_name: str, k: int) -> None:
        super().__init__(
            f"safe-level-smote finds no safe image in class '{class_name}': none of any image's k = {k} nearest is of its class; "
            "raise k, or use smote"
        )


class NothingDrawn(StageError):
    """A method makes no images of a class."""

    def __init__(self, method: str, class_name: str, why: str) -> None:
        super().__init__(f"{method} cannot draw images of class '{class_name}': {why}; use smote, or another generator for this class")


class NothingToLearn(StageError):
    """A generator has no image of its class."""

    def __init__(self, generator: str, class_name: str) -> None:
        super().__init__(
            f"generator '{generator}' has no training image of class '{class_name}'; a fold by groups may leave a class out: "
            "lower folds, or set fit.scope = 'train'"
        )


class NotJudged(StageError):
    """A fit is to end by its images' quality, and nobody measures it."""

    def __init__(self, what: str, stop: str) -> None:
        super().__init__(
            f"{what} cannot keep its best check, as stop = '{stop}' says: its fit is not judged; "
            "set quality.features and quality.checks, or another stop"
        )


class OddBank(StageError):
    """A generator drew something that is no image of the data set."""

    def __init__(self, generator: str, found: str, expected: str) -> None:
        super().__init__(f"generator {generator} drew {found}, not images like the data set's, {expected}; mend its sample()")


class OddPartners(StageError):
    """An augmenter named images that are none of its sources."""

    def __init__(self, augmenter: str, found: str, count: int) -> None:
        super().__init__(
            f"augmenter {augmenter} named {found} partners, not int64 [{count}, k] with numbers of its {count} images; mend its partners()"
        )


class TooFewFeatures(AugbenchError, ValueError):
    """A metric needs more images than there are."""

    def __init__(self, metric: str, kind: str, count: int, least: int) -> None:
        self.count, self.least = count, least
        there = f"{count} {kind} image{'' if count == 1 else 's'}"
        super().__init__(f"{metric} needs {least} {kind} images or more, not {there}; give it more, or leave it out for this class")


class UnknownColumn(AugbenchError):
    """A matrix has no data set of this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"the matrix has no data set '{name}'; {suggestion(name, known)}")


class UnknownData(AugbenchError):
    """A command line names neither a folder nor a data set."""

    def __init__(self, name: str, known: Iterable[str], *, is_file: bool = False) -> None:
        if is_file:
            super().__init__(f"'{name}' is a file; name a folder of images, or the data set that reads it: numpy --set path={name}")
        else:
            super().__init__(f"'{name}' is no folder, and no data set; correct the path, or the name ({suggestion(name, known)})")


class UnknownSetting(AugbenchError):
    """No row has such a setting."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        tables = {".".join(one.split(".")[:length]) for one in known for length in range(1, one.count(".") + 2)}
        super().__init__(f"no row has a setting '{name}'; {suggestion(name, tables)}")
