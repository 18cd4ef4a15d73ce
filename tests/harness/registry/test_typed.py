"""A class of a notebook has changed when its code, or what it uses of the notebook, has."""

from __future__ import annotations

import linecache
import sys
from types import ModuleType

import pytest

from augbench.registry.digest import code_digest
from augbench.values.errors import NoSource

CELL = '''
from dataclasses import dataclass
from functools import wraps
import math
import torch
from augbench import Augmenter, Draw, Mixed

GAIN = 2

def same(function):
    @wraps(function)
    def inner(*arguments):
        return function(*arguments)
    return inner

def scaled(images):
    return images * GAIN

class Numbers(Draw):
    share: float = 0.5

@dataclass(frozen=True, kw_only=True)
class Brighter(Augmenter):
    """Brighten."""
    amount: float = 0.1

    @same
    def draw(self, context, rng):
        return Numbers()

    def apply(self, sources, draw):
        return Mixed(images=scaled(sources[:, 0]), pixel_weights=torch.ones(len(sources), 1))

unrelated = 1
'''


@pytest.fixture
def digest(monkeypatch):
    """Run a cell as a notebook does, and return the digest of its class."""

    def typed(text: str, *, keep: bool = True) -> str:
        main = ModuleType("__main__")
        monkeypatch.setitem(sys.modules, "__main__", main)
        name = f"<cell {hash(text)}>"
        if keep:
            monkeypatch.setitem(linecache.cache, name, (len(text), None, text.splitlines(keepends=True), name))
        exec(compile(text, name, "exec"), vars(main))
        return code_digest(main.Brighter)

    return typed


def test_comments_and_the_rest_of_the_notebook_do_not_count(digest):
    other = (
        CELL.replace("unrelated = 1", "unrelated = 2")
        .replace('"""Brighten."""', '"""Make brighter."""')
        .replace("GAIN\n", "GAIN  # more\n")
    )
    assert digest(CELL) == digest(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sources[:, 0]", "sources[:, 0] + 0"),
        ("return Numbers()", "return None"),
        ("images * GAIN", "images + GAIN"),
        ("GAIN = 2", "GAIN = 3"),
        ("amount: float = 0.1", "amount: float = 0.2"),
        ("share: float = 0.5", "share: float = 0.6"),
        ("function(*arguments)", "None"),
    ],
)
def test_what_it_does_and_what_it_uses_count(digest, old, new):
    assert old in CELL
    assert digest(CELL) != digest(CELL.replace(old, new))


def test_a_class_whose_text_is_nowhere_is_refused(digest):
    with pytest.raises(NoSource, match=r"^Python keeps no text of 'Brighter', .+; put it into a file and import it$"):
        digest(CELL, keep=False)


def test_a_class_that_only_sets_other_defaults_needs_no_text(digest):
    derived = "from augbench_plugins.augmenters.mixup import Mixup\nclass Brighter(Mixup):\n    low: float = {}\n"
    assert digest(derived.format(0.1), keep=False) == digest(derived.format(0.1), keep=False)
    assert digest(derived.format(0.1), keep=False) != digest(derived.format(0.2), keep=False)
