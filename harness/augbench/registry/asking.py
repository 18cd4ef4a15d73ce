"""Ask a component what it tells before anything runs; whatever its code does becomes one message with the place to mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from augbench.registry.places import definition, frames, innermost
from augbench.values.components import Component, Facts, Reason, class_address
from augbench.values.data import Card, Dataset, Download, Probe, Splits
from augbench.values.errors import AugbenchError
from augbench.values.trial_errors import ComponentRaises, OddResult, TrialError

if TYPE_CHECKING:
    from augbench.registry.collect import Registry


def supported(component: Component, facts: Facts) -> Reason | None:
    """Return why a component cannot serve a cell, or None.  Raise ``TrialError``."""
    with _asked(component, "supports"):
        found: Any = component.supports(facts)
    _demand(component, "supports", found, found is None or isinstance(found, str), "an augbench.Reason or None")
    return None if found is None else Reason(found)


def content_of(component: Component) -> str | None:
    """Return the digest of what decides a component's results beside code and parameters, or None.  Raise ``TrialError``."""
    with _asked(component, "content"):
        found: Any = component.content()
    _demand(component, "content", found, found is None or isinstance(found, str), "a text or None")
    return found  # type: ignore[no-any-return]


def probed(dataset: Dataset) -> Probe:
    """Return what a data set tells about itself.  Raise ``TrialError``, or the data set's own ``DataError``."""
    with _asked(dataset, "probe"):
        found: Any = dataset.probe()
    _demand(dataset, "probe", found, isinstance(found, Probe), "an augbench.Probe")
    for split in ("train", "test"):
        counts = found.counts.get(split, ())
        fits = len(counts) == len(found.classes) > 0
        _demand(dataset, "probe", f"{len(counts)} counts of {split} images", fits, f"one for each of {len(found.classes)} classes")
    return found  # type: ignore[no-any-return]


def loaded(dataset: Dataset) -> Splits:
    """Return a data set's images.  Raise ``TrialError``, or the data set's own ``DataError``."""
    with _asked(dataset, "load"):
        found: Any = dataset.load()
    _demand(dataset, "load", found, isinstance(found, Splits), "augbench.Splits")
    return found  # type: ignore[no-any-return]


def card_of(dataset: Dataset) -> Card:
    """Return what is published about a data set.  Raise ``TrialError``."""
    with _asked(dataset, "card"):
        found: Any = dataset.card()
    _demand(dataset, "card", found, isinstance(found, Card), "an augbench.Card")
    return found  # type: ignore[no-any-return]


def downloads_of(dataset: Dataset) -> tuple[Download, ...]:
    """Return the files that a data set is made of.  Raise ``TrialError``."""
    with _asked(dataset, "downloads"):
        found: tuple[Any, ...] = tuple(dataset.downloads())
    for each in found:
        _demand(dataset, "downloads", each, isinstance(each, Download), "an augbench.Download")
    return found


@contextmanager
def by_name(registry: Registry) -> Iterator[None]:
    """Call components as a matrix does in what is raised within the block: whoever asks them knows their classes alone."""
    try:
        yield
    except TrialError as error:
        error.call(registry.called(error.name))
        raise


@contextmanager
def _asked(component: Component, method: str) -> Iterator[None]:
    try:
        yield
    # A file that the system refuses says which.
    except (AugbenchError, OSError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        where = innermost(frames(error), type(component)) or _place(component, method)
        raise ComponentRaises(component.kind, class_address(type(component)), error, where) from error


def _demand(component: Component, method: str, found: Any, kept: bool, expected: str) -> None:
    if not kept:
        said = found if isinstance(found, str) else type(found).__name__
        raise OddResult(component.kind, class_address(type(component)), f"{said} by {method}()", expected, _place(component, method))


def _place(component: Component, method: str) -> str:
    return definition(getattr(type(component), method, None))
