"""A matrix of any size without torch, and what it takes to plan it: ``python -m support.large measure FOLDER ROWS COLUMNS SEEDS FOLDS``."""

from __future__ import annotations

import io
import json
import random
import re
import resource
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from augbench import Dataset, Probe

TEXT = """
[report]
control = "r0"
[axes]
seed = {seeds}
[base]
generator = "support.light:Nothing"
sampler = "support.light:Anything"
backbone = "support.light:NoNetwork"
batch = {{ size = 8, mix = {{ generated = 1, originals = 1 }} }}
bank.size = 6
quality.features = false
fit = {{ lr = 0.1, iterations = 3 }}
[base.training]
length = {{ steps = 70 }}
optimizer = "support.light:Still"
schedule = "support.light:Flat"
loss = "support.light:Zero"
lr = 0.05
"""
COLUMN = """
[datasets.d{number}]
use = "support.large:Numbered"
number = {number}
minority = ["c"]
folds = {folds}
set.bank.size = {size}
"""


@dataclass(frozen=True, kw_only=True)
class Numbered(Dataset):
    """One of many data sets."""

    number: int

    def probe(self) -> Probe:
        counts = {"train": (60, 40, 30), "test": (4, 3, 2)}
        return Probe(classes=("a", "b", "c"), counts=counts, channels=1, size=(4, 4), digest=f"data {self.number}")

    def load(self): ...


def text(rows: int, columns: int, seeds: int, folds: int) -> str:
    """Write a matrix whose rows share generators by eight."""
    sets = "".join(COLUMN.format(number=number, folds=folds, size=number + 1) for number in range(columns))
    named = "".join(f"r{n} = {{ training.lr = {0.001 * (n + 1):.4f}, fit.lr = {0.1 * (n % 8 + 1):.1f} }}\n" for n in range(rows))
    return f"{TEXT.format(seeds=list(range(seeds)))}{sets}\n[rows]\n{named}"


def plan(folder: Path, size: tuple[int, ...], *sets: str):
    """Read and plan a matrix of a size."""
    from augbench.engine.request import Request
    from augbench.engine.session import open_session

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "large.toml").write_text(text(*size))
    return open_session(Request(matrix=folder / "large.toml", out=folder / "run", store=folder / "store", sets=sets))


def fill(folder: Path, *size: int) -> dict[str, object]:
    """Store as many artefacts as a plan looks at, of the same matrix as it was before a setting of all rows changed."""
    session = plan(folder, size, "training.checks=3")
    for planned in random.Random(0).sample(session.plan.stages, 2000):
        with session.store.write(planned.stage, {"seconds": 1.0}):
            pass
    return {"artefacts": len(session.store.keys())}


def measure(folder: Path, *size: int) -> dict[str, object]:
    """Do what ``bench plan`` does, after Python itself has started; return what it took and what it came to."""
    begun = time.process_time()
    from augbench.cli.plan import look_ahead, show

    session = plan(folder, size)
    ahead = look_ahead(session, 2)
    with redirect_stdout(io.StringIO()) as shown:
        show(session, ahead)
    return {
        "seconds": time.process_time() - begun,
        "megabytes": peak(),
        "trials": len(session.plan.trials),
        "stages": len(session.plan.stages),
        "costs": len(ahead.costs),
        "reasons": len(ahead.reasons),
        "lines": len(shown.getvalue().splitlines()),
        "torch": "torch" in sys.modules,
    }


def peak() -> float:
    """Return the most memory that this process held at once."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    # That of getrusage is, after a fork, at least what the parent held.
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024


if __name__ == "__main__":
    what, folder, *numbers = sys.argv[1:]
    print(json.dumps({"fill": fill, "measure": measure}[what](Path(folder), *map(int, numbers))))
