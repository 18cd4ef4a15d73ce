"""What stands beside the files of an export: a guide to them, and tables of trials and banks."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from augbench.engine.export_artefacts import Artefacts, Bank
from augbench.values.numbers import many

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the begin of a formula."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is in an export."""

    about: Mapping[str, Any]
    """The run, as its run.json tells."""
    what: frozenset[str]
    done: int
    """Trials that are done."""
    artefacts: Artefacts


def guide(contents: Contents) -> bytes:
    """Write README.txt."""
    about, missing = contents.about, contents.artefacts.missing
    sections = [
        [about["title"], "=" * len(about["title"]), "", *_opening(contents)],
        ["Files", "", *_files(contents)],
        ["Every number again", "", *_again(contents)],
        ["Data sets", "", *(line for column in about["columns"] for line in _data_set(column))],
        ["Made with", "", *(f"  {name}: {value}" for name, value in about["provenance"].items())],
    ]
    if missing:
        sections.append(["Not here", "", "No store had, whole, what these stages made:", *(f"  {label}" for label in missing)])
    return "\n\n".join("\n".join(lines) for lines in sections).encode() + b"\n"


def trial_table(about: Mapping[str, Any], metrics: Mapping[str, Mapping[str, float]], weights: Mapping[str, str]) -> bytes:
    """Write trials.csv: one line for each trial of the run, with its scores where it is done."""
    names = list(dict.fromkeys(name for scores in metrics.values() for name in scores))
    lines: list[list[Any]] = [["trial", "data set", "row", "seed", "fold", "done", *names, "weights", "key"]]
    for trial in about["trials"]:
        scores = metrics.get(trial["trial"], {})
        fold = "" if trial["fold"] is None else trial["fold"]
        told = [trial["trial"], trial["column"], trial["row"], trial["seed"], fold, "yes" if scores else "no"]
        lines.append([*told, *(scores.get(name, "") for name in names), weights.get(trial["trial"], ""), trial["key"] or ""])
    return _csv(lines)


def bank_table(banks: Iterable[Bank]) -> bytes:
    """Write banks.csv: one line for each bank, with the rows that read it."""
    lines: list[list[Any]] = [["images", "data set", "class", "made by", "seed", "fold", "count", "rows", "key"]]
    for bank in banks:
        fold = "" if bank.fold is None else bank.fold
        lines.append([bank.place, bank.column, bank.class_name, bank.label, bank.seed, fold, bank.count, " ".join(bank.rows), bank.key])
    return _csv(lines)


def _csv(lines: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_plain(value) for value in line] for line in lines)
    return text.getvalue().encode()


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _opening(contents: Contents) -> Iterator[str]:
    about = contents.about
    rows, columns = (len({trial[name] for trial in about["trials"]}) for name in ("row", "column"))
    trials = many(len(about["trials"]), "trial")
    yield f"A run of augbench, of {many(rows, 'row')} on {many(columns, 'data set')}: {contents.done} of {trials} done."
    yield f"Every row is compared with '{about['report']['control']}'."
    yield "Files are named after rows, data sets and classes; odd characters are written as in URLs: %2F is a slash."


def _files(contents: Contents) -> Iterator[str]:
    yield "  run/          the run's folder: run.json (all settings), records.jsonl (what each stage cost, how each trial ended)"
    if "predictions" in contents.what:
        yield "                predictions/ (class probabilities of test and validation images), generators/ (how they were judged)"
    if "report" in contents.what:
        yield f"                report.* ({', '.join(contents.about['report']['formats'])})"
    if "matrix" in contents.what:
        yield "  matrix/       the matrix file, and what it extends, as they were read"
    yield "  trials.csv    each trial with its scores"
    if contents.artefacts.weights:
        yield "  weights/      DATASET/ROW/SEED-FOLD.safetensors: classifiers. Names of tensors are 'network.' and those of the backbone;"
        yield "                outputs are in the order of the classes below, inputs are images in [0, 1], then normalised"
    if contents.artefacts.banks:
        yield "  banks/        DATASET/ROW/SEED-FOLD/CLASS/0001.png: synthetic images, of 8 or 16 bits as they were drawn; where they have"
        yield "                neither one nor three channels, CLASS.npy. A bank that several rows read is there once: see banks.csv"


def _again(contents: Contents) -> Iterator[str]:
    yield f"With augbench {contents.about['provenance'].get('augbench', '')}, and the plugins and data sets below:"
    if "predictions" in contents.what:
        yield "  bench report run                     writes the report anew, from the predictions alone"
    yield "  bench reproduce run TRIAL            trains a trial again, and says whether its probabilities are the same to the last bit"
    if trial := next((trial["trial"] for trial in contents.about["trials"] if trial["key"]), ""):
        yield f"such as 'bench reproduce run {shlex.quote(trial)}'. Images that lie elsewhere: --set datasets.NAME.path=FOLDER."


def _data_set(column: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {column['name']}: {column['label']}"
    yield f"    source: {column['source'] or 'not known'}"
    yield f"    licence: {column['licence'] or 'not known'}"
    yield f"    classes: {', '.join(column['classes'])}; minority: {', '.join(column['minority'])}"
    for split, counts in column["counts"].items():
        yield f"    {split}: {' + '.join(map(str, counts))} images"
    yield f"    digest: {column['digest']}"
