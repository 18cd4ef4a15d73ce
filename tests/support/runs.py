"""A small matrix of toys, and how tests run it."""

import sys
from pathlib import Path

from augbench.engine.driver import Policy
from augbench.engine.events import Silent
from augbench.engine.executing import StageOutcome
from augbench.engine.request import Request
from augbench.engine.session import Session, open_session
from augbench.plan.tasks import Stage
from augbench.values.observing import Outcome

MATRIX = """
title = "Dots"
[report]
control = "ours"
formats = ["json"]
[axes]
seed = [0, 1]
[datasets.dots]
use = "support.toys:Dots"
minority = ["c"]
[base]
generator = "support.toys:MeanNoise"
sampler = "support.toys:Supplement"
backbone = "support.toys:Linear"
batch = { size = 8, mix = { generated = 1, linear = 1 } }
bank.size = 6
quality.features = false
fit = { lr = 0.1, iterations = 3 }
transforms = ["support.toys:Shift"]
augment.linear = "support.toys:Blend"
[base.training]
length = { steps = 70 }
optimizer = "support.toys:Descent"
schedule = "support.toys:Flat"
loss = "support.toys:Entropy"
lr = 0.05
[rows]
ours = {}
no-mix = { augment.linear = false, batch.mix = { generated = 2 } }
plain = { generator = false, augment.linear = false, batch.mix = { originals = 1 } }
"""


class Watcher(Silent):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.trials: list[str] = []
        self.messages: list[str] = []

    def stage_finished(self, stage: Stage, outcome: StageOutcome) -> None:
        if outcome.status == "done":
            self.stages.append(stage.label)

    def trial_finished(self, result, done, total) -> None:
        self.trials.append(f"{result.trial} {result.status} {done}/{total}")

    def message(self, text: str) -> None:
        self.messages.append(text)


def session(folder: Path, text: str = MATRIX, *, out: str = "run", store: str = "store", engine: str = "inline", **request) -> Session:
    (folder / "dots.toml").write_text(text)
    where = {"matrix": folder / "dots.toml", "out": folder / out, "store": folder / store}
    return open_session(Request(**where, device="cpu", engine=engine, **request))


def run(folder: Path, text: str = MATRIX, **where) -> tuple[Outcome, Watcher]:
    watcher = Watcher()
    return session(folder, text, **where).run(watcher), watcher


if __name__ == "__main__":
    here = Path(sys.argv[1])
    # To be killed, as often as anybody likes.
    request = Request(matrix=here / "dots.toml", out=here / "run", store=here / "store", device="cpu", jobs=2, policy=Policy(retries=50))
    open_session(request).run(Silent())
