"""Small comparisons, of harmless names and of names that try to be something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from augbench.comparison import compare
from augbench.values.comparing import Comparison
from augbench.values.results import ColumnFacts, Predictions, Results, TrialResult
from augbench.values.settings import Published, ReportSettings, Row

What = Literal["finished", "half done", "nothing done"]
TAG, COMMAND = "x-hostile", "hostilecommand"
"""What a reader of HTML, and of LaTeX, must never meet as an element, an attribute or a command."""
PLAIN = ("ours", "mixup", "nothing", "round cells", "long cells", "rare cells")
HOSTILE = (
    f"</script><{TAG}>",
    f"\"' {TAG}=1 <{TAG}",
    f"--> ]]> </style></title></textarea><{TAG}/>",
    f"\\{COMMAND} $x_1 100% & # ^ ~ {{",
    "a|b `c`\n\n# line, \u202eturned; 中文 ½",
    f"&lt; \\{COMMAND}{{}} {'n' * 120}",
)
_TEST = (12, 8, 5)


def comparison(names: Sequence[str], what: What = "finished") -> Comparison:
    """Compare three rows on a data set of three classes; the last trial has failed."""
    rows, classes = names[:3], names[3:]
    return compare(
        Results(
            title=" ".join(names),
            report=ReportSettings(
                control="row-0", replicates=999, published=(Published(label=names[0], dataset="cells", source=names[1], accuracy=0.5),)
            ),
            rows=tuple(Row(name=f"row-{number}", label=label) for number, label in enumerate(rows)),
            columns=(_column(classes),),
            seeds=(0, 1),
            trials=tuple(_trial(number, seed, names[0], what) for number in range(len(rows)) for seed in (0, 1)),
            settings={"cells": {f"row-{number}": {"generator": names[number]} for number in range(len(rows))}},
            matrix="version = 1\n",
            provenance={"command": "bench run", "device": names[0]},
        )
    )


def _column(classes: Sequence[str]) -> ColumnFacts:
    return ColumnFacts(
        name="cells",
        label=classes[0],
        classes=tuple(classes),
        counts={"train": (40, 20, 6), "test": _TEST},
        minority=(classes[-1],),
        folds=None,
        digest="0" * 64,
        licence=classes[1],
        source=classes[2],
        notes=(classes[0],),
    )


def _trial(row: int, seed: int, reason: str, what: What) -> TrialResult:
    """Make a trial: the last one fails, and of a run that is half done only the control has a result."""
    made = TrialResult(trial=f"cells/row-{row}/s{seed}", row=f"row-{row}", column="cells", seed=seed, fold=None, status="pending")
    if (row, seed) == (2, 1) and what != "nothing done":
        return replace(made, status="failed", reason=reason, failure="Diverged", failure_class="diverged", failed_stage="train")
    if what == "nothing done" or (what == "half done" and row):
        return made
    return replace(
        made,
        status="done",
        test=_predictions(row, seed),
        curves={"training loss": ((10, 1.0), (20, 0.5 + 0.1 * row))},
        steps=20,
        images=640,
        seconds=1.5,
        cost={"seconds": 1.5, "peak-memory-mb": 100.0},
    )


def _predictions(row: int, seed: int) -> Predictions:
    rng = np.random.default_rng([row, seed])
    labels = np.repeat(np.arange(len(_TEST)), _TEST)
    scores = np.exp(rng.normal(size=(len(labels), len(_TEST))) + (2.0 - 0.5 * row) * np.eye(len(_TEST))[labels])
    names = tuple(f"image {number}" for number in range(len(labels)))
    return Predictions(ids=names, labels=labels, probabilities=scores / scores.sum(axis=1, keepdims=True))
