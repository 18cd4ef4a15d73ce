"""A module whose file has changed since Python imported it is told, for what runs is not what the file says."""

from __future__ import annotations

import importlib
import os
import time

import pytest

from augbench.registry.digest import code_digest
from augbench.values.errors import OutdatedCode

TEXT = '''
from dataclasses import dataclass
from functools import cache
from typing import ClassVar
from augbench import Augmenter, Mixed

GAIN = 2
LOADED = None

def scaled(images):
    """Scale."""
    return [image * GAIN for image in images]

@dataclass(frozen=True, kw_only=True)
class Brighter(Augmenter):
    """Brighten."""
    arity: ClassVar[int] = 1
    amount: float = 0.1

    @property
    def twice(self):
        return self.amount * 2

    def draw(self, context, rng):
        global LOADED
        LOADED = 1

    def apply(self, sources, draw):
        return Mixed(images=scaled(sources), pixel_weights=(lambda: 1)())
'''


@pytest.fixture
def edited(site):
    """Import a module, change its file, and return its class."""
    file = site.write("brighten.py", TEXT)
    module = importlib.import_module("brighten")
    module.Brighter(amount=0.2).draw(None, None)

    def edit(old: str, new: str, seconds: float = 60.0) -> type:
        assert old in TEXT
        file.write_text(TEXT.replace(old, new))
        os.utime(file, (time.time() + seconds,) * 2)
        return module.Brighter

    return edit


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("image * GAIN", "image + GAIN"),
        ("GAIN = 2", "GAIN = 3"),
        ("amount: float = 0.1", "amount: float = 0.2"),
        ("= 1\n", "= 2\n"),
        ("self.amount * 2", "self.amount * 3"),
        ("(lambda: 1)()", "(lambda: 2)()"),
        ("def scaled(images)", "def scaled(images, more=1)"),
        ("return Mixed(", "return Mixed((("),
    ],
)
def test_what_was_imported_is_not_what_the_file_says(edited, old, new):
    with pytest.raises(OutdatedCode, match=r"^module 'brighten' has changed since Python imported it; start Python anew, or importlib"):
        code_digest(edited(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [("GAIN = 2", "GAIN = 2  # twice"), ('"""Scale."""', '"""Make brighter.\n\n    Much.\n    """'), ("\nGAIN = 2", "\n\n\nGAIN = 2")],
)
def test_comments_docstrings_and_layout_do_not_count(edited, old, new):
    assert len(code_digest(edited(old, new))) == 64


def test_a_module_that_was_imported_again_is_right(edited):
    edited("image * GAIN", "image + GAIN")
    module = importlib.reload(importlib.import_module("brighten"))
    assert len(code_digest(module.Brighter)) == 64


def test_a_file_that_is_older_than_the_process_is_not_looked_into(edited):
    assert len(code_digest(edited("GAIN = 2", "GAIN = 3", seconds=-1e6))) == 64
