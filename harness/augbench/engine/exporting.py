"""Write a run for others: images, weights, predictions, report, matrix, and a word on each."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from augbench.config.presets import is_preset
from augbench.config.snapshots import Snapshot
from augbench.engine.asking import asked_again_all
from augbench.engine.export_artefacts import Artefacts
from augbench.engine.guide import Contents, bank_table, guide, trial_table
from augbench.store.names import file_name
from augbench.store.opening import open_store
from augbench.store.packing import Entry, check_free, pack
from augbench.store.run_folder import RunFolder, latest
from augbench.store.standing import state_of
from augbench.values.run_errors import BrokenRun, SmokeRun

WHAT = ("banks", "weights", "predictions", "report", "matrix")
Tell = Callable[[str, int, int], None]
"""Hears what is done, how much of it, and of how much."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written."""

    path: Path
    files: int
    banks: int
    weights: int
    missing: tuple[str, ...]
    """Stages whose artefacts no store has, or only damaged."""


def export(
    run: Path, target: Path, what: Collection[str] = WHAT, store: str | None = None, tell: Tell = lambda task, done, total: None
) -> Exported:
    """Write a run to a new folder or zip archive, which is there whole or not at all; of equal runs, equal bytes.

    Raise ``TakenFolder``, ``SmokeRun``, ``DiskFull``, ``MissingFile`` or ``BrokenRun``.
    """
    check_free(target)
    folder = RunFolder(path=run)
    about = folder.about()
    try:
        if about["smoke"]:
            raise SmokeRun(run)
        artefacts = _artefacts(folder, about, what, store, tell)
        entries = _entries(folder, about, what, artefacts)
    except (KeyError, TypeError) as error:
        raise BrokenRun(run / "run.json", f"{type(error).__name__}: {error}") from error
    pack(entries, target, file_name(about["title"]), lambda done: tell("writing", done, len(entries)))
    return Exported(
        path=target,
        files=len(entries),
        banks=len(artefacts.banks),
        weights=len(artefacts.weights),
        missing=tuple(artefacts.missing),
    )


def _done(folder: RunFolder, about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    records = latest(folder.journal)
    return [trial for trial in about["trials"] if state_of(folder, trial, records.get(trial["trial"])) == "done"]


def _artefacts(folder: RunFolder, about: Mapping[str, Any], what: Collection[str], store: str | None, tell: Tell) -> Artefacts:
    places = dict.fromkeys([*([store] if store else []), *(str(request.store) for request in asked_again_all(folder))])
    found = Artefacts(about=about, stores=[open_store(place) for place in places])
    if {"banks", "weights"} & set(what):
        trials = _done(folder, about)
        for done, trial in enumerate(trials, 1):
            found.take(trial, banks="banks" in what, weights="weights" in what)
            tell("checking artefacts", done, len(trials))
    return found


def _entries(folder: RunFolder, about: Mapping[str, Any], what: Collection[str], artefacts: Artefacts) -> list[Entry]:
    trials, records = _done(folder, about), latest(folder.journal)
    metrics = {trial["trial"]: records[trial["trial"]]["metrics"] for trial in trials}
    contents = Contents(about=about, what=frozenset(what), done=len(trials), artefacts=artefacts)
    files = list(_files(folder, about, trials, what))
    return [
        *(_in_run(folder, path) for path in dict.fromkeys(files) if path.is_file()),
        *(_matrices(folder) if "matrix" in what else ()),
        *artefacts.entries,
        Entry(name="trials.csv", content=partial(trial_table, about, metrics, artefacts.weights)),
        *([Entry(name="banks.csv", content=partial(bank_table, artefacts.banks.values()))] if artefacts.banks else []),
        Entry(name="README.txt", content=partial(guide, contents)),
    ]


def _in_run(folder: RunFolder, path: Path) -> Entry:
    return Entry(name=f"run/{path.relative_to(folder.path).as_posix()}", content=path)


def _files(folder: RunFolder, about: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], what: Collection[str]) -> Iterator[Path]:
    """Return what is taken of the run's folder, so that it is one again where it is unpacked."""
    yield from (folder.path / name for name in ("run.json", "records.jsonl", "matrix.toml"))
    if "predictions" in what:
        for trial in trials:
            yield folder.predictions(trial["trial"], trial["key"])
            for judged in map(folder.generator, trial["judged"].values()):
                yield from (judged, judged.with_suffix(".png"))
    if "report" in what:
        yield from (path for path in _report(folder, tuple(about["report"]["formats"])) if path.is_relative_to(folder.path))


def _report(folder: RunFolder, formats: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the report, written anew unless it is of just what is there."""
    from augbench.engine.rendering import known_to, render

    return folder.rendered(formats) or render(folder, known_to(folder), formats)


def _matrices(folder: RunFolder) -> Iterator[Entry]:
    """Write the matrix that was read, or those of all runs that were merged."""
    snapshots = [request.snapshot for request in asked_again_all(folder) if request.snapshot]
    for number, snapshot in enumerate(snapshots, 1):
        yield from _matrix(snapshot, PurePosixPath("matrix") / (str(number) if len(snapshots) > 1 else ""))


def _matrix(snapshot: Snapshot, below: PurePosixPath) -> Iterator[Entry]:
    """Lay the files of a matrix out as they lay, so that they still find those that they extend; presets beside them, by name."""
    shipped = [source for source in snapshot.files if is_preset(source.name)]
    paths = {source.folder / Path(source.name).name: source.text for source in snapshot.files if source not in shipped}
    common = os.path.commonpath([path.parent for path in paths]) if paths else ""
    placed = {path.relative_to(common).parts: text for path, text in paths.items()}
    placed |= {("presets", *f"{source.name.replace(':', '/', 1)}.toml".split("/")): source.text for source in shipped}
    for parts, text in placed.items():
        yield Entry(name=str(below.joinpath(*map(file_name, parts))), content=partial(str.encode, text))
