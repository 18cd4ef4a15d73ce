"""TensorBoard: curves, scores and a table of settings, a run for each trial."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from augbench import Observer, RunFacts, TrialFacts, TrialResult
from augbench.values.errors import MissingExtra
from augbench_plugins.observers._spelling import tidy

_LONGEST = 200
_PLAIN = (bool, int, float, str)


@dataclass(frozen=True, kw_only=True)
class Tensorboard(Observer):
    """Writes the curves and scores of each trial that is done, and the settings in which rows differ, for ``tensorboard --logdir``."""

    folder: Path | None = None
    """Where; unless given, ``tensorboard`` in the run folder."""

    def __post_init__(self) -> None:
        """Refuse to be named where TensorBoard is not installed."""
        if find_spec("tensorboard") is None:
            raise MissingExtra("tensorboard", "tensorboard")

    def trial_finished(self, run: RunFacts, trial: TrialFacts, result: TrialResult, scores: Mapping[str, float]) -> None:
        """Write the files of one trial, unless they are there."""
        # With the key in it, another trial of this name, of other settings, gets a folder of its own.
        place = (self.folder or run.folder / "tensorboard") / tidy(f"{trial.trial}-{trial.key[:8]}", _LONGEST)
        if any(place.glob("events.*")):
            return
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        settings = {name: _plain(value) for name, value in {**_varying(run, trial), "row": trial.row, "data set": trial.column}.items()}
        settings |= {"seed": trial.seed} | ({"fold": trial.fold} if trial.fold is not None else {})
        writer = EventFileWriter(str(place))
        try:
            writer.add_event(_event(hparams_pb(settings, trial_id=trial.trial)))
            for name, curve in result.curves.items():
                for step, value in curve:
                    writer.add_event(_scalar(name, step, value))
            for name, value in scores.items():
                writer.add_event(_scalar(f"scores/{name}", result.steps or 0, value))
        finally:
            writer.close()


def _varying(run: RunFacts, trial: TrialFacts) -> dict[str, Any]:
    """Return the settings in which the cells of a run differ: a table of all would be too wide to read."""
    cells = [settings for rows in run.settings.values() for settings in rows.values()]
    return {name: value for name, value in trial.settings.items() if any(cell.get(name) != value for cell in cells)}


def _plain(value: Any) -> bool | int | float | str:
    return value if isinstance(value, _PLAIN) else "false" if value is None else str(value)


def _scalar(name: str, step: int, value: float) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return _event(Summary(value=[Summary.Value(tag=tidy(name, _LONGEST), simple_value=float(value))]), int(step))


def _event(summary: Any, step: int = 0) -> Any:
    from tensorboard.compat.proto.event_pb2 import Event

    return Event(wall_time=time.time(), step=step, summary=summary)
