"""Fetch published weights, once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import timm
import torch
from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

from augbench_plugins.backbones._errors import WeightsUnavailable
from augbench_plugins.backbones._weights import extra_for

_FILES = ("model.safetensors", "pytorch_model.bin")


def fetched(name: str) -> Path | None:
    """Return the file of a network's published weights on the Hugging Face hub, from its cache without asking the network.

    The hub's client moves a file into the cache when it is whole.  None: of another source or format, left to timm.
    Raise ``WeightsUnavailable``.
    """
    config: Any = timm.get_pretrained_cfg(name)
    if not config.hf_hub_id or config.hf_hub_filename or config.custom_load:
        return None
    repository, _, revision = config.hf_hub_id.partition("@")
    where = {"repo_id": repository, "revision": revision or None}
    for file in _FILES:
        if isinstance(found := try_to_load_from_cache(filename=file, **where), str):
            return Path(found)
    try:
        return _downloaded(where)
    except Exception as error:  # whatever the hub's client, the network or the file system raises
        raise unavailable(name, error) from error


def _downloaded(where: dict[str, Any]) -> Path:
    first, second = _FILES
    try:
        return Path(hf_hub_download(filename=first, **where))
    except LocalEntryNotFoundError:
        raise
    except EntryNotFoundError:
        return Path(hf_hub_download(filename=second, **where))


def unavailable(name: str, error: BaseException) -> WeightsUnavailable:
    """Return the error that says where weights would lie and how they get there."""
    config: Any = timm.get_pretrained_cfg(name)
    cache = constants.HF_HUB_CACHE if config.hf_hub_id else os.path.join(torch.hub.get_dir(), "checkpoints")
    return WeightsUnavailable(name, error, cache, extra_for(name))
