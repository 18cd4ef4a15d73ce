"""Join the folders of several runs into one, as if one run had done it all."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from augbench.store.agreement import Agreement, Part, named
from augbench.store.files import drafted, write_text
from augbench.store.packing import check_free
from augbench.store.processes import this_process
from augbench.store.records import Record
from augbench.store.run_folder import SCHEMA, RunFolder
from augbench.store.standing import State
from augbench.values.run_errors import BrokenRun, SmokeRun, UnknownRun


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What was put together."""

    path: Path
    trials: Mapping[State, int]
    shares: Mapping[str, int]
    """How many of the trials came from each run."""
    left_out: int
    """Trials that gave way to what the preferred run says."""


def merge(paths: Sequence[Path], out: Path, prefer: Path | None = None, command: str = "bench merge") -> Merged:
    """Write a run folder that holds the trials of several; it is there whole or not at all.

    Raise ``Conflicts`` with all that they contradict each other in, unless they ``prefer`` one; ``SmokeRun`` where only some are
    smoke runs; ``TakenFolder``, ``UnknownRun``, ``MissingFile`` or ``BrokenRun``.
    """
    check_free(out)
    parts = [_part(RunFolder(path=path)) for path in dict.fromkeys(paths)]
    agreement = Agreement(parts=parts, preferred=None if prefer is None else _preferred(parts, prefer))
    try:
        _check_smoke(parts)
        chosen = agreement.chosen()
        document = _document(parts, agreement.leading, chosen)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenRun(" and ".join(part.name for part in parts), f"{type(error).__name__}: {error}") from error
    with drafted(out) as path:
        draft = RunFolder(path=path)
        _write(draft, parts, chosen, document)
        draft.journal.append({"type": "run", **asdict(this_process()), "command": command, "time": _now()})
    return Merged(
        path=out,
        trials=dict(Counter(part.state(trial) for trial, part in chosen.items())),
        shares={part.name: sum(source is part for source in chosen.values()) for part in parts},
        left_out=len(agreement.dropped),
    )


def _part(folder: RunFolder) -> Part:
    return Part(folder=folder, about=folder.about(), records=folder.journal.read()[0])


def _preferred(parts: Sequence[Part], path: Path) -> Part:
    found = next((part for part in parts if part.folder.path.resolve() == path.resolve()), None)
    if found is None:
        raise UnknownRun(path, [part.name for part in parts])
    return found


def _check_smoke(parts: Sequence[Part]) -> None:
    smoke = [part for part in parts if part.about["smoke"]]
    if smoke and len(smoke) < len(parts):
        raise SmokeRun(smoke[0].folder.path)


def _document(parts: Sequence[Part], leading: Part, chosen: Mapping[str, Part]) -> dict[str, Any]:
    settings: dict[str, dict[str, Any]] = {}
    for name, part in chosen.items():
        trial = part.trials[name]
        if (found := part.says((trial["column"], trial["row"]))) is not None:
            settings.setdefault(trial["column"], {}).setdefault(trial["row"], found)
    return {
        "schema": SCHEMA,
        "request": None,
        "merged": [one for part in parts for one in _origins(part, [name for name, its in chosen.items() if its is part])],
        "title": leading.about["title"],
        "report": leading.about["report"],
        "rows": list(named([leading, *parts], "rows").values()),
        "columns": list(named([leading, *parts], "columns").values()),
        "seeds": sorted({part.trials[name]["seed"] for name, part in chosen.items()}),
        "scopes": {row: scope for part in reversed([leading, *parts]) for row, scope in part.about["scopes"].items()},
        "provenance": _provenance(parts),
        "components": _components(parts),
        "settings": settings,
        "smoke": leading.about["smoke"],
        "trials": [part.trials[name] for name, part in chosen.items()],
    }


def _origins(part: Part, trials: list[str]) -> list[dict[str, Any]]:
    """Tell which run, and of what, each trial comes from; of a run that was merged itself, those that it was merged of."""
    if part.about["request"] is not None:
        return [{"run": part.name, "request": part.about["request"], "provenance": part.about["provenance"], "trials": trials}]
    kept = set(trials)
    return [one | {"trials": found} for one in part.about["merged"] if (found := [name for name in one["trials"] if name in kept])]


def _provenance(parts: Sequence[Part]) -> dict[str, str]:
    """Say all that differs between the runs."""
    told = [part.about["provenance"] for part in parts]
    names = dict.fromkeys(name for table in told for name in table)
    return {name: "; ".join(dict.fromkeys(table[name] for table in told if name in table)) for name in names}


def _components(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Gather where components come from; one that comes from two places is named twice."""
    found: dict[str, dict[str, Any]] = {}
    for one in (one for part in parts for one in part.about.get("components", ())):
        known = found.setdefault(json.dumps({**one, "rows": None}), {**one, "rows": []})
        known["rows"] = list(dict.fromkeys([*known["rows"], *one["rows"]]))
    return list(found.values())


def _write(draft: RunFolder, parts: Sequence[Part], chosen: Mapping[str, Part], document: Mapping[str, Any]) -> None:
    for name, part in chosen.items():
        if part.state(name) == "done":
            _copy_predictions(part, draft, name)
        for key in part.trials[name]["judged"].values():
            for path in (part.folder.generator(key), part.folder.generator(key).with_suffix(".png")):
                _copy(path, draft.path / "generators" / path.name)
    for part in parts:
        _add_logs(part.folder.path / "logs", draft.path / "logs")
    lines = dict.fromkeys(json.dumps(record, separators=(",", ":")) for part in parts for record in _records(part, chosen))
    write_text(draft.journal.path, "".join(f"{line}\n" for line in lines))
    write_text(draft.path / "matrix.toml", _matrix(parts))
    draft.describe(document)


def _records(part: Part, chosen: Mapping[str, Part]) -> Iterable[Record]:
    """Return what a run recorded; of trials, the last word on those that are taken from it."""
    last = {id(record) for record in part.latest.values()}
    for record in part.records:
        if record.get("type") == "trial":
            if id(record) in last and chosen.get(record["trial"]) is part:
                yield record
        else:
            yield record


def _matrix(parts: Sequence[Part]) -> str:
    texts = {part.name: (part.folder.path / "matrix.toml").read_text(encoding="utf-8") for part in parts}
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    return "\n".join(f"# ---- {name} ----\n{text}" for name, text in texts.items())


def _copy_predictions(part: Part, draft: RunFolder, name: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    key = part.trials[name]["key"]
    path = part.folder.predictions(name, key)
    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise BrokenRun(path, str(error)) from error
    _copy(path, draft.predictions(name, key))


def _copy(source: Path, target: Path) -> None:
    """Copy a file that is there and was not copied yet."""
    if source.is_file() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _add_logs(source: Path, target: Path) -> None:
    """Copy logs; what two runs printed in one stage stands one after the other."""
    for path in sorted(source.glob("*.log")):
        target.mkdir(parents=True, exist_ok=True)
        content, there = path.read_bytes(), target / path.name
        if not there.exists() or content not in there.read_bytes():
            with there.open("ab") as file:
                file.write(content)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
