"""What a person asks of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from augbench.config.presets import stem
from augbench.config.snapshots import Snapshot
from augbench.engine.driver import Policy
from augbench.engine.executing import WORK


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person asked for on the command line."""

    matrix: Path
    out: Path | None = None
    store: str | Path | None = None
    """A folder, or the address of a remote one."""
    sets: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    device: str = "auto"
    disabled: tuple[str, ...] = ()
    engine: str = "local"
    """An executor, as a slot of the matrix names one: ``local``, ``{ use = "ray", address = "auto" }``."""
    jobs: int | None = None
    policy: Policy = field(default_factory=Policy)
    trials: tuple[str, ...] = ()
    """The trials that are wanted; all of them, unless any is named."""
    debugger: bool = False
    smoke: bool = False
    """Whether everything is made small, to see that it runs at all."""
    report: bool = True
    """Whether the report is written in the end."""
    snapshot: Snapshot | None = None
    """The matrix as it was read once, where its files may have changed since, or be elsewhere."""
    before: Path | None = None
    """The folder of the run that is asked for again."""
    observers: tuple[str, ...] = ()
    """Who follows it, each as a slot of the matrix names a component: ``mlflow``, ``{ use = "tensorboard", folder = "logs" }``."""
    work: str = WORK
    """``module:function`` that executes a stage."""

    @property
    def folder(self) -> Path:
        """Return the run folder."""
        # Apart from real results: nothing of a smoke run can be taken for one.
        return self.out or Path("runs") / f"{stem(self.matrix)}{'-smoke' * self.smoke}"
