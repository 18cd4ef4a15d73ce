"""Every number of the page of presets is what the presets come to."""

import math
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from augbench.config import presets
from augbench.matrix import load_matrix
from augbench.matrix.flat import flat_settings, plain
from augbench.registry.discovery import discover
from augbench.values.components import dashed
from augbench.values.sampling import SampleContext, SlotRule

_PAGE = (Path(__file__).parents[2] / "docs" / "presets.md").read_text()
PHASES = {"G1": 12900, "S": 7754, "G2": 7741, "Prophase": 546, "Metaphase": 61, "Telophase": 24, "Anaphase": 13}
"""Training images; nobody has published those of red cells by class."""


@pytest.fixture(scope="module")
def registry():
    return discover()


@pytest.fixture(scope="module")
def matrices(registry):
    return {preset.name: load_matrix(Path(preset.name), registry) for preset in presets.listed() if preset.distribution == "augbench"}


@pytest.fixture(scope="module")
def comes_to(matrices, registry):
    """Tell what a key, perhaps behind the name of a row, comes to in a preset."""

    @cache
    def _all(name, row):
        matrix = matrices[name]
        (column,) = matrix.columns
        flat = flat_settings(matrix.cells[row or matrix.report.control, column.name], registry.name_of)
        flat |= {"folds": column.folds, "minority": ", ".join(column.minority) if isinstance(column.minority, tuple) else ""}
        for what, component in (("resize", column.resize), ("dataset", column.dataset)):
            parameters = {field.name: getattr(component, field.name) for field in fields(component)} if component else {}
            flat |= {what: component and registry.name_of(type(component))}
            flat |= {f"{what}.{dashed(key)}": plain(value) for key, value in parameters.items() if key not in ("of", "counts")}
        return flat

    def _one(name, key):
        row, _, rest = key.rpartition(": ")
        return _all(f"augbench:{name}", row).get(rest)

    return _one


def table(*heads):
    """Return the cells of the one table whose first columns are called so."""
    (found,) = re.findall(rf"^\| {re.escape(' | '.join(heads))} \|.*\n\|[-|]+\n((?:\|.*\n)+)", _PAGE.replace("| | ", "|  | "), re.MULTILINE)
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in found.splitlines()]


def same(cell, value):
    if cell == "none" or value is None:
        return (cell, value) == ("none", None)
    if isinstance(value, bool):
        return cell == str(value).lower()
    return float(cell.replace(",", "")) == value if isinstance(value, int | float) else cell == value


def test_every_number_of_the_paper_is_what_the_presets_come_to(comes_to):
    rows = table("", "where", "key", "cell cycle", "red cells", "whose")
    assert len(rows) > 60
    for _, _, key, *cells, whose in rows:
        assert re.match(r"(paper|ours)\b", whose), key
        for cell, name in zip(cells, ("cell-cycle", "rbc"), strict=True):
            value = comes_to(f"rana-2022/{name}", key.strip("`"))
            assert same(cell, value), f"{name}: {key} is {value}, the page says {cell}"


@pytest.mark.parametrize(("name", "least"), [("cifar10-lt", 16), ("bloodmnist", 12)])
def test_every_number_of_the_public_protocols_is_what_the_presets_come_to(name, least, comes_to):
    section = _PAGE.partition({"cifar10-lt": "# CIFAR-10-LT\n", "bloodmnist": "# BloodMNIST\n"}[name])[2].partition("\n# ")[0]
    rows = re.findall(r"^\| [^|]* \| `([^`]+)` \| ([^|]+) \|", section, re.MULTILINE)
    assert len(rows) == least
    for key, cell in rows:
        value = comes_to(name, key)
        assert same(cell, value), f"{key} is {value}, the page says {cell}"


def test_the_table_of_presets_is_true(matrices):
    listed = {preset.name: preset for preset in presets.listed()}
    told = {name.strip("`"): (int(trials), data) for name, _, data, trials in table("name", "what it compares", "data", "trials")}
    assert {name: trials for name, (trials, _) in told.items()} == {name: listed[name].trials for name in matrices}
    for name, (_, data) in told.items():
        for each in re.findall(r"`(.+?)`", data):
            assert each in listed[name].needs, name


def test_published_numbers_of_table_2_are_those_of_the_reports(matrices):
    rows = table("Table 2", "cell cycle: accuracy", "macro-F1", "p")
    for name, place in (("cell-cycle", 1), ("rbc", 4)):
        matrix = matrices[f"augbench:rana-2022/{name}"]
        told = [(row[0], float(row[place]), float(row[place + 1]), row[place + 2]) for row in rows]
        quoted = [(one.label, one.accuracy, one.macro_f1, one.source.partition("p = ")[2]) for one in matrix.report.published]
        assert told == quoted
        assert [one.label for one in matrix.report.published] == [row.label for row in matrix.rows]


def test_published_numbers_of_table_1_are_those_of_the_report(matrices):
    matrix = matrices["augbench:rana-2022/table-1"]
    names = {"cell cycle": "cell-cycle", "red cells": "rbc"}
    rows = table("Table 1", "data", "accuracy", "macro-F1")
    assert [(row[0], names[row[1]], float(row[2]), float(row[3])) for row in rows] == [
        (one.label, one.dataset, one.accuracy, one.macro_f1) for one in matrix.report.published
    ]
    for _, data, _, _, taken in rows:
        assert (re.match(r"`(.+?)`", taken)[1], names[data]) in matrix.cells


def budget(settings, counts, minority, images):
    """Return the originals of a batch and the updates of a training on so many images."""
    import torch

    names = list(counts)
    own = {names.index(name): settings.of_class(name) for name in minority}
    bank = {label: one.bank.size for label, one in own.items()}
    context = SampleContext(
        labels=torch.repeat_interleave(torch.arange(len(names)), torch.tensor(list(counts.values()))),
        bank_labels=torch.cat([torch.full((size,), label) for label, size in bank.items()]),
        classes=len(names),
        minority=tuple(own),
        size=settings.batch.size,
        n={label: one.n for label, one in own.items()},
        mix=settings.mix(),
        bank_size=bank,
        slots={name: SlotRule(arity=slot.augmenter.arity, sources=slot.sources) for name, slot in settings.augment.items()},
        streams=SimpleNamespace(),
    )
    originals = settings.sampler.originals_per_step(context)
    return originals, math.ceil(round(settings.training.length.epochs * images / originals, 6))


def test_budgets_follow_from_the_numbers_of_images(matrices):
    rare = ("Anaphase", "Prophase", "Metaphase", "Telophase")
    # Of red cells only the sum is known, and nothing else counts.
    columns = {
        "cell-cycle": ({name: round(0.8 * count) for name, count in PHASES.items()}, rare, 0.8 * 29_039),
        "rbc": (dict.fromkeys(range(6), 5845) | {6: 5846}, range(5), 40_916),
    }
    for row, *cells in table("row", "cell cycle: originals a batch", "updates a training", "red cells: originals a batch"):
        name = re.match(r"`(.+?)`", row)[1]
        told = [int(cell.replace(",", "")) for cell in cells]
        for (column, about), numbers in zip(columns.items(), (told[:2], told[2:]), strict=True):
            matrix = matrices["augbench:rana-2022/table-1" if name == "base-model" else f"augbench:rana-2022/{column}"]
            assert tuple(numbers) == budget(matrix.cells[name, column], *about), (name, column)


def test_every_ambiguity_has_its_line():
    assert [int(row[0]) for row in table("", "the paper says", "this file takes", "the other reading")] == list(range(1, 32))


def test_what_the_page_shows_is_a_matrix(tmp_path, registry):
    (text,) = (block for block in re.findall(r"```toml\n(.*?)```", _PAGE, re.DOTALL) if "extends" in block)
    (tmp_path / "m.toml").write_text(text.replace("$BBBC048", "cells"))
    matrix = load_matrix(tmp_path / "m.toml", registry)
    assert matrix.columns[0].dataset.path == tmp_path / "cells"
    assert [row.name for row in matrix.rows][-1] == "mine"
