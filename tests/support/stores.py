"""Stages whose artefacts tests put into stores."""

from __future__ import annotations

from augbench.plan.tasks import PrepareTask, Stage
from augbench.store.artefacts import Store
from support.toys import Dots

KEY, OTHER = "a" * 64, "b" * 64


def stage(key: str = KEY) -> Stage:
    """Return a stage whose artefact is to have a key."""
    task = PrepareTask(name="dots", dataset=Dots(), resize=None)
    return Stage(kind="train", key=key, label="train a", settings='{"lr":1e-05}', template=task, resample=None, inputs={})


def put(store: Store, key: str = KEY, text: str = "hello") -> None:
    """Make an artefact."""
    with store.write(stage(key), {"seconds": 1.5}) as folder:
        (folder / "data.txt").write_text(text)


def keep(store: Store, text: str) -> None:
    """Keep a checkpoint."""
    with store.keep(stage()) as folder:
        (folder / "data.txt").write_text(text)
