"""What can go wrong with run folders and stores, in words for a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from augbench.values.errors import AugbenchError, DataError, StageError, suggestion


class ForeignFolder(AugbenchError):
    """The run folder holds something else."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"'{path}' is not empty and is no run folder (it has no run.json); choose another folder with --out")


class OtherRun(AugbenchError):
    """A smoke run is to be written over a real one, or a real one over a smoke run."""

    def __init__(self, path: Path | str, *, smoke: bool) -> None:
        holds, wanted = ("a real run", "a smoke run") if smoke else ("a smoke run", "a real one")
        super().__init__(f"'{path}' holds {holds}, and {wanted} would take its place; choose another folder with --out")


class BrokenRun(DataError):
    """A run folder's file cannot be read."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"cannot read '{path}': {why}; run the matrix again with the same --out to write it anew")


class Corrupt(StageError):
    """An artefact's bytes are not those that were written."""

    def __init__(self, folder: Path | str, why: str) -> None:
        super().__init__(f"the artefact '{folder}' is damaged ({why}); it was set aside and is made anew")


class RunInUse(AugbenchError):
    """Another process writes the run folder."""

    def __init__(self, path: Path | str, holder: str) -> None:
        super().__init__(
            f"another 'bench run' writes to '{path}'{f' ({holder})' if holder else ''}; wait for it, or choose another folder with --out"
        )


class UnknownTrial(AugbenchError):
    """The matrix, or the run, has no such trial."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no trial called '{name}'; {suggestion(name, known)}")


class UnknownStore(AugbenchError):
    """An address that nothing can open."""

    def __init__(self, location: str, why: str) -> None:
        super().__init__(f"'{location}' is no store: {why.rstrip('.')}; give a folder, or an address such as s3://bucket/folder")


class UnreachableStore(AugbenchError):
    """The other side of a remote store does not answer, or refuses."""

    exit_code = 1

    def __init__(self, location: str, error: BaseException) -> None:
        why = f"{type(error).__name__}: {str(error).partition(chr(10))[0].rstrip('.')}"
        super().__init__(
            f"cannot reach the store '{location}': {why}; what is finished is kept: "
            "check address, network and credentials, and run the same command again"
        )


class SmokeRun(AugbenchError):
    """A run of tiny trials is asked for results."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(
            f"'{path}' is a smoke run: it shows that the matrix runs, and its numbers mean nothing; 'bench run' makes real ones"
        )


class NothingChosen(AugbenchError):
    """A verb that removes things was not told which."""

    def __init__(self) -> None:
        super().__init__("say what may go: --older 30d, --to 10GB or --kind NAME, or several of them")


class MergedRun(AugbenchError):
    """A run that was put together of others is asked to run."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"'{path}' was merged of several runs, each of its own matrix: name one of these, and merge again")


class TakenFolder(AugbenchError):
    """Something lies where a new folder or file is to be."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"there is something at '{path}' already; choose another place, or remove it")


class UnknownRun(AugbenchError):
    """A run is named that is none of those in question."""

    def __init__(self, path: Path | str, known: Sequence[str]) -> None:
        super().__init__(f"'{path}' is none of the runs; {suggestion(str(path), known)}")


class Conflicts(AugbenchError):
    """Runs that are to be joined contradict each other."""

    def __init__(self, conflicts: Sequence[str]) -> None:
        self.conflicts = tuple(conflicts)
        listed = "".join(f"\n  {conflict}" for conflict in conflicts)
        super().__init__(
            f"the runs contradict each other, and nothing was written:{listed}\n"
            "run one of them again, or say with --prefer RUN which of them is right"
        )
