"""A component's digest follows what its code does, not how it is written down."""

from __future__ import annotations

import importlib
import sys

import pytest

from augbench.registry.digest import code_digest

METHOD = '''
"""A method."""

from dataclasses import dataclass
from typing import ClassVar

from augbench import Component
from {package}.helpers import half


@dataclass(frozen=True, kw_only=True)
class Method(Component):
    """Do it."""

    kind: ClassVar = "augmenter"
    low: float = 0.1
    """Smallest."""

    def go(self, x):
        from . import late

        return half(x) + late.one()
'''
HELPERS = "from .deeper.thing import two\n\ndef half(x):\n    '''Halve.'''\n    return x / two()\n"


@pytest.fixture
def package(site, request):
    """Write a package of a class with helpers near, far and late; return how to change a file and digest the class anew."""
    name = f"methods_{abs(hash(request.node.name))}"
    files = {
        "__init__.py": "VERSION = 1\n",
        "method.py": METHOD.format(package=name),
        "helpers.py": HELPERS,
        "late.py": "def one():\n    return 1\n",
        "deeper/__init__.py": "",
        "deeper/thing.py": "from .. import helpers\n\ndef two():\n    return 2\n\ndef three():\n    return 3\n",
        "deeper/other.py": "def two():\n    return 2\n",
        "stranger.py": "x = 1\n",
    }
    for path, code in files.items():
        site.write(f"{name}/{path}", code)

    def digest(path: str = "", old: str = "", new: str = "") -> str:
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]
        if path:
            file = site.folder / name / path
            assert old in file.read_text()
            file.write_text(file.read_text().replace(old, new) if old else file.read_text() + new)
        importlib.invalidate_caches()
        return code_digest(importlib.import_module(f"{name}.method").Method)

    return digest


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("method.py", '"""Do it."""', '"""Do it well."""'),
        ("method.py", '"""Smallest."""', '"""The smallest."""'),
        ("method.py", "half(x) + late.one()", "(half( x )  # a reason\n            + late.one())"),
        ("helpers.py", "'''Halve.'''", "# halves"),
        (
            "method.py",
            "from dataclasses import dataclass\nfrom typing import ClassVar\n",
            "from typing import ClassVar\n\nfrom dataclasses import dataclass\n",
        ),
        ("deeper/thing.py", "from .. import helpers", "from .. import (\n    helpers,\n)"),
        ("stranger.py", "x = 1", "x = 2"),
        ("__init__.py", "VERSION = 1", "VERSION = 2"),
    ],
    ids=[
        "docstring",
        "attribute docstring",
        "layout and comment",
        "helper's docstring",
        "order of imports",
        "layout of imports",
        "a module not imported",
        "the package's register",
    ],
)
def test_what_does_not_change_the_method_leaves_its_digest(package, path: str, old: str, new: str):
    before = package()
    assert package(path, old, new) == before


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("method.py", "low: float = 0.1", "low: float = 0.2"),
        ("method.py", "half(x) +", "half(x) -"),
        ("helpers.py", "x / two()", "x // two()"),
        ("deeper/thing.py", "return 2", "return 2.0"),
        ("late.py", "return 1", "return True"),
        ("helpers.py", "from .deeper.thing import two", "from .deeper.thing import two, three as two"),
        ("helpers.py", "from .deeper.thing import two", "from .deeper.other import two"),
    ],
    ids=["default", "operator", "helper", "helper's helper", "late import", "another name imported", "another module imported from"],
)
def test_an_edit_that_may_change_a_result_changes_the_digest(package, path: str, old: str, new: str):
    before = package()
    changed = package(path, old, new)
    assert changed != before
    assert package(path, new, old) == before


def test_the_order_of_imports_counts_where_two_give_one_name(package):
    both = "from .deeper.thing import two, three as two"
    package("helpers.py", "from .deeper.thing import two", both)
    before = package()
    assert package("helpers.py", both, "from .deeper.thing import three as two, two") != before


def test_a_name_defined_in_the_package_itself_makes_the_package_count(package):
    package("late.py", "def one():\n    return 1", "def one():\n    from . import VERSION\n\n    return VERSION")
    before = package()
    assert package("__init__.py", "VERSION = 1", "VERSION = 2") != before


def test_a_base_class_in_another_package_counts(site):
    site.write("base_mix.py", "from augbench import Component\n\nclass Base(Component):\n    kind = 'augmenter'\n    share = 1\n")
    site.write("own_mix.py", "from base_mix import Base\n\nclass Own(Base):\n    pass\n")
    before = code_digest(importlib.import_module("own_mix").Own)
    file = site.folder / "base_mix.py"
    file.write_text(file.read_text().replace("share = 1", "share = 2"))
    for name in ("base_mix", "own_mix"):
        importlib.reload(sys.modules[name])
    assert code_digest(sys.modules["own_mix"].Own) != before


@pytest.mark.slow
def test_without_source_the_distribution_s_version_stands_for_the_code(site):
    code = "from augbench import Component\n\nclass Own(Component):\n    kind = 'augmenter'\n"
    information = site.install("sealed-mix", "1.0", sealed_mix=code)
    (information / "top_level.txt").write_text("sealed_mix\n")
    own = importlib.import_module("sealed_mix").Own
    (site.folder / "sealed_mix.py").unlink()
    before = code_digest(own)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: sealed-mix\nVersion: 1.1\n")
    assert code_digest(own) != before


def test_the_digest_is_a_sha256_and_stops_at_the_harness():
    from augbench.registry.discovery import discover

    mixup = discover().resolve("augmenter", "mixup").component
    assert len(bytes.fromhex(code_digest(mixup))) == 32
    other = discover().resolve("augmenter", "flips").component
    assert code_digest(mixup) != code_digest(other)
