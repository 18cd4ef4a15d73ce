"""Code from which a check did not come back is not called again."""

from __future__ import annotations

from types import ModuleType

import pytest

from augbench.testing import NotApplicable, Verdict
from augbench.testing.sealing import Seals

CODE = """
class Mix:
    def apply(self):
        return helper() + (lambda: 1)()

    @staticmethod
    def alone():
        return 1

    def other(self):
        return 2


def helper():
    return 1
"""
WHY = "it does not work as it is: it does not end within 1 s"


@pytest.fixture
def mix(site) -> type:
    site.write("sealed_here.py", CODE)
    import sealed_here

    return sealed_here.Mix


def dump(module: ModuleType | str, *frames: tuple[int, str]) -> str:
    lines = [f'  File "{module}", line {line} in {name}\n' for line, name in frames]
    return f"Timeout (0:00:01)!\nThread 0x1 (most recent call first):\n{''.join(lines)}" + '  File "/elsewhere.py", line 3 in apply\n'


def sealed(mix: type, *frames: tuple[int, str]) -> Seals:
    import sealed_here

    seals = Seals()
    seals.close(dump(sealed_here.__file__, *frames), mix, WHY)
    return seals


def test_whoever_calls_it_hears_why(mix):
    seals = sealed(mix, (14, "helper"), (4, "apply"))
    assert mix().other() == 2
    assert seals.reached == []
    with pytest.raises(NotApplicable, match=WHY):
        mix().apply()
    assert seals.reached == [WHY]


def test_a_function_without_a_name_closes_the_one_that_it_is_in(mix):
    seals = sealed(mix, (4, "<lambda>"), (4, "apply"))
    with pytest.raises(NotApplicable):
        mix().apply()
    assert seals.reached == [WHY]


def test_a_static_method_stays_one(mix):
    sealed(mix, (8, "alone"))
    with pytest.raises(NotApplicable):
        mix().alone()


def test_what_lies_elsewhere_stays_open(mix):
    sealed(mix)
    assert mix().apply() == 2


def test_a_check_that_met_it_says_nothing_unless_it_is_expected_to_fail(mix):
    seals = sealed(mix, (4, "apply"))
    verdict = Verdict(check="works", law="It works.", status="broken", why="of 3 images, it raises NotApplicable", where="a.py:3")
    assert seals.judged(verdict) == verdict
    seals.reached.append(WHY)
    assert (seals.judged(verdict).status, seals.judged(verdict).why, seals.judged(verdict).where) == ("not applicable", WHY, "")
    expected = Verdict(check="works", law="It works.", status="expected", why="later")
    assert seals.judged(expected) == expected
