"""Stores of every kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from augbench.store.artefacts import Store
from augbench.store.opening import open_store

Machine = Callable[[str], Store]


@pytest.fixture(params=["folder", "memory", pytest.param("s3", marks=pytest.mark.slow)])
def machine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Open one store as several machines would: each name has its own mirror."""
    locations = {"folder": str(tmp_path / "store"), "memory": f"memory://{uuid.uuid4().hex}/store"}
    location = request.getfixturevalue("s3") if request.param == "s3" else locations[request.param]

    def opened(name: str) -> Store:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
        return open_store(location)

    return opened


@pytest.fixture
def store(machine: Machine) -> Store:
    """Return a store of each kind."""
    return machine("here")
