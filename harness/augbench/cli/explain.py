"""``bench plan --explain SETTING``: which line of a matrix file set a value, row by row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from augbench.cli.console import data, print_json
from augbench.values.numbers import ABSENT, listing

if TYPE_CHECKING:
    from augbench.matrix.explain import Explained, Explanation, Step
    from augbench.values.results import Setting

Cell = tuple[str, str]


def tell(
    setting: str, matrix: Path, disabled: Sequence[str], *, as_json: bool, sets: Sequence[str], only: Sequence[str], skip: Sequence[str]
) -> None:
    """Explain a setting, or all of a table, on stdout; no data set is looked at."""
    from augbench.matrix import registry_of
    from augbench.matrix.explain import explain

    found = explain(setting, matrix, registry_of(matrix, disabled), sets=sets, only=only, skip=skip)
    if as_json:
        print_json([_document(each) for each in found.settings])
        return
    console = data()
    for line in lines(found):
        console.print(line, markup=False, soft_wrap=True)


def lines(found: Explanation) -> Iterator[str]:
    """Say it to a person: the place that counts, then those that it hides."""
    steps = [step for each in found.settings for step in each.steps]
    layer, value = (max(map(len, words)) for words in ([step.layer for step in steps], [written(step.value) for step in steps]))
    for each in found.settings:
        yield f"{each.path} = {written(each.value)}  {where(each.cells, found.cells)}"
        for place, step in enumerate(each.steps):
            yield f"  {'hides' if place else 'by':5} {step.layer:{layer}}  {written(step.value):{value}}  {step.where or ''}".rstrip()


def written(value: Setting) -> str:
    """Write a value as TOML would; an empty slot as nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return ABSENT if value is None else str(value)


def where(cells: Collection[Cell], every: Collection[Cell]) -> str:
    """Name cells, those of a data set together."""
    if set(cells) == set(every):
        return "in every cell"
    rows = {column: [row for row, own in cells if own == column] for column in dict.fromkeys(column for _, column in cells)}
    if len(rows) == len({column for _, column in every}) and len({tuple(names) for names in rows.values()}) == 1:
        return f"in {listing(next(iter(rows.values())))}"
    counts = {column: sum(own == column for _, own in every) for column in rows}
    return "; ".join(f"on {column}: {'every row' if len(names) == counts[column] else listing(names)}" for column, names in rows.items())


def _document(each: Explained) -> dict[str, object]:
    cells = [f"{column}/{row}" for row, column in each.cells]
    return {"path": each.path, "value": each.value, "cells": cells, "steps": [_step(step) for step in each.steps]}


def _step(step: Step) -> dict[str, object]:
    place = {name: value for name, value in asdict(step.where).items() if name in ("file", "line", "column")} if step.where else None
    return {"layer": step.layer, "value": step.value, "where": place}
