"""Find the banks and weights of a run in its stores, and write them under names that people can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from augbench.plan.keys import Key
from augbench.store.names import file_names
from augbench.store.opening import Store
from augbench.store.packing import Entry
from augbench.values.run_errors import Corrupt


@dataclass(frozen=True, kw_only=True)
class Bank:
    """Synthetic images that are written."""

    place: str
    """Their folder, or their one file."""
    key: Key
    label: str
    column: str
    class_name: str
    seed: int
    fold: int | None
    count: int
    rows: tuple[str, ...]
    """All rows that read it."""


@dataclass(kw_only=True)
class Artefacts:
    """What is taken of the stores."""

    about: Mapping[str, Any]
    stores: Sequence[Store]
    entries: list[Entry] = field(default_factory=list)
    banks: dict[Key, Bank] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)
    """File of each trial."""
    missing: list[str] = field(default_factory=list)
    """Labels of stages whose artefacts no store has, or only damaged."""
    _found: dict[Key, tuple[Store, Path] | None] = field(default_factory=dict)

    def take(self, trial: Mapping[str, Any], *, banks: bool, weights: bool) -> None:
        """Take what a trial is made of; every byte is checked."""
        place = f"{self._columns[trial['column']]}/{self._rows[trial['row']]}"
        for stage in trial["stages"]:
            if stage["kind"] == "train" and weights:
                self._take_weights(trial, stage, place)
            elif stage["kind"] == "synthesise" and banks and stage["key"] not in self._found:
                self._take_bank(trial, stage, place)

    def _take_weights(self, trial: Mapping[str, Any], stage: Mapping[str, Any], place: str) -> None:
        from augbench.stages.contents import WEIGHTS

        if found := self._find(stage):
            name = f"weights/{place}/{_replicate(trial['seed'], trial['fold'])}.safetensors"
            self.weights[trial["trial"]] = name
            self.entries.append(Entry(name=name, content=found[1] / WEIGHTS))

    def _take_bank(self, trial: Mapping[str, Any], stage: Mapping[str, Any], place: str) -> None:
        from augbench.stages.contents import BANK_FILE, load_array

        if (found := self._find(stage)) is None:
            return
        store, folder = found
        identity = store.manifest(stage["key"]).identity
        target, resample = identity["settings"]["target"], identity["resample"]
        images = load_array(folder / BANK_FILE)
        bank = Bank(
            place=f"banks/{place}/{_replicate(resample['seed'], resample['fold'])}/{self._classes[trial['column']][target]}",
            key=stage["key"],
            label=stage["label"],
            column=trial["column"],
            class_name=target,
            seed=resample["seed"],
            fold=resample["fold"],
            count=len(images),
            rows=self._readers[stage["key"]],
        )
        self.banks[bank.key] = bank
        self.entries += _pictures(bank, folder / BANK_FILE, images.shape[1])

    def _find(self, stage: Mapping[str, Any]) -> tuple[Store, Path] | None:
        """Return the artefact of a stage; note, once, that there is none."""
        key = stage["key"]
        if key not in self._found:
            self._found[key] = next(self._sound(key), None)
            if self._found[key] is None:
                self.missing.append(stage["label"])
        return self._found[key]

    def _sound(self, key: Key) -> Iterator[tuple[Store, Path]]:
        for store in self.stores:
            try:
                if key in store:
                    yield store, store.open(key)
            except Corrupt:
                continue

    @cached_property
    def _columns(self) -> dict[str, str]:
        return file_names(column["name"] for column in self.about["columns"])

    @cached_property
    def _rows(self) -> dict[str, str]:
        return file_names(row["name"] for row in self.about["rows"])

    @cached_property
    def _classes(self) -> dict[str, dict[str, str]]:
        return {column["name"]: file_names(column["classes"]) for column in self.about["columns"]}

    @cached_property
    def _readers(self) -> dict[Key, tuple[str, ...]]:
        found: dict[Key, dict[str, None]] = {}
        for trial in self.about["trials"]:
            for stage in trial["stages"]:
                found.setdefault(stage["key"], {})[trial["row"]] = None
        return {key: tuple(rows) for key, rows in found.items()}


def _pictures(bank: Bank, path: Path, channels: int) -> Iterator[Entry]:
    from augbench.stages.png import CHANNELS

    if channels not in CHANNELS:
        yield Entry(name=f"{bank.place}.npy", content=path)
        return
    digits = max(4, len(str(bank.count)))
    for index in range(bank.count):
        yield Entry(name=f"{bank.place}/{index + 1:0{digits}d}.png", content=partial(_picture, path, index))


def _picture(path: Path, index: int) -> bytes:
    from augbench.stages.contents import load_array
    from augbench.stages.png import png

    return png(load_array(path)[index])


def _replicate(seed: int, fold: int | None) -> str:
    return f"s{seed}" + ("" if fold is None else f"-f{fold}")
