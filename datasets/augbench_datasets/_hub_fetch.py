"""Fetch a data set of the Hugging Face hub with its own library, and save it where no network is needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from augbench_datasets._hub_errors import HubRefuses
from augbench_datasets._hub_tables import library, saved


def fetch(name: str, config: str | None, revision: str | None, to: Path) -> None:
    """Save a data set as Arrow tables, images within them; what is there is left alone.

    The folder appears when it is complete.  Raise ``HubRefuses``.
    """
    from filelock import FileLock

    if saved(to):
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(to.with_name(f".{to.name}.lock")):
        if not saved(to):
            _save(name, config, revision, to)


def _save(name: str, config: str | None, revision: str | None, to: Path) -> None:
    half = to.with_name(f".{to.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    with _quiet():
        try:
            found = library().load_dataset(name, config, revision=revision)
        # Of what the network and a stranger's files can do, several libraries raise their own errors.
        except Exception as error:
            if isinstance(error, OSError) and error.filename:
                raise
            raise HubRefuses(name, to, str(error).partition("\n")[0] or type(error).__name__) from error
        found.save_to_disk(str(half))
    half.replace(to)


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave the terminal to the bars of whoever asked."""
    utils = library().utils
    shown = not utils.are_progress_bars_disabled()
    utils.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            utils.enable_progress_bars()
