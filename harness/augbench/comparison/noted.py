"""Let plugins say what else a reader should know of a run."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from augbench.registry.collect import Registry
from augbench.registry.entries import Hooked
from augbench.registry.places import location
from augbench.values.comparing import Comparison, ReportNote
from augbench.values.errors import placed, reason


def noted(comparison: Comparison, registry: Registry) -> Comparison:
    """Add the notes of all plugins, in the order of distributions and plugins; that one fails is a note itself."""
    return replace(comparison, notes=tuple(note for hooked in registry.hooked for note in _notes(comparison, hooked)))


def _notes(comparison: Comparison, hooked: Hooked) -> Iterator[ReportNote]:
    origin = f"{hooked.origin.plugin} ({hooked.origin})"
    try:
        # Whoever prints is not to be read as the paths of reports.
        with contextlib.redirect_stdout(sys.stderr):
            # One plugin has one implementation; all that it yields is asked for here, where it may fail.
            told = [_checked(note) for notes in hooked.hook.report_context(comparison=comparison) for note in notes]
    except (Exception, SystemExit) as error:
        yield ReportNote(title="Failed", text=f"{reason(error)}{placed(location(error))}", origin=origin, failed=True)
    else:
        yield from (replace(note, origin=origin, failed=False) for note in told)


def _checked(note: object) -> ReportNote:
    """Refuse what no report could write."""
    if not isinstance(note, ReportNote):
        raise TypeError(f"report_context gives a {type(note).__name__}; give augbench.ReportNote(title=..., text=..., facts={{...}})")
    if not isinstance(note.facts, Mapping):
        raise TypeError(f"the facts of the note '{note.title}' are a {type(note.facts).__name__}; give a dict of texts")
    texts = {"title": note.title, "text": note.text, **{f"fact '{name}'": value for name, value in note.facts.items()}}
    if wrong := next((name for name, text in texts.items() if not isinstance(text, str)), None):
        raise TypeError(f"the {wrong} of the note '{note.title}' is a {type(texts[wrong]).__name__}; write it as a text")
    return replace(note, facts={str(name): value for name, value in note.facts.items()})
