"""Fetch a data set of the Hugging Face hub with its own library, and save it where no network is needed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from augbench_datasets._archives import appearing
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
    with _quiet():
        try:
            found = library().load_dataset(name, config, revision=commit(name, revision))
        # Of what the network and a stranger's files can do, several libraries raise their own errors.
        except Exception as error:
            if isinstance(error, OSError) and error.filename:
                raise
            raise HubRefuses(name, to, _why(error, revision)) from error
        with appearing(to) as half:
            found.save_to_disk(str(half))


def commit(name: str, revision: str | None) -> str:
    """Ask the hub, once and quickly, for the commit that is meant: all files are then of one state."""
    from huggingface_hub import HfApi

    return str(HfApi().dataset_info(name, revision=revision, timeout=30.0).sha)


def _why(error: BaseException, revision: str | None) -> str:
    """Say in words what came out of several libraries."""
    from huggingface_hub import errors

    if isinstance(error, errors.OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE forbids the network"
    if isinstance(error, errors.GatedRepoError):
        return "its owner wants to know who takes it: accept the terms on its page, then 'hf auth login'"
    if isinstance(error, errors.RepositoryNotFoundError):
        return "there is no such data set, or it is private"
    if isinstance(error, errors.RevisionNotFoundError):
        return f"it has no revision '{revision}'"
    if any(isinstance(cause, (socket.gaierror, ConnectionError, TimeoutError)) for cause in _causes(error)):
        return "it is not reached: this machine is offline, or needs a proxy (HTTPS_PROXY)"
    return str(error).partition("\n")[0] or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


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
