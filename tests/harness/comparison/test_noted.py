"""Plugins may add notes to a report; one that fails is a note, and changes nothing else."""

import sys
from dataclasses import fields

import pytest

from augbench import Comparison, Registry, ReportNote
from augbench.comparison.noted import noted
from support.plugged import plug


@pytest.fixture
def comparison() -> Comparison:
    empty = {field.name: () for field in fields(Comparison)}
    return Comparison(**{**empty, "title": "Cells", "schema": Comparison.schema})


def notes(comparison, **hooks):
    return noted(comparison, plug(Registry(), "energy", **hooks)).notes


def test_a_plugin_adds_notes_under_its_own_name(comparison):
    def report_context(comparison):
        yield ReportNote(title=f"Energy of {comparison.title}", facts={"kWh": "0.3"}, origin="somebody else")

    (note,) = notes(comparison, report_context=report_context)
    assert note == ReportNote(title="Energy of Cells", facts={"kWh": "0.3"}, origin="energy (augbench-energy 1.0)")


def test_without_plugins_there_are_none(comparison):
    assert noted(comparison, Registry()).notes == ()


def test_plugins_speak_in_their_order_and_one_without_a_word_is_silent(comparison):
    registry = Registry()
    for name in ("first", "second"):
        plug(registry, name, report_context=lambda name=name: [ReportNote(title=name)])
    plug(registry, "third", report_context=lambda comparison: [], run_finished=lambda: None)
    assert [note.title for note in noted(comparison, registry).notes] == ["first", "second"]


def raising():
    yield ReportNote(title="kept to itself")
    raise ValueError("no luck\nat all")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (raising, "ValueError: no luck at all ("),
        (lambda: sys.exit(3), "SystemExit: 3 ("),
        (lambda: ["a text"], "TypeError: report_context gives a str; give augbench.ReportNote(title=..., text=..., facts={...})"),
        (lambda: [ReportNote(title=3)], "TypeError: the title of the note '3' is a int; write it as a text"),
        (lambda: [ReportNote(title="x", facts={"kWh": 0.3})], "TypeError: the fact 'kWh' of the note 'x' is a float; write it as a text"),
        (lambda: [ReportNote(title="x", facts=["kWh"])], "TypeError: the facts of the note 'x' are a list; give a dict of texts"),
        (lambda: 3, "TypeError: 'int' object is not iterable"),
        (lambda: (), None),
    ],
)
def test_one_that_fails_says_so_in_the_report(comparison, told, said):
    found = notes(comparison, report_context=told)
    assert [note.failed for note in found] == ([] if said is None else [True])
    assert all(note.text.startswith(said) and note.origin == "energy (augbench-energy 1.0)" for note in found)


def test_what_it_prints_is_no_path_of_a_report(comparison, capsys):
    notes(comparison, report_context=lambda: print("hello") or [])
    assert capsys.readouterr() == ("", "hello\n")
