"""Write down what a run was asked for, and ask for it again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from augbench.config.presets import is_preset
from augbench.config.snapshots import Snapshot, snapshot_of
from augbench.engine.request import Request
from augbench.registry.installed import installation, named_by_environment
from augbench.store.opening import open_store
from augbench.store.run_folder import RunFolder
from augbench.values.errors import MissingFile
from augbench.values.run_errors import BrokenRun, MergedRun

_LISTS = ("only", "skip", "observers")
_PLAIN = ("device", "engine", "jobs", "smoke")


def as_asked(request: Request, snapshot: Snapshot) -> dict[str, Any]:
    """Return what a run was asked for, as a table for JSON that means the same in another folder."""
    return {
        # A preset is called so in every folder.
        "matrix": str(request.matrix if is_preset(str(request.matrix)) else request.matrix.absolute()),
        "folder": str(Path.cwd()),
        **snapshot.as_json(),
        **{name: list(getattr(request, name)) for name in _LISTS},
        **{name: getattr(request, name) for name in _PLAIN},
        # Who asks again may have another environment.
        "disabled": list(dict.fromkeys((*request.disabled, *named_by_environment()))),
        "store": open_store(request.store or default_store()).location,
    }


def asked_again(folder: RunFolder) -> Request:
    """Return what a run was asked for.  Raise ``MissingFile``, ``BrokenRun``, or ``MergedRun`` for one that nobody asked for as it is."""
    asked = folder.about().get("request")
    if asked is None:
        raise MergedRun(folder.path)
    return _request(folder, asked)


def asked_again_for(folder: RunFolder, trial: str) -> Request:
    """Return what the run was asked for that a trial comes from, be it one that was merged into a folder."""
    about = folder.about()
    parts = [part["request"] for part in about.get("merged", ()) if trial in part["trials"]]
    if asked := [*parts, about.get("request")][0]:
        return _request(folder, asked)
    raise MergedRun(folder.path)


def asked_again_all(folder: RunFolder) -> tuple[Request, ...]:
    """Return what a run was asked for, or what all those were that it was merged of."""
    about = folder.about()
    asked = [about["request"]] if about.get("request") else [part["request"] for part in about.get("merged", ())]
    return tuple(_request(folder, one) for one in asked)


def recorded(folder: RunFolder) -> dict[tuple[str, str], str]:
    """Say where a run had its components from, by kind and name; nothing where there is no run."""
    try:
        about = folder.about()
        found = [each for part in (about, *about.get("merged", ())) for each in part.get("components", ())]
        return {(each["kind"], each["name"]): _source(each) for each in found}
    except (MissingFile, BrokenRun, KeyError, TypeError):  # whoever needs it whole says what is wrong
        return {}


def _source(component: Mapping[str, Any]) -> str:
    return f"{component['distribution']} {component['version']}".strip() or str(component["file"])


def command(request: Request) -> str:
    """Return the command line that asks for the same."""
    repeated = {"--only": request.only, "--skip": request.skip, "--no-plugin": request.disabled, "--observe": request.observers}
    sets = [source.text for source in request.snapshot.sets] if request.snapshot else request.sets
    plain = {"--device": (request.device, "auto"), "--engine": (request.engine, "local"), "--jobs": (request.jobs, None)}
    plain["--store"] = (str(request.store), str(open_store(default_store()).location))
    words = ["bench", "run", "--matrix", str(request.matrix), "--out", str(request.out)]
    words += [word for option, values in {"--set": sets, **repeated}.items() for value in values for word in (option, value)]
    words += [word for option, (value, default) in plain.items() if value != default for word in (option, str(value))]
    return shlex.join(words + ["--smoke"] * request.smoke)


def _request(folder: RunFolder, asked: Mapping[str, Any]) -> Request:
    try:
        return Request(
            matrix=Path(asked["matrix"]),
            out=folder.path,
            store=_store(asked["store"]),
            snapshot=snapshot_of(asked),
            before=folder.path,
            only=tuple(asked["only"]),
            skip=tuple(asked["skip"]),
            # What was left out may have been uninstalled since.
            disabled=tuple(filter(installation().called, asked["disabled"])),
            # Runs of before did not say.
            observers=tuple(asked.get("observers", ())),
            **{name: asked[name] for name in _PLAIN},
        )
    except (KeyError, TypeError) as error:
        raise BrokenRun(folder.path / "run.json", f"its request is damaged: {type(error).__name__}: {error}") from error


def _store(location: str) -> str:
    """Return where a run kept its artefacts; on a machine that has no such folder, where this one keeps them."""
    return location if "://" in location or Path(location).is_dir() else default_store()


def default_store() -> str:
    """Return ``AUGBENCH_STORE``, or the user's cache folder."""
    if path := os.environ.get("AUGBENCH_STORE"):
        return path
    from platformdirs import user_cache_path

    return str(user_cache_path("augbench") / "store")
