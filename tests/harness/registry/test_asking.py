"""What a component tells before anything runs is asked for in one place: whatever its code does is one message."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pytest

from augbench import Card, Dataset, Probe, Splits
from augbench.registry.asking import by_name, card_of, content_of, downloads_of, loaded, probed, supported
from augbench.registry.collect import Registry
from augbench.values.errors import DataError
from augbench.values.trial_errors import ComponentRaises, OddResult

COUNTS = {"train": (4, 2), "test": (1, 1)}


@dataclass(frozen=True, kw_only=True)
class Told(Dataset):
    """Tells what it is told to, or raises it."""

    answer: Any

    def _tell(self, *asked: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    probe = load = card = downloads = content = supports = _tell  # type: ignore[assignment]


def test_what_is_as_it_should_be_is_passed_on():
    probe = Probe(classes=("a", "b"), counts=COUNTS, channels=1, size=None, digest="d")
    assert probed(Told(answer=probe)) is probe
    assert content_of(Told(answer="abc")) == "abc"
    assert supported(Told(answer=None), None) is None  # type: ignore[arg-type]
    assert supported(Told(answer="too few"), None) == "too few"  # type: ignore[arg-type]
    assert card_of(Told(answer=Card(title="Cells"))).title == "Cells"
    assert downloads_of(Told(answer=())) == ()


@pytest.mark.parametrize("ask", [probed, loaded, card_of, downloads_of, content_of])
@pytest.mark.parametrize(("error", "said"), [(KeyError("x"), "KeyError: 'x'"), (SystemExit(3), "SystemExit: 3")])
def test_what_is_raised_is_told_with_its_line(ask, error: BaseException, said: str):
    line = inspect.getsourcelines(Told._tell)[1] + 2
    with pytest.raises(ComponentRaises) as raised:
        ask(Told(answer=error))
    assert str(raised.value) == f"dataset '{__name__}:Told' fails: {said} ({__file__}:{line})"


def test_a_component_is_called_as_the_matrix_calls_it():
    registry = Registry()
    registry.dataset("told", Told)
    with pytest.raises(ComponentRaises, match=r"^dataset 'told' fails: KeyError: 'x' \("), by_name(registry):
        probed(Told(answer=KeyError("x")))


def test_an_error_about_data_is_the_data_set_s_own():
    with pytest.raises(DataError, match="no images"):
        probed(Told(answer=DataError("no images")))


@pytest.mark.parametrize(
    ("ask", "answer", "said"),
    [
        (probed, None, "gives NoneType by probe(), not an augbench.Probe"),
        (
            probed,
            Probe(classes=("a", "b", "c"), counts=COUNTS, channels=1, size=None, digest="d"),
            "gives 2 counts of train images by probe(), not one for each of 3 classes",
        ),
        (loaded, [], "gives list by load(), not augbench.Splits"),
        (card_of, "cells", "gives cells by card(), not an augbench.Card"),
        (downloads_of, [5], "gives int by downloads(), not an augbench.Download"),
        (content_of, b"d", "gives bytes by content(), not a text or None"),
        (lambda dataset: supported(dataset, None), False, "gives bool by supports(), not an augbench.Reason or None"),
    ],
)
def test_what_is_something_else_is_told(ask, answer: Any, said: str):
    with pytest.raises(OddResult) as raised:
        ask(Told(answer=answer))
    assert str(raised.value).startswith(f"dataset '{__name__}:Told' {said} ({__file__}:")


def test_a_method_that_takes_other_arguments_is_told_with_its_line():
    @dataclass(frozen=True, kw_only=True)
    class Bare(Told):
        """Asks for nothing."""

        def supports(self) -> None:  # type: ignore[override]
            """Say nothing."""

    with pytest.raises(ComponentRaises, match=r"takes 1 positional argument but 2 were given \(.*test_asking.py:\d+\)"):
        supported(Bare(answer=None), None)  # type: ignore[arg-type]


def test_splits_are_passed_on():
    splits = Splits(classes=(), train=None, test=None)  # type: ignore[arg-type]
    assert loaded(Told(answer=splits)) is splits
