"""The run folder: what cannot be recomputed cheaply or must travel; a report needs nothing else."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from augbench.plan.keys import Key
from augbench.store.analysis import analysis_notes
from augbench.store.files import sha256, space_for, write_bytes, write_json, write_text
from augbench.store.records import Journal, Record
from augbench.store.stage_table import packed, unpacked
from augbench.values.auditing import Finding
from augbench.values.errors import MissingFile, UnusableFile
from augbench.values.results import ColumnFacts, ComponentOrigin, GeneratorResult, Predictions, Results, TrialResult, TrialStage
from augbench.values.run_errors import BrokenRun, ForeignFolder, OtherRun, RunInUse, UnknownTrial
from augbench.values.settings import Published, ReportSettings, Row
from augbench.values.synthesis import curves_from

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = 3
LOCK, STAMP = "run.lock", "rendered.json"
_DRAFT = ".draft-"
_ABANDONED = 3600.0
"""Seconds after which a draft is one that a kill left behind: no report takes as long."""


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """One run on disk: ``matrix.toml``, ``run.json``, ``records.jsonl``, ``predictions/``, ``generators/``, the report."""

    path: Path

    @property
    def journal(self) -> Journal:
        """Return the run's records."""
        return Journal(path=self.path / "records.jsonl")

    def about(self) -> dict[str, Any]:
        """Read what the run is about.  Raise ``MissingFile`` where there is none, ``BrokenRun`` where it is damaged."""
        path = self.path / "run.json"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            schema = document["schema"]
            whole = unpacked(document) if schema == SCHEMA else {}
        except (FileNotFoundError, NotADirectoryError):
            raise MissingFile(self.path, "run folder", "a run folder holds run.json; 'bench run' makes one") from None
        except (ValueError, LookupError, TypeError) as error:
            raise BrokenRun(path, f"{type(error).__name__}: {error}") from error
        if schema != SCHEMA:
            raise BrokenRun(path, f"another version of augbench wrote it (its schema is {schema}, not {SCHEMA})")
        return whole

    def planned(self, trial: str) -> dict[str, Any]:
        """Read what was planned of a trial.  Raise ``UnknownTrial``, and what ``about`` raises."""
        about = self.about()
        try:
            trials = {found["trial"]: dict(found) for found in about["trials"]}
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenRun(self.path / "run.json", f"{type(error).__name__}: {error}") from error
        if trial not in trials:
            raise UnknownTrial(trial, list(trials))
        return trials[trial]

    def finished(self) -> dict[str, Key]:
        """Return the key that each finished trial was made with."""
        trials = (record for record in self.journal if record.get("type") == "trial")
        ends = {record["trial"]: (record["status"], record["key"]) for record in trials}
        return {name: key for name, (status, key) in ends.items() if status == "done" and self.predictions(name, key).is_file()}

    def made(self) -> frozenset[Key]:
        """Return the keys of the stages that were made here at any time."""
        return frozenset(
            str(record.get("key")) for record in self.journal if record.get("type") == "stage" and record.get("status") == "done"
        )

    @contextmanager
    def locked(self, *, smoke: bool = False) -> Iterator[None]:
        """Be the only one who writes here, a ``smoke`` run or a real one.

        Raise ``ForeignFolder`` rather than write into a folder of something else, ``OtherRun`` into one of the other sort, and
        ``RunInUse`` where another process writes.
        """
        if not (self.path / "run.json").exists() and self.path.is_dir() and not all(map(_first, self.path.iterdir())):
            raise ForeignFolder(self.path)
        # What is damaged is written anew, whatever it was.
        with suppress(BrokenRun, MissingFile):
            if self.about().get("smoke", smoke) != smoke:
                raise OtherRun(self.path, smoke=smoke)
        from filelock import FileLock, Timeout

        with space_for(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise RunInUse(self.path, self._last_run()) from None
        try:
            yield
        finally:
            lock.release()

    def _last_run(self) -> str:
        runs = [record for record in self.journal if record.get("type") == "run"]
        return f"process {runs[-1]['pid']} on {runs[-1]['host']}, since {runs[-1]['time']}" if runs else ""

    def begin(self, plan: Results, keys: Mapping[str, Key], asked: Mapping[str, Any]) -> None:
        """Write down what the run is about: a results tree without results, the key of each trial, and what was asked for."""
        self.describe(self._document(plan, keys, asked))
        write_text(self.path / "matrix.toml", plan.matrix)

    def describe(self, document: Mapping[str, Any]) -> None:
        """Write what the run is about, as ``about`` reads it."""
        write_json(self.path / "run.json", packed(document))

    def describes(self, plan: Results, keys: Mapping[str, Key], asked: Mapping[str, Any]) -> bool:
        """Tell whether the folder is about just this: then there is nothing to write down but who ran it when."""
        try:
            known = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
            same_text = (self.path / "matrix.toml").read_text(encoding="utf-8") == plan.matrix
        except (OSError, ValueError):
            return False
        document = json.loads(json.dumps(packed(self._document(plan, keys, asked))))
        # What it is made with may have changed without it.
        apart = dict.fromkeys(("provenance", "components"))
        return same_text and {**known, **apart} == {**document, **apart}

    def rendered(self, formats: Sequence[str]) -> tuple[Path, ...] | None:
        """Return the reports that were written of just what is here now, or None."""
        try:
            stamp = json.loads((self.path / STAMP).read_text(encoding="utf-8"))
            paths = tuple(self.path / name for name in stamp["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        known = self.state() | {"formats": list(formats)}
        return paths if stamp["of"] == known and all(path.is_file() for path in paths) else None

    def stamp(self, formats: Sequence[str], paths: Sequence[Path], state: Mapping[str, Any]) -> None:
        """Note which reports were written, and of what ``state``."""
        names = [path.relative_to(self.path).as_posix() for path in paths if path.is_relative_to(self.path)]
        write_json(self.path / STAMP, {"of": {**state, "formats": list(formats)}, "files": names})

    def state(self) -> dict[str, Any]:
        """Return what a report is made of, as hashes."""
        from augbench import __version__

        read = {name: sha256(self.path / name) for name in ("run.json", "records.jsonl", "matrix.toml") if (self.path / name).is_file()}
        return {"augbench": __version__, **read}

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give a folder for files that take their places here once all of them are written, and not at all where one is not.

        Raise ``UnusableFile`` where nothing can be written.
        """
        self._clear_up()
        if not os.access(self.path, os.W_OK):
            raise UnusableFile(self.path, "a report is written beside its run, and nothing can be written here; copy the folder")
        with space_for(self.path), TemporaryDirectory(prefix=_DRAFT, dir=self.path) as name:
            draft = Path(name)
            # Reports show the sheets of samples that lie here.
            (draft / "generators").symlink_to(self.path.absolute() / "generators")
            yield draft
            (draft / "generators").unlink()
            # What pages show comes before the pages.
            for path in sorted(filter(Path.is_file, draft.rglob("*")), key=lambda path: -len(path.parts)):
                target = self.path / path.relative_to(draft)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)

    def _clear_up(self) -> None:
        for left in self.path.glob(f"{_DRAFT}*"):
            # Another process may clear up, too.
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > _ABANDONED:
                    shutil.rmtree(left, ignore_errors=True)

    def _document(self, plan: Results, keys: Mapping[str, Key], asked: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "request": dict(asked),
            "title": plan.title,
            "report": asdict(plan.report),
            "rows": [asdict(row) for row in plan.rows],
            "columns": [asdict(column) for column in plan.columns],
            "seeds": plan.seeds,
            "scopes": dict(plan.scopes),
            "provenance": dict(plan.provenance),
            "components": [asdict(component) for component in plan.components],
            "settings": plan.settings,
            "smoke": plan.smoke,
            "trials": [_planned(trial, keys.get(trial.trial)) for trial in plan.trials],
        }

    def save_predictions(self, trial: str, key: Key, test: Predictions, validation: Predictions | None) -> None:
        """Write a trial's class probabilities; call it before the record that says that the trial is done."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        splits = {"test": test} | ({"validation": validation} if validation else {})
        table = pa.concat_tables([_table(name, split) for name, split in splits.items()])
        path = self.predictions(trial, key)
        temporary = path.with_suffix(".tmp")
        with space_for(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                pq.write_table(table, temporary)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)

    def has_generator(self, key: Key) -> bool:
        """Tell whether a generator's judgement is here."""
        return self.generator(key).is_file()

    def save_generator(self, key: Key, document: Mapping[str, Any], sheet: bytes) -> None:
        """Write how a generator was fitted and judged, and its sheet of samples."""
        path = self.generator(key)
        write_bytes(path.with_suffix(".png"), sheet)
        write_json(path, document)

    def results(self) -> Results:
        """Read the run, finished or not.  Raise ``MissingFile`` where there is none, ``BrokenRun`` where it is damaged."""
        document = self.about()
        try:
            return self._results(document)
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenRun(self.path / "run.json", f"{type(error).__name__}: {error}") from error

    def _results(self, document: dict[str, Any]) -> Results:
        told = [record for record in self.journal if record.get("type") in ("trial", "data", "analysis")]
        records, images = latest(told), images_by_key(told)
        prepared = {
            trial["column"]: stage["key"] for trial in document["trials"] for stage in trial["stages"] if stage["kind"] == "prepare"
        }
        keys = {key: None for trial in document["trials"] for key in trial["judged"].values() if self.has_generator(key)}
        report = document["report"] | {"published": tuple(Published(**row) for row in document["report"]["published"])}
        return Results(
            title=document["title"],
            report=ReportSettings(**_tuples(report)),
            rows=tuple(Row(**row) for row in document["rows"]),
            columns=tuple(_column(column, images.get(prepared.get(column["name"], ""), {})) for column in document["columns"]),
            seeds=tuple(document["seeds"]),
            trials=tuple(self._result(trial, records.get(trial["trial"])) for trial in document["trials"]),
            generators={key: self._read_generator(key) for key in keys},
            scopes=document["scopes"],
            matrix=(self.path / "matrix.toml").read_text(encoding="utf-8"),
            provenance=document["provenance"],
            components=tuple(ComponentOrigin(**_tuples(each)) for each in document.get("components", ())),
            settings=document["settings"],
            smoke=document["smoke"],
            analysis=analysis_notes(told),
        )

    def _result(self, planned: Mapping[str, Any], record: Record | None) -> TrialResult:
        names = ("trial", "row", "column", "seed", "fold", "status", "reason", "generators", "judged")
        stages = tuple(TrialStage(**stage) for stage in planned["stages"])
        trial = TrialResult(**{name: planned[name] for name in names}, stages=stages)
        if trial.status == "skipped" or record is None or record["key"] != planned["key"]:
            return trial
        if record["status"] == "failed":
            return replace(
                trial,
                status="failed",
                reason=record["reason"],
                failure=record["error-class"],
                failure_class=record["failure"],
                failed_stage=record["stage-kind"],
            )
        path = self.predictions(trial.trial, record["key"])
        if not path.is_file():
            return replace(trial, reason="its predictions are missing from the run folder; run it again")
        splits = read_predictions(path)
        return replace(
            trial,
            status="done",
            reason="",
            test=splits["test"],
            validation=splits.get("validation"),
            curves=curves_from(record["curves"]),
            steps=record["steps"],
            images=record["images"],
            seconds=record["seconds"],
            cost=record["cost"],
        )

    def _read_generator(self, key: Key) -> GeneratorResult:
        path = self.generator(key)
        document = json.loads(path.read_text(encoding="utf-8"))
        sheet = path.with_suffix(".png")
        return GeneratorResult(**document | {"curves": curves_from(document["curves"]), "sheet": sheet if sheet.is_file() else None})

    def generator(self, key: Key) -> Path:
        """Return where a generator's judgement lies; beside it, as ``.png``, its sheet."""
        return self.path / "generators" / f"{_part(key[:16])}.json"

    def log(self, kind: str, key: Key) -> Path:
        """Return where it lies what a stage prints; a file that nothing was printed to does not stay."""
        return self.path / "logs" / f"{_part(kind)}-{_part(key[:16])}.log"

    def predictions(self, trial: str, key: Key) -> Path:
        """Return where a trial's class probabilities lie."""
        # Names of rows may hold any character behind an axis' "=": none may reach the path as it is.
        *folders, name = map(_part, trial.split("/"))
        # With the key in it, a kill between this file and its record leaves no record with another's predictions.
        return self.path.joinpath("predictions", *folders, f"{name}-{_part(key[:12])}.parquet")


def _part(text: str) -> str:
    """Write a text so that it is one part of a path; a run that somebody else made may call its trials anything."""
    return quote(text, safe="[]=, ") if text.strip(".") else text.replace(".", "%2E") or "%00"


def _first(path: Path) -> bool:
    """Tell whether a file is of the first that a run makes: killed then, it leaves its lock and a half-written run.json."""
    return path.name == LOCK or path.name.startswith(".run.json.")


def latest(records: Iterable[Record]) -> dict[str, Record]:
    """Return the last word on each trial."""
    return {record["trial"]: record for record in records if record.get("type") == "trial"}


def images_by_key(records: Iterable[Record]) -> dict[Key, dict[str, Any]]:
    """Return what images are, and what was found in them, by the key of the stage that prepared them."""
    told = [record for record in records if record.get("type") == "data"]
    return {record["key"]: {"images": str(record.get("images", "")), "audit": _findings(record)} for record in told}


def _findings(record: Record) -> tuple[Finding, ...]:
    if "audit" in record:
        return tuple(map(Finding.read, record["audit"]))
    from augbench.quality.findings import counted

    # Older runs counted leaks alone.
    return counted({name: int(count) for name, count in dict(record["leaks"]).items()})


def _planned(trial: TrialResult, key: Key | None) -> dict[str, Any]:
    return {
        "trial": trial.trial,
        "row": trial.row,
        "column": trial.column,
        "seed": trial.seed,
        "fold": trial.fold,
        "status": trial.status,
        "reason": trial.reason,
        "generators": dict(trial.generators),
        "judged": dict(trial.judged),
        "stages": [asdict(stage) for stage in trial.stages],
        "key": key,
    }


def _column(document: Mapping[str, Any], images: Mapping[str, Any]) -> ColumnFacts:
    counts = {split: tuple(numbers) for split, numbers in document["counts"].items()}
    kept = {name: value for name, value in _tuples(document).items() if name != "leaks"}
    return ColumnFacts(**kept | {"counts": counts, **images})


def _tuples(document: Mapping[str, Any]) -> dict[str, Any]:
    """Turn JSON's lists back into the tuples that they were."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}


def read_predictions(path: Path) -> dict[str, Predictions]:
    """Read the class probabilities of a trial by split.  Raise ``BrokenRun``."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise BrokenRun(path, str(error)) from error
    splits = np.array(table["split"].to_pylist())
    columns = [name for name in table.column_names if name.startswith("p")]
    probabilities = np.stack([table[name].to_numpy() for name in columns], axis=1).astype(np.float64)
    ids, labels = table["id"].to_pylist(), table["label"].to_numpy()
    found = {}
    for name in dict.fromkeys(splits.tolist()):
        chosen = np.flatnonzero(splits == name)
        found[name] = Predictions(ids=tuple(ids[i] for i in chosen), labels=labels[chosen], probabilities=probabilities[chosen])
    return found


def _table(split: str, predictions: Predictions) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    probabilities = predictions.probabilities.astype(np.float32)
    columns = {"split": [split] * len(predictions.ids), "id": list(predictions.ids), "label": predictions.labels}
    return pa.table(columns | {f"p{k}": probabilities[:, k] for k in range(probabilities.shape[1])})
